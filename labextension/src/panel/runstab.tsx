/** The Runs tab: runs of this notebook and their metrics. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { NotebookPipeline } from '../notebook/pipeline';
import { RunList } from '../runs/list';
import { Metrics } from '../runs/sparkline';

/** The tab. */
export function RunsTab(props: {
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
  open: (run: string) => void;
  compare: (a: string, b: string) => void;
}): React.ReactElement {
  const { pipeline, trans } = props;
  if (!pipeline.runs) {
    return <p className="jp-mlops-Quiet">{trans.__('Asking for the runs…')}</p>;
  }
  if (!pipeline.runs.length) {
    return (
      <div className="jp-mlops-Empty">
        <p>{trans.__('No runs yet.')}</p>
        <p className="jp-mlops-Quiet">
          {trans.__('“Run pipeline” below makes the first one. Everything that goes into it is recorded.')}
        </p>
      </div>
    );
  }
  return (
    <>
      <Metrics runs={pipeline.runs} trans={trans} />
      <RunList runs={pipeline.runs} trans={trans} open={props.open} compare={props.compare} />
    </>
  );
}
