/** All pipelines and runs on the store. */

import * as React from 'react';

import { moment } from '../model/text';
import { State } from '../panel/state';
import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import { AllSchedules } from '../schedules/allschedules';
import type { RunSummary } from '../types';
import { RunList } from './list';

/** The overview. */
export function Overview(props: {
  pipelines: IPipelines;
  open: (run: string) => void;
  compare: (a: string, b: string) => void;
  openNotebook: (path: string) => void;
}): React.ReactElement {
  const { pipelines } = props;
  const { trans, requests } = pipelines;
  const [count, again] = React.useReducer((value: number) => value + 1, 0);
  const [older, setOlder] = React.useState<readonly RunSummary[]>([]);
  const [next, setNext] = React.useState<string | null>(null);
  React.useEffect(() => {
    pipelines.runsChanged.connect(again);
    return () => void pipelines.runsChanged.disconnect(again);
  }, [pipelines]);
  const answer = useAnswer(
    async () => ({
      ...(await requests.pipelines()),
      page: await requests.runs({ limit: 50 })
    }),
    [count]
  );
  React.useEffect(() => {
    if (answer.kind === 'known') {
      setOlder([]);
      setNext(answer.value.page.next);
    }
  }, [answer]);
  if (answer.kind !== 'known') {
    return (
      <p className="jp-mlops-Notice">
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Reading…')}
      </p>
    );
  }
  const more = async (): Promise<void> => {
    const page = await requests.runs({ limit: 50, after: next! });
    setOlder([...older, ...page.runs]);
    setNext(page.next);
  };
  const { pipelines: found, page } = answer.value;
  return (
    <div className="jp-mlops-Overview">
      <h2>{trans.__('Pipelines')}</h2>
      {found.length ? (
        <ul className="jp-mlops-Cards">
          {found.map(({ path, notebook, exists, runs, latest }) => (
            <li key={notebook}>
              <button
                type="button"
                className="jp-mlops-Card"
                title={notebook}
                disabled={!exists || path === null}
                onClick={() => path !== null && props.openNotebook(path)}
              >
                <strong>{(path ?? notebook).split('/').at(-1)}</strong>
                <span className="jp-mlops-Quiet">{path ?? notebook}</span>
                <span>
                  <State state={latest.state} trans={trans} /> {moment(latest.started)}
                </span>
                <span className="jp-mlops-Quiet">{trans._n('%1 run', '%1 runs', runs)}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="jp-mlops-Quiet">
          {trans.__('None yet. Open a notebook, and the Pipeline panel at the left says how to begin.')}
        </p>
      )}
      <AllSchedules pipelines={pipelines} openRun={props.open} />
      <h2>{trans.__('Runs')}</h2>
      <RunList
        runs={[...page.runs, ...older]}
        trans={trans}
        notebooks
        open={props.open}
        compare={props.compare}
      />
      {next && (
        <button type="button" className="jp-mlops-Button jp-mod-small" onClick={() => void more()}>
          {trans.__('Older runs')}
        </button>
      )}
    </div>
  );
}
