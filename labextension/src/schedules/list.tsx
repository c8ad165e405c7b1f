/** Schedules in a list, with what can be done with each. */

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { moment } from '../model/text';
import { State } from '../panel/state';
import { messageOf, type Requests } from '../requests';
import type { ScheduleView } from '../types';
import { History } from './history';
import { whenText } from './timing';

/** What the list can lead to. */
export interface ScheduleLeads {
  readonly openRun: (run: string) => void;
  /** Edit a schedule; null where no form can be shown. */
  readonly edit: ((view: ScheduleView) => void) | null;
  /** Called after something has changed. */
  readonly changed: () => void;
}

/** The list. */
export function ScheduleList(props: {
  schedules: readonly ScheduleView[];
  requests: Requests;
  trans: TranslationBundle;
  leads: ScheduleLeads;
  /** True if they are of several notebooks, of which each schedule tells. */
  notebooks?: boolean;
}): React.ReactElement {
  return (
    <ul className="jp-mlops-Schedules">
      {props.schedules.map(view => (
        <ScheduleRow key={view.report.name} {...props} view={view} />
      ))}
    </ul>
  );
}

function ScheduleRow(props: {
  view: ScheduleView;
  requests: Requests;
  trans: TranslationBundle;
  leads: ScheduleLeads;
  notebooks?: boolean;
}): React.ReactElement {
  const { view, requests, trans, leads } = props;
  const { report } = view;
  const { name, schedule, state } = report;
  const [told, setTold] = React.useState(false);
  const title = React.useId();
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      Notification.error(messageOf(error), { autoClose: 8000 });
    }
    leads.changed();
  };
  const remove = async (): Promise<void> => {
    const answer = await showDialog({
      title: trans.__('Remove the schedule %1?', name),
      body: trans.__('What waits for its turn is cancelled. Its history and its runs stay.'),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Remove') })
      ]
    });
    if (answer.button.accept) {
      await act(() => requests.removeSchedule(name));
    }
  };
  const next = view.times[0];
  const actions: readonly [string, string, () => void, boolean][] = [
    ['run', trans.__('Run now'), () => void act(() => requests.runNow(name)), schedule !== null],
    ['pause', trans.__('Pause'), () => void act(() => requests.pauseSchedule(name)), state === 'active'],
    [
      'resume',
      trans.__('Resume'),
      () => void act(() => requests.resumeSchedule(name)),
      state === 'paused' || state === 'invalid'
    ],
    [
      'update',
      trans.__('Update'),
      () => void act(() => requests.changeSchedule(name, { update: true })),
      report.outdated && props.notebooks === true
    ],
    ['edit', trans.__('Edit'), () => leads.edit?.(view), leads.edit !== null && schedule !== null],
    ['remove', trans.__('Remove'), () => void remove(), true]
  ];
  return (
    <li data-schedule={name} data-state={state} aria-labelledby={title}>
      <div className="jp-mlops-Row">
        <strong id={title}>{name}</strong>
        <span className="jp-mlops-Spring" />
        <State state={state} trans={trans} />
      </div>
      {props.notebooks && <p className="jp-mlops-Quiet">{view.path ?? schedule?.notebook}</p>}
      <p>{report.plain}</p>
      {next && (
        <p>
          {trans.__('next:')} <time dateTime={next}>{whenText(schedule?.timing.kind ?? '', next)}</time>
        </p>
      )}
      {report.why && <p className="jp-mlops-Schedules-why">{trans.__('set aside: %1', report.why)}</p>}
      {report.last && (
        <p>
          {trans.__('last:')} <State state={report.last.state} trans={trans} />{' '}
          {[moment(report.last.due), report.last.why].filter(Boolean).join(', ')}
        </p>
      )}
      {schedule && (
        <p className="jp-mlops-Quiet">
          {schedule.revision === null
            ? trans.__('runs the notebook as it is saved then')
            : report.outdated
              ? trans.__('runs an older version of the notebook')
              : trans.__('runs the pinned notebook')}
        </p>
      )}
      <div className="jp-mlops-Row jp-mlops-Actions">
        {actions
          .filter(([, , , offered]) => offered)
          .map(([action, label, execute]) => (
            <button
              key={action}
              type="button"
              className="jp-mlops-Button jp-mod-small"
              aria-label={trans.__('%1: %2', label, name)}
              onClick={execute}
            >
              {label}
            </button>
          ))}
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          aria-expanded={told}
          aria-label={trans.__('%1: %2', trans.__('History'), name)}
          onClick={() => setTold(!told)}
        >
          {trans.__('History')}
        </button>
      </div>
      {told && <History view={view} requests={requests} trans={trans} openRun={leads.openRun} />}
    </li>
  );
}
