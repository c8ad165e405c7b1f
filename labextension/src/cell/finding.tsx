/** One finding with its fix. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { mend } from '../notebook/cells';
import type { NotebookPipeline } from '../notebook/pipeline';
import type { Diagnostic } from '../types';

/** A finding; beside its cell it does not say where it is. */
export function Finding(props: {
  diagnostic: Diagnostic;
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
  inline?: boolean;
}): React.ReactElement {
  const { diagnostic, pipeline, trans, inline } = props;
  const { cell, cell_id: id, line, edit } = diagnostic;
  const error = diagnostic.severity === 'error';
  const place = [
    !inline && cell !== null ? trans.__('cell %1', cell) : '',
    line !== null ? trans.__('line %1', line) : ''
  ]
    .filter(Boolean)
    .join(', ');
  const text = (
    <>
      {place && <span className="jp-mlops-Finding-place">{place}: </span>}
      <Marked text={diagnostic.message} />
    </>
  );
  const fix = (): void => {
    if (edit && pipeline.model && !mend(pipeline.model, edit)) {
      Notification.warning(trans.__('The cell has changed since; the fix no longer fits.'), {
        autoClose: 4000
      });
    }
  };
  return (
    <div className="jp-mlops-Finding" data-severity={diagnostic.severity} data-code={diagnostic.code}>
      <span className="jp-mlops-Finding-glyph" role="img" aria-label={error ? trans.__('Error') : trans.__('Warning')}>
        {error ? '✗' : '⚠'}
      </span>
      <div className="jp-mlops-Finding-text">
        {inline || !id ? (
          <div>{text}</div>
        ) : (
          <button type="button" className="jp-mlops-Link" onClick={() => void pipeline.reveal(id)}>
            {text}
          </button>
        )}
        <div className="jp-mlops-Finding-fix">
          <Marked text={diagnostic.fix} /> <span className="jp-mlops-Finding-code">{diagnostic.code}</span>
        </div>
      </div>
      {edit && (
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          aria-label={trans.__('Fix: %1', diagnostic.fix)}
          onClick={fix}
        >
          {trans.__('Fix')}
        </button>
      )}
    </div>
  );
}

/** Text whose `names` stand in the code font. */
export function Marked({ text }: { text: string }): React.ReactElement {
  return (
    <>
      {text.split('`').map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}
    </>
  );
}
