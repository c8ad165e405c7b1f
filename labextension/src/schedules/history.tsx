/** What became of a schedule's ticks. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { moment } from '../model/text';
import { State } from '../panel/state';
import { useAnswer } from '../panel/use';
import { messageOf, type Requests } from '../requests';
import type { ScheduleView } from '../types';

const TICKS = 20;

/** The latest ticks, each with its runs. */
export function History(props: {
  view: ScheduleView;
  requests: Requests;
  trans: TranslationBundle;
  openRun: (run: string) => void;
}): React.ReactElement {
  const { view, requests, trans } = props;
  const { name } = view.report;
  const answer = useAnswer(() => requests.ticks(name, TICKS), [view]);
  if (answer.kind !== 'known') {
    return (
      <p className="jp-mlops-Quiet">
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Reading…')}
      </p>
    );
  }
  if (!answer.value.ticks.length) {
    return <p className="jp-mlops-Quiet">{trans.__('It was not due yet.')}</p>;
  }
  return (
    <ol className="jp-mlops-History" aria-label={trans.__('History of %1', name)}>
      {answer.value.ticks.map(tick => (
        <li key={tick.due}>
          <State state={tick.state} trans={trans} /> <time dateTime={tick.due}>{moment(tick.due)}</time>
          {tick.runs.map((run, index) => (
            <button key={run} type="button" className="jp-mlops-Link" title={run} onClick={() => props.openRun(run)}>
              {tick.runs.length > 1 ? trans.__('run %1', index + 1) : trans.__('run')}
            </button>
          ))}
          <span className="jp-mlops-Quiet">{[tick.cause, tick.why].filter(Boolean).join(', ')}</span>
        </li>
      ))}
    </ol>
  );
}
