/** What the comparison with the notebook in one kernel found. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { NotebookPipeline } from '../notebook/pipeline';

/** The verdict, and each cell that differs. */
export function Verification(props: {
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { pipeline, trans } = props;
  const report = pipeline.verification;
  if (!report) {
    return null;
  }
  const text = {
    running: trans.__('Comparing with the notebook in one kernel…'),
    done: report.same
      ? trans.__('✓ Equal: every cell gives what it gives in one kernel.')
      : trans.__('✗ Not equal: the cells below differ.'),
    failed: report.message,
    cancelled: trans.__('The comparison was cancelled.'),
    lost: trans.__('The comparison ended before it was done.')
  }[report.state];
  const others = report.cells.filter(cell => cell.state !== 'same');
  return (
    <section className="jp-mlops-Verification" aria-label={trans.__('Check equal')} role="status">
      <p>{text}</p>
      {others.map(cell => (
        <div key={cell.cell_id}>
          <button
            type="button"
            className="jp-mlops-Link"
            onClick={() => void pipeline.reveal(cell.cell_id)}
          >
            {trans.__('cell %1 (%2): %3', cell.cell, cell.state, cell.why)}
          </button>
          {cell.diff && <pre className="jp-mlops-Diff">{cell.diff}</pre>}
        </div>
      ))}
    </section>
  );
}
