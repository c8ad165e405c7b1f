import { artifactName, folderFor, labelsOf, labelWords, reproduced, traceRows } from '../src/model/past';
import type { Trace } from '../src/types';

test('aliases stand before tags', () => {
  const labels = { tags: ['good', 'small'], note: 'look', aliases: ['model@production'] };
  expect(labelWords(labels)).toEqual(['model@production', '#good', '#small']);
  expect(labelsOf(labels)[1]).toEqual({ kind: 'tag', name: 'good', word: '#good' });
});

test.each([
  { reason: 'reproduces r1', of: 'r1' },
  { reason: 'reproduces r1, a second time to see what is deterministic', of: null },
  { reason: 'asked for in JupyterLab', of: null }
])('$reason', ({ reason, of }) => {
  expect(reproduced(reason)).toBe(of);
});

test.each([
  { notebook: 'work/iris.ipynb', folder: 'work/r1-train' },
  { notebook: 'iris.ipynb', folder: 'r1-train' },
  { notebook: null, folder: 'r1-train' }
])('a folder beside $notebook', ({ notebook, folder }) => {
  expect(folderFor(notebook, 'r1', 'train')).toBe(folder);
});

const step = (name: string, distance: number): Trace['steps'][number] => ({
  execution: `r1.${name}.1`,
  run: 'r1',
  step: name,
  notebook: '/work/iris.ipynb',
  state: 'succeeded',
  started: '2026-11-23T15:04:05+00:00',
  distance
});

test('a trace is read from raw data to what was made of it', () => {
  const trace = {
    steps: [step('train', 0), step('load', -1)],
    artifacts: [
      { digest: 'a', kind: 'file', names: ['data.csv'] },
      { digest: 'b', kind: 'variables', names: ['rows', 'df'] },
      { digest: 'c', kind: 'figure', names: [''] }
    ],
    edges: [
      { source: 'a', target: 'r1.load.1' },
      { source: 'r1.load.1', target: 'b' },
      { source: 'b', target: 'r1.train.1' },
      { source: 'b', target: 'r1.train.1' },
      { source: 'r1.train.1', target: 'c' }
    ]
  } as unknown as Trace;
  const told = traceRows(trace).map(row => [row.step.step, row.took.map(artifactName), row.left.map(artifactName)]);
  expect(told).toEqual([
    ['load', ['data.csv'], ['rows, df']],
    ['train', ['rows, df'], ['figure']]
  ]);
});
