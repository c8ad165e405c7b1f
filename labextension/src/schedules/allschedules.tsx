/** The schedules of all notebooks, a page at a time. */

import * as React from 'react';

import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { ScheduleView } from '../types';
import { ScheduleList } from './list';
import { ServiceLine } from './service';

/** The list; nothing while there are none. */
export function AllSchedules(props: {
  pipelines: IPipelines;
  openRun: (run: string) => void;
}): React.ReactElement | null {
  const { requests, trans, runsChanged } = props.pipelines;
  const [count, again] = React.useReducer((value: number) => value + 1, 0);
  const [pages, setPages] = React.useState(1);
  React.useEffect(() => {
    runsChanged.connect(again);
    return () => void runsChanged.disconnect(again);
  }, [runsChanged]);
  const answer = useAnswer(async () => {
    const schedules: ScheduleView[] = [];
    let next: string | null = '';
    for (let page = 0; page < pages && next !== null; page += 1) {
      const found = await requests.schedules(next ? { after: next } : {});
      schedules.push(...found.schedules);
      next = found.next;
    }
    return { schedules, next, service: await requests.service() };
  }, [count, pages]);
  if (answer.kind === 'failed') {
    return <p className="jp-mlops-Notice">{messageOf(answer.error)}</p>;
  }
  if (answer.kind !== 'known' || !answer.value.schedules.length) {
    return null;
  }
  const { schedules, next, service } = answer.value;
  return (
    <>
      <h2>{trans.__('Schedules')}</h2>
      <ServiceLine service={service} requests={requests} trans={trans} changed={again} />
      <ScheduleList
        schedules={schedules}
        requests={requests}
        trans={trans}
        notebooks
        leads={{ openRun: props.openRun, edit: null, changed: again }}
      />
      {next !== null && (
        <button type="button" className="jp-mlops-Button jp-mod-small" onClick={() => setPages(pages + 1)}>
          {trans.__('More schedules')}
        </button>
      )}
    </>
  );
}
