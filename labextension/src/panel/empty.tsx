/** What is said where there is nothing to show yet: the next move. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ServerState } from '../server';
import { VERSION } from '../version';

/** No tag yet. */
export function NoSteps(props: { trans: TranslationBundle; suggest: () => void }): React.ReactElement {
  const { trans } = props;
  return (
    <div className="jp-mlops-Empty">
      <p>{trans.__('No steps yet.')}</p>
      <p className="jp-mlops-Quiet">
        {trans.__('Select a cell and press %1 to name its step, or let the headings name them.', shortcut())}
      </p>
      <button type="button" className="jp-mlops-Button jp-mod-primary" onClick={props.suggest}>
        {trans.__('Suggest steps')}
      </button>
    </div>
  );
}

function shortcut(): string {
  return navigator.platform.startsWith('Mac') ? '⌘⇧S' : 'Ctrl+Shift+S';
}

/** No notebook in front. */
export function NoNotebook(props: { trans: TranslationBundle; overview: () => void }): React.ReactElement {
  const { trans } = props;
  return (
    <div className="jp-mlops-Empty">
      <p>{trans.__('No notebook is open.')}</p>
      <p className="jp-mlops-Quiet">{trans.__('Open one to see it as a pipeline.')}</p>
      <button type="button" className="jp-mlops-Button" onClick={props.overview}>
        {trans.__('All pipelines and runs')}
      </button>
    </div>
  );
}

/** Why the server extension cannot be used, and what to do. */
export function ServerNotice(props: {
  state: ServerState;
  trans: TranslationBundle;
  retry: () => void;
}): React.ReactElement | null {
  const { state, trans } = props;
  const text = {
    asked: '',
    ready: state.kind === 'ready' ? state.status.problem : '',
    'other version':
      state.kind === 'other version'
        ? trans.__(
            'The server extension is of another version (%1 here, %2 there). Restart the server and load this page again.',
            VERSION,
            state.status.version
          )
        : '',
    missing: trans.__(
      'The server extension is not running. Install jupyter-mlops where the server runs, and start the server again.'
    ),
    silent:
      state.kind === 'silent' ? trans.__('The server does not answer: %1', state.message) : ''
  }[state.kind];
  return text ? (
    <div className="jp-mlops-Notice" role="alert">
      <p>{text}</p>
      <button type="button" className="jp-mlops-Button jp-mod-small" onClick={props.retry}>
        {trans.__('Try again')}
      </button>
    </div>
  ) : null;
}
