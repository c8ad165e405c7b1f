/** Schedules that run an older version of their notebook. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { messageOf, type Requests } from '../requests';

/** How many there are, and a button that gives them the saved one; nothing if there are none. */
export function OutdatedNotice(props: {
  names: readonly string[];
  requests: Requests;
  trans: TranslationBundle;
  changed: () => void;
}): React.ReactElement | null {
  const { names, requests, trans } = props;
  const [problem, setProblem] = React.useState('');
  if (!names.length) {
    return null;
  }
  const update = async (): Promise<void> => {
    try {
      for (const name of names) {
        await requests.changeSchedule(name, { update: true });
      }
      setProblem('');
    } catch (error) {
      setProblem(messageOf(error));
    }
    props.changed();
  };
  return (
    <div className="jp-mlops-Notice jp-mlops-Outdated" role="status">
      <p>
        {trans._n(
          '%1 schedule runs an older version of this notebook.',
          '%1 schedules run an older version of this notebook.',
          names.length
        )}
      </p>
      {problem && <p role="alert">{problem}</p>}
      <button
        type="button"
        className="jp-mlops-Button jp-mod-small"
        title={trans.__('Let %1 run the notebook as it is saved now', names.join(', '))}
        onClick={() => void update()}
      >
        {trans._n('Update', 'Update all', names.length)}
      </button>
    </div>
  );
}
