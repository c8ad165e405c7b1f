/** Whether a service runs what is due. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { moment } from '../model/text';
import { messageOf, type Requests } from '../requests';
import type { ServiceView } from '../types';

/** One line while a service runs; else what that means, and a button. */
export function ServiceLine(props: {
  service: ServiceView;
  requests: Requests;
  trans: TranslationBundle;
  changed: () => void;
}): React.ReactElement {
  const { requests, trans } = props;
  const { running, since, host } = props.service.status;
  const [problem, setProblem] = React.useState('');
  const [starting, setStarting] = React.useState(false);
  if (running) {
    return (
      <p className="jp-mlops-Quiet jp-mlops-Service" data-running>
        {since ? trans.__('A service runs since %1 on %2.', moment(since), host) : trans.__('A service runs.')}
      </p>
    );
  }
  const start = async (): Promise<void> => {
    setStarting(true);
    try {
      await requests.startService();
      props.changed();
    } catch (error) {
      setProblem(messageOf(error));
    }
    setStarting(false);
  };
  return (
    <div className="jp-mlops-Notice jp-mlops-Service" role="status">
      <p>
        {since
          ? trans.__('No service runs since %1: what is due waits.', moment(since))
          : trans.__('No service runs: what is due waits.')}
      </p>
      {problem && <p role="alert">{problem}</p>}
      <button
        type="button"
        className="jp-mlops-Button jp-mod-small"
        disabled={starting}
        title={trans.__('It goes on when the Jupyter server ends')}
        onClick={() => void start()}
      >
        {trans.__('Start a service')}
      </button>
    </div>
  );
}
