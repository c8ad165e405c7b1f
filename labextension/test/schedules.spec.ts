import {
  changeOf,
  clockText,
  draftOf,
  dueOf,
  durationText,
  newDraft,
  outdated,
  problemsOf,
  startOf,
  textsOf,
  whenChosen
} from '../src/model/schedules';
import type { Schedule, ScheduleView, Timing, Trigger } from '../src/types';

const CRON: Timing = { kind: 'cron', cron: '15 3 * * 1-5', zone: 'Europe/Helsinki', seconds: 0, start: '' };

const view = (timing: Timing, more: Partial<Schedule> = {}): ScheduleView => ({
  path: 'work/iris.ipynb',
  times: [],
  report: {
    name: 'iris',
    state: 'active',
    why: '',
    next: null,
    plain: '',
    outdated: true,
    last: null,
    schedule: {
      name: 'iris',
      notebook: '/work/iris.ipynb',
      timing,
      trigger: null,
      parameters: { lr: 0.2, mode: 'up' },
      engine: 'local',
      environment: null,
      revision: null,
      missed: 'all',
      overlap: 'queue',
      timeout: 5400,
      retries: 2,
      backoff: 60,
      jitter: 0,
      priority: 3,
      user: 'ada',
      created: '',
      ...more
    } as Schedule
  }
});

test.each([
  { seconds: 5400, text: '1h30m' },
  { seconds: 86400 * 9, text: '1w2d' },
  { seconds: 61, text: '1m1s' },
  { seconds: 0, text: '0' }
])('$seconds seconds', ({ seconds, text }) => {
  expect(durationText(seconds)).toBe(text);
});

describe('the timing of a schedule comes back as it was', () => {
  test.each<{ timing: Timing; asked: object }>([
    { timing: CRON, asked: { cron: '15 3 * * 1-5', zone: 'Europe/Helsinki' } },
    { timing: { ...CRON, kind: 'interval', cron: '', zone: 'UTC', seconds: 5400 }, asked: { every: '1h30m' } },
    {
      timing: { ...CRON, kind: 'once', cron: '', start: '2026-12-24T16:00:00.000+00:00' },
      asked: { at: '2026-12-24T18:00', zone: 'Europe/Helsinki' }
    }
  ])('$timing.kind', ({ timing, asked }) => {
    expect(dueOf(draftOf(view(timing), 'UTC')!)).toEqual(asked);
  });
});

describe('what a schedule waits for comes back as it was', () => {
  const EVENT: Timing = { kind: 'event', cron: '', zone: 'UTC', seconds: 0, start: '' };
  const NONE = { parameters: {}, settle: 0, every: 0, secret: '', rate: 0 };
  test.each<{ trigger: Trigger; asked: object }>([
    { trigger: { ...NONE, kind: 'schedule', source: 'load' }, asked: { after: 'load', map: {} } },
    {
      trigger: { ...NONE, kind: 'notebook', source: '/home/work/load.ipynb', parameters: { run: '$.run', a: '$["x=y"]' } },
      asked: { after: 'work/load.ipynb', map: { run: '$.run', a: '$["x=y"]' } }
    },
    { trigger: { ...NONE, kind: 'alias', source: 'model@production' }, asked: { alias: 'model@production', map: {} } },
    {
      trigger: { ...NONE, kind: 'file', source: 's3://b/*.csv', settle: 5, every: 60 },
      asked: { file: 's3://b/*.csv', map: {}, settle: '5s', poll: '1m' }
    },
    {
      trigger: { ...NONE, kind: 'webhook', source: 'github', secret: 'HOOK', rate: 60 },
      asked: { webhook: 'github', map: {}, secret: 'HOOK', rate: 60 }
    }
  ])('$trigger.kind', ({ trigger, asked }) => {
    const known = view(EVENT, { trigger, notebook: '/home/work/iris.ipynb' });
    expect(dueOf(draftOf(known, 'UTC')!)).toEqual({ trigger: asked });
  });

  test('rules that are usual for it come with it', () => {
    expect(whenChosen('file')).toEqual({ when: 'file', missed: 'all', overlap: 'queue' });
    expect(whenChosen('cron')).toEqual({ when: 'cron', missed: 'once', overlap: 'skip' });
  });
});

test('what is sent for a new schedule', () => {
  const draft = { ...newDraft('Asia/Kolkata', 'auto'), name: ' nightly ', timeout: '2h' };
  expect(startOf(draft, 'work/iris.ipynb', { lr: 0.1 })).toEqual({
    path: 'work/iris.ipynb',
    name: 'nightly',
    parameters: { lr: 0.1 },
    cron: '0 6 * * *',
    zone: 'Asia/Kolkata',
    engine: 'auto',
    pinned: false,
    missed: 'once',
    overlap: 'skip',
    timeout: '2h',
    retries: 0,
    backoff: '1m',
    jitter: '0',
    priority: 0
  });
});

test('a change sends the rules, and the timing only if it is another', () => {
  const before = draftOf(view(CRON), 'UTC')!;
  const rules = {
    parameters: {},
    engine: 'local',
    pinned: false,
    missed: 'all',
    overlap: 'queue',
    timeout: 'never',
    retries: 2,
    backoff: '1m',
    jitter: '0',
    priority: 3
  };
  expect(changeOf({ ...before, timeout: '' }, before, {})).toEqual(rules);
  const later = { ...before, timeout: '', cron: '0 4 * * *' };
  expect(changeOf(later, before, {})).toEqual({ ...rules, cron: '0 4 * * *', zone: 'Europe/Helsinki' });
});

test('values of a schedule as a person types them', () => {
  expect([...textsOf(view(CRON))]).toEqual([
    ['lr', '0.2'],
    ['mode', 'up']
  ]);
});

test('numbers that are none are named', () => {
  const draft = newDraft('UTC', 'auto');
  expect([...problemsOf({ ...draft, retries: 'many', priority: '-2' })]).toEqual(['retries']);
});

test('a time is shown as clocks there show it, the year only if it is not this one', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  expect(clockText('2026-11-26T03:15:00+02:00', now, 'en-GB')).toMatch(/^Thu,? 26 Nov\D*03:15$/);
  expect(clockText('2027-01-01T23:05:00-08:00', now, 'en-GB')).toMatch(/^Fri,? 1 Jan 2027\D*23:05$/);
});

test('schedules of an older version, and those that cannot be read', () => {
  const broken = { ...view(CRON), report: { ...view(CRON).report, schedule: null, outdated: false, name: 'broken' } };
  expect(outdated([view(CRON), broken])).toEqual(['iris']);
  expect(draftOf(broken, 'UTC')).toBeNull();
});
