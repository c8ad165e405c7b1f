/** Where it runs, and the buttons that run it. */

import { settingsIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { NotebookPipeline } from '../notebook/pipeline';
import type { EngineName, Status } from '../types';

/** The foot of the panel. */
export function Footer(props: {
  pipeline: NotebookPipeline;
  status: Status;
  trans: TranslationBundle;
  run: () => void;
  cancel: () => void;
  verify: () => void;
  resources: () => void;
}): React.ReactElement {
  const { pipeline, status, trans } = props;
  const { analysis, running } = pipeline;
  const problems = pipeline.form().problems.size;
  const errors = analysis?.diagnostics.filter(({ severity }) => severity === 'error').length ?? 0;
  const why = problems
    ? trans._n('%1 parameter is not valid.', '%1 parameters are not valid.', problems)
    : errors
      ? trans._n('%1 error has to be mended first.', '%1 errors have to be mended first.', errors)
      : '';
  const ready = Boolean(analysis?.runnable && analysis.steps.length && !problems);
  const silent = status.engines.filter(engine => !engine.available);
  return (
    <footer className="jp-mlops-Footer">
      <div className="jp-mlops-Row">
        <label htmlFor="jp-mlops-engine">{trans.__('Engine')}</label>
        <select
          id="jp-mlops-engine"
          value={pipeline.engine}
          title={silent.map(engine => `${engine.name}: ${engine.message}`).join('\n')}
          onChange={event => {
            pipeline.engine = event.target.value as EngineName;
            pipeline.touch();
          }}
        >
          <option value="auto">{trans.__('auto (%1)', status.default_engine)}</option>
          {status.engines.map(engine => (
            <option key={engine.name} disabled={!engine.available}>
              {engine.name}
            </option>
          ))}
        </select>
        <span className="jp-mlops-Spring" />
        <button
          type="button"
          className="jp-mlops-Button jp-mod-icon"
          aria-label={trans.__('Resources of the steps')}
          title={trans.__('Resources of the steps')}
          disabled={!analysis?.steps.length}
          onClick={props.resources}
        >
          <settingsIcon.react tag="span" width="16px" height="16px" />
        </button>
      </div>
      {why && (
        <p className="jp-mlops-Footer-why" role="status">
          {why}
        </p>
      )}
      <div className="jp-mlops-Row">
        {running ? (
          <button
            type="button"
            className="jp-mlops-Button jp-mod-warn"
            disabled={pipeline.starting}
            onClick={props.cancel}
          >
            {trans.__('Cancel run')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-mlops-Button jp-mod-primary"
            title={trans.__('Save the notebook and run its steps')}
            disabled={!ready}
            onClick={props.run}
          >
            {trans.__('Run pipeline')}
          </button>
        )}
        <button
          type="button"
          className="jp-mlops-Button"
          title={trans.__('Compare the pipeline with the notebook in one kernel, cell by cell')}
          disabled={!ready || running}
          onClick={props.verify}
        >
          {trans.__('Check equal')}
        </button>
      </div>
    </footer>
  );
}
