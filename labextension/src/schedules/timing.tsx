/** When a schedule is due: what is typed, and at once what it means. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { clockText, EXAMPLES, isEvent, timingOf, whenChosen, zones, type Draft, type When } from '../model/schedules';
import { moment } from '../model/text';
import { messageOf, type Requests } from '../requests';
import type { TimingPreview } from '../types';
import { EventFields } from './event';
import { TextField } from './textfield';

/** Milliseconds after the last keystroke until the server is asked. */
const PAUSE = 250;

/** The fields and the next five times. */
export function TimingFields(props: {
  draft: Draft;
  requests: Requests;
  trans: TranslationBundle;
  set: (change: Partial<Draft>) => void;
}): React.ReactElement {
  const { draft, trans, set } = props;
  const timed = { draft, set, 'aria-describedby': 'jp-mlops-preview' };
  const zoned = draft.when === 'cron' || draft.when === 'at';
  return (
    <>
      <div className="jp-mlops-Field">
        <label htmlFor="jp-mlops-when">{trans.__('When')}</label>
        <select
          id="jp-mlops-when"
          value={draft.when}
          onChange={event => set(whenChosen(event.target.value as When))}
        >
          <option value="cron">{trans.__('at times of the clock (cron)')}</option>
          <option value="every">{trans.__('every so often')}</option>
          <option value="at">{trans.__('once')}</option>
          <option value="after">{trans.__('after another run')}</option>
          <option value="file">{trans.__('when a file has landed')}</option>
          <option value="alias">{trans.__('when an alias is moved')}</option>
          <option value="webhook">{trans.__('when a webhook is posted')}</option>
        </select>
      </div>
      {draft.when === 'cron' && (
        <TextField
          {...timed}
          field="cron"
          label={trans.__('Cron')}
          hint={trans.__('minute hour day month weekday')}
          list="jp-mlops-examples"
        >
          <datalist id="jp-mlops-examples">
            {EXAMPLES.map(example => (
              <option key={example} value={example} />
            ))}
          </datalist>
        </TextField>
      )}
      {draft.when === 'every' && (
        <TextField {...timed} field="every" label={trans.__('Every')} hint={trans.__('such as 15m, 1h30m or 2d')} />
      )}
      {draft.when === 'at' && (
        <div className="jp-mlops-Field">
          <label htmlFor="jp-mlops-at">{trans.__('At')}</label>
          <input
            id="jp-mlops-at"
            type="datetime-local"
            aria-describedby="jp-mlops-preview"
            value={draft.at}
            onChange={event => set({ at: event.target.value })}
          />
        </div>
      )}
      {zoned && (
        <TextField {...timed} field="zone" label={trans.__('Time zone')} list="jp-mlops-zones">
          <Zones />
        </TextField>
      )}
      {isEvent(draft.when) ? (
        <EventFields draft={draft} when={draft.when} trans={trans} set={set} />
      ) : (
        <Preview draft={draft} requests={props.requests} trans={trans} />
      )}
    </>
  );
}

const Zones = React.memo(() => (
  <datalist id="jp-mlops-zones">
    {zones().map(zone => (
      <option key={zone} value={zone} />
    ))}
  </datalist>
));

/** What the timing says in plain language, its next times, or why it cannot be. */
function Preview(props: { draft: Draft; requests: Requests; trans: TranslationBundle }): React.ReactElement {
  const { requests, trans } = props;
  const timing = timingOf(props.draft);
  const [preview, setPreview] = React.useState<TimingPreview | null>(null);
  const [problem, setProblem] = React.useState('');
  const asked = JSON.stringify(timing);
  React.useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      requests.timing(timing).then(
        found => {
          if (current) {
            setPreview(found);
            setProblem('');
          }
        },
        (error: unknown) => current && setProblem(messageOf(error))
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [requests, asked]);
  return (
    <div id="jp-mlops-preview" className="jp-mlops-Preview" role="status" data-problem={problem !== '' || undefined}>
      {problem ? (
        <p>✗ {problem}</p>
      ) : (
        preview && (
          <>
            <p>{preview.plain}</p>
            <ol aria-label={trans.__('Next times')}>
              {preview.times.map(time => (
                <li key={time}>
                  <time dateTime={time}>{whenText(preview.timing.kind, time)}</time>
                </li>
              ))}
            </ol>
          </>
        )
      )}
    </div>
  );
}

/** A time of a schedule: of the clocks in its zone, or of the reader's where it has none. */
export function whenText(kind: string, time: string): string {
  return kind === 'cron' || kind === 'once' ? clockText(time) : moment(time);
}
