import { points, seriesOf } from '../src/model/metrics';
import { linkOf, matches, queryOf, stepToShow } from '../src/model/runs';
import { brief, duration, plain } from '../src/model/text';
import type { RunSummary } from '../src/types';

const run = (name: string, metrics: Record<string, unknown>, more: Partial<RunSummary> = {}): RunSummary => ({
  run: name,
  state: 'succeeded',
  reason: 'asked for in JupyterLab',
  path: 'iris.ipynb',
  notebook: '/work/iris.ipynb',
  engine: 'docker',
  started: '2026-11-23T15:04:05+00:00',
  ended: null,
  notice: '',
  parameters: [{ name: 'lr', value: 0.2, origin: 'request' }],
  changes: ['data/iris.csv'],
  labels: { tags: ['good'], note: '', aliases: ['model@production'] },
  steps: [{ step: 'train', state: 'succeeded', why: '', started: null, ended: null, metrics, error: null }],
  ...more
});

describe('a search', () => {
  test.each([
    { query: '', found: true },
    { query: 'SUCC', found: true },
    { query: 'lr=0.2 iris.csv', found: true },
    { query: 'train docker', found: true },
    { query: '#good production', found: true },
    { query: 'lr=0.3', found: false },
    { query: 'train failed', found: false }
  ])('$query', ({ query, found }) => {
    expect(matches(run('r1', {}), query)).toBe(found);
  });
});

test('metrics become series, oldest first; what is no number is left out', () => {
  const runs = [run('r3', { acc: 0.9, name: 'x' }), run('r2', {}), run('r1', { acc: 0.8, f1: 0.7 })];
  expect(seriesOf(runs)).toEqual([
    { step: 'train', name: 'acc', values: [{ run: 'r1', value: 0.8 }, { run: 'r3', value: 0.9 }] },
    { step: 'train', name: 'f1', values: [{ run: 'r1', value: 0.7 }] }
  ]);
});

test.each([
  { values: [1, 3, 2], line: [[0, 10], [50, 0], [100, 5]] },
  { values: [2, 2], line: [[0, 5], [100, 5]] },
  { values: [2], line: [[50, 5]] }
])('points of $values', ({ values, line }) => {
  expect(points(values, 100, 10).map(({ x, y }) => [x, y])).toEqual(line);
});

test.each([
  { states: ['succeeded', 'failed', 'skipped'], shown: 's1' },
  { states: ['reused', 'succeeded'], shown: 's1' },
  { states: ['reused', 'cancelled'], shown: 's0' },
  { states: ['pending', 'pending'], shown: 's0' },
  { states: [], shown: null }
])('the step to show of $states', ({ states, shown }) => {
  expect(stepToShow(states.map((state, index) => ({ step: `s${index}`, state })))).toBe(shown);
});

test.each([
  { search: '?mlops-run=r1&mlops-step=train%20it', link: { run: 'r1', step: 'train it' } },
  { search: '?reset&mlops-run=r1', link: { run: 'r1', step: null } },
  { search: '?reset', link: null },
  { search: '', link: null }
])('the link in $search', ({ search, link }) => {
  expect(linkOf(search)).toEqual(link);
  expect(link && linkOf(queryOf(link))).toEqual(link);
});

test.each([
  { seconds: 0.04, text: '0.0 s' },
  { seconds: 9.96, text: '10.0 s' },
  { seconds: 59.4, text: '59 s' },
  { seconds: 185, text: '3 min 5 s' },
  { seconds: 7800, text: '2 h 10 min' },
  { seconds: null, text: '' },
  { seconds: -1, text: '' }
])('$seconds seconds', ({ seconds, text }) => {
  expect(duration(seconds)).toBe(text);
});

test('values and terminal text in one line', () => {
  expect([brief(0.123456789), brief('a'.repeat(50)), brief([1, 2]), plain('\u001b[31mred\u001b[0m')]).toEqual([
    '0.12346',
    `${'a'.repeat(39)}…`,
    '[1,2]',
    'red'
  ]);
});
