/** What came of running a recorded run again. */

import * as React from 'react';

import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';

/** The verdict with all that is not as it was; asked for anew when the run changes its state. */
export function VerdictView(props: {
  pipelines: IPipelines;
  run: string;
  of: string;
  state: string;
  open: (run: string) => void;
}): React.ReactElement {
  const { pipelines, run, of } = props;
  const { trans, requests } = pipelines;
  const [asked, again] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    pipelines.runsChanged.connect(again);
    return () => void pipelines.runsChanged.disconnect(again);
  }, [pipelines]);
  const answer = useAnswer(() => requests.reproduction(run), [run, props.state, asked]);
  const report = answer.kind === 'known' ? answer.value : null;
  const found = report?.found;
  const words = {
    running: trans.__('The verdict is not there yet.'),
    cancelled: trans.__('It was cancelled.'),
    lost: trans.__('The process that compared both died.'),
    failed: report?.message ?? '',
    done: ''
  };
  const items = found?.items.filter(({ verdict }) => verdict !== 'identical') ?? [];
  return (
    <section className="jp-mlops-Verdict" aria-label={trans.__('Verdict')} data-verdict={found?.verdict}>
      <p>
        {trans.__('Made to reproduce')}{' '}
        <button type="button" className="jp-mlops-Link" onClick={() => props.open(of)}>
          {of}
        </button>
        {found && (
          <>
            {': '}
            <strong>{found.verdict}</strong>
          </>
        )}
      </p>
      {report && words[report.state] && (
        <p className="jp-mlops-Row jp-mlops-Quiet">
          {words[report.state]}
          {report.state === 'running' && (
            <button type="button" className="jp-mlops-Button jp-mod-small" onClick={again}>
              {trans.__('Look again')}
            </button>
          )}
        </p>
      )}
      {answer.kind === 'failed' && <p className="jp-mlops-Notice">{messageOf(answer.error)}</p>}
      {items.length > 0 && (
        <table className="jp-mlops-Table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Step')}</th>
              <th scope="col">{trans.__('What')}</th>
              <th scope="col">{trans.__('Verdict')}</th>
              <th scope="col">{trans.__('Why')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, index) => (
              <tr key={index} data-differs={item.verdict !== 'equal' || undefined}>
                <th scope="row">{item.step}</th>
                <td>
                  {item.kind} <code>{item.name}</code>
                </td>
                <td>{item.verdict}</td>
                <td>{item.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found?.notes.map(note => (
        <p key={note} className="jp-mlops-Quiet">
          {note}
        </p>
      ))}
    </section>
  );
}
