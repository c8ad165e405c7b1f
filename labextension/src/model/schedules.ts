/** Schedules as a form asks for them and as a list tells of them. */

import type {
  EngineName,
  Missed,
  Overlap,
  ScheduleChange,
  ScheduleStart,
  ScheduleView,
  Timing,
  Trigger,
  TriggerStart
} from '../types';
import { shown } from './form';

/** What a schedule may wait for instead of a time. */
export const EVENTS = ['after', 'alias', 'file', 'webhook'] as const;
export type Event = (typeof EVENTS)[number];

/** How a person says when a schedule is due. */
export type When = 'cron' | 'every' | 'at' | Event;

/** A schedule while it is typed: every field is text, a choice or a tick. */
export interface Draft {
  readonly name: string;
  readonly when: When;
  readonly cron: string;
  readonly zone: string;
  readonly every: string;
  readonly at: string;
  readonly after: string;
  readonly alias: string;
  readonly file: string;
  readonly webhook: string;
  /** What of an event becomes a parameter: `NAME=PATH` a line. */
  readonly map: string;
  readonly settle: string;
  readonly poll: string;
  readonly secret: string;
  readonly rate: string;
  readonly pinned: boolean;
  readonly engine: EngineName;
  readonly missed: Missed;
  readonly overlap: Overlap;
  readonly timeout: string;
  readonly retries: string;
  readonly backoff: string;
  readonly jitter: string;
  readonly priority: string;
}

/** Timings that are offered while nothing is typed. */
export const EXAMPLES = ['0 6 * * *', '0 6 * * 1-5', '0 * * * *', '*/15 * * * *', '0 6 * * 1', '0 6 1 * *'];

/** A new schedule before anything is typed. */
export function newDraft(zone: string, engine: EngineName): Draft {
  return {
    name: '',
    when: 'cron',
    cron: '0 6 * * *',
    zone,
    every: '1h',
    at: '',
    after: '',
    alias: '',
    file: '',
    webhook: 'json',
    map: '',
    settle: '',
    poll: '',
    secret: '',
    rate: '',
    pinned: false,
    engine,
    missed: 'once',
    overlap: 'skip',
    timeout: '',
    retries: '0',
    backoff: '1m',
    jitter: '',
    priority: '0'
  };
}

const WHENS: Record<Exclude<Timing['kind'], 'event'>, When> = { cron: 'cron', interval: 'every', once: 'at' };
const EVENT_OF: Record<Trigger['kind'], Event> = {
  schedule: 'after',
  notebook: 'after',
  alias: 'alias',
  file: 'file',
  webhook: 'webhook'
};

/** A schedule as the form shows it, or null if what is on record of it cannot be read. */
export function draftOf(view: ScheduleView, zone: string): Draft | null {
  const { schedule } = view.report;
  if (!schedule) {
    return null;
  }
  const { timing } = schedule;
  const fresh = newDraft(timing.kind === 'cron' || timing.kind === 'once' ? timing.zone : zone, schedule.engine);
  return {
    ...fresh,
    name: schedule.name,
    ...eventOf(schedule.trigger, rootOf(view.path, schedule.notebook)),
    when: schedule.trigger ? EVENT_OF[schedule.trigger.kind] : WHENS[timing.kind as keyof typeof WHENS],
    cron: timing.cron || fresh.cron,
    every: timing.kind === 'interval' ? durationText(timing.seconds) : fresh.every,
    at: timing.kind === 'once' ? localTime(timing.start, timing.zone) : '',
    pinned: schedule.revision !== null,
    missed: schedule.missed,
    overlap: schedule.overlap,
    timeout: schedule.timeout === null ? '' : durationText(schedule.timeout),
    retries: String(schedule.retries),
    backoff: durationText(schedule.backoff),
    jitter: schedule.jitter ? durationText(schedule.jitter) : '',
    priority: String(schedule.priority)
  };
}

/** The folder below which the server takes relative paths, with a slash at its end; empty if that is not known. */
function rootOf(path: string | null, notebook: string): string {
  return path !== null && notebook.endsWith(`/${path}`) ? notebook.slice(0, -path.length) : '';
}

function eventOf(trigger: Trigger | null, root: string): Partial<Draft> {
  if (!trigger) {
    return {};
  }
  const { kind, source, parameters, settle, every, secret, rate } = trigger;
  return {
    [EVENT_OF[kind]]: root && source.startsWith(root) ? source.slice(root.length) : source,
    map: Object.entries(parameters)
      .map(([name, path]) => `${name}=${path}`)
      .join('\n'),
    settle: settle ? durationText(settle) : '',
    poll: every ? durationText(every) : '',
    secret,
    rate: rate ? String(rate) : ''
  };
}

/** What the server takes of when a schedule is due. */
export type Due = Pick<ScheduleStart, 'cron' | 'zone' | 'every' | 'at' | 'trigger'>;

/** True if a draft waits for something to happen. */
export function isEvent(when: When): when is Event {
  return (EVENTS as readonly string[]).includes(when);
}

/** The draft's change when a person chooses what it is due by: also the rules that are usual for that. */
export function whenChosen(when: When): Partial<Draft> {
  return isEvent(when) ? { when, missed: 'all', overlap: 'queue' } : { when, missed: 'once', overlap: 'skip' };
}

/** The trigger as the server takes it. */
export function triggerOf(draft: Draft, when: Event): TriggerStart {
  const pairs = draft.map.split('\n').filter(line => line.includes('='));
  const map = Object.fromEntries(
    pairs.map(line => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()])
  );
  const given = (text: string): string | null => text.trim() || null;
  return {
    [when]: draft[when].trim(),
    map,
    ...(when === 'file' ? { settle: given(draft.settle), poll: given(draft.poll) } : {}),
    ...(when === 'webhook' ? { secret: given(draft.secret), rate: Number(draft.rate) || null } : {})
  };
}

/** When a schedule is due, as the server takes it. */
export function dueOf(draft: Draft): Due {
  return isEvent(draft.when) ? { trigger: triggerOf(draft, draft.when) } : timingOf(draft);
}

/** The timing as the server takes it; nothing for a trigger. */
export function timingOf(draft: Draft): Pick<ScheduleStart, 'cron' | 'zone' | 'every' | 'at'> {
  switch (draft.when) {
    case 'cron':
      return { cron: draft.cron, zone: draft.zone };
    case 'every':
      return { every: draft.every };
    case 'at':
      return { at: draft.at, zone: draft.zone };
    default:
      return {};
  }
}

/** Why the numbers of a draft cannot be sent, by field. */
export function problemsOf(draft: Draft): ReadonlySet<'retries' | 'priority'> {
  const whole = /^-?\d{1,7}$/;
  return new Set((['retries', 'priority'] as const).filter(field => !whole.test(draft[field].trim())));
}

function rulesOf(draft: Draft) {
  return {
    engine: draft.engine,
    pinned: draft.pinned,
    missed: draft.missed,
    overlap: draft.overlap,
    timeout: draft.timeout.trim() || 'never',
    retries: Number(draft.retries),
    backoff: draft.backoff.trim() || '0',
    jitter: draft.jitter.trim() || '0',
    priority: Number(draft.priority)
  };
}

/** The request for a new schedule. */
export function startOf(draft: Draft, path: string, parameters: Record<string, unknown>): ScheduleStart {
  return { path, name: draft.name.trim() || null, parameters, ...dueOf(draft), ...rulesOf(draft) };
}

/** The request for a change; a timing that stays is not sent, for an interval would be counted anew. */
export function changeOf(draft: Draft, before: Draft, parameters: Record<string, unknown>): ScheduleChange {
  const due = dueOf(draft);
  const stays = JSON.stringify(due) === JSON.stringify(dueOf(before));
  return { parameters, ...(stays ? {} : due), ...rulesOf(draft) };
}

/** The values of a schedule as a parameter form shows them. */
export function textsOf(view: ScheduleView): Map<string, string> {
  return new Map(Object.entries(view.report.schedule?.parameters ?? {}).map(([name, value]) => [name, shown(value)]));
}

const UNITS = [
  ['w', 604800],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1]
] as const;

/** Seconds as the server reads them: `1h30m`. */
export function durationText(seconds: number): string {
  let left = Math.round(seconds);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    text += count ? `${count}${unit}` : '';
  }
  return text || '0';
}

/** A moment as a date field takes it, in a time zone: `2026-12-24T18:00`. */
function localTime(iso: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(new Date(iso)).replace(' ', 'T');
}

/** A time with an offset as the clocks of that place show it: `Thu, Nov 26, 03:15 AM`. */
export function clockText(iso: string, now = new Date(), locale?: string): string {
  const there = new Date(`${iso.slice(0, 19)}Z`);
  return there.toLocaleString(locale, {
    timeZone: 'UTC',
    ...(there.getUTCFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit'
  });
}

/** The schedules that run an older version of their notebook. */
export function outdated(views: readonly ScheduleView[]): readonly string[] {
  return views.filter(view => view.report.outdated).map(view => view.report.name);
}

/** Names of all time zones that the browser knows. */
export function zones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

/** The time zone of the reader. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
