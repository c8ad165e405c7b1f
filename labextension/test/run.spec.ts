import { newRun, reduce, secondsOf, type LiveRun } from '../src/model/run';
import type { RunEvent } from '../src/types';

const event = (kind: RunEvent['event'], time: number, more: Partial<RunEvent> = {}): RunEvent => ({
  event: kind,
  run: 'r',
  time,
  ...more
});
const error = {
  kind: 'ValueError',
  message: 'too large',
  cell: 3,
  cell_id: 'c3',
  line: 1,
  traceback: '',
  check: false,
  code: ''
};

function told(...events: RunEvent[]): LiveRun {
  return events.reduce(reduce, newRun('r'));
}

test('a run that fails, told from its beginning to its end', () => {
  const run = told(
    event('run', 1, { state: 'running', notice: 'no Docker engine answers' }),
    event('step', 1, { step: 'load', state: 'pending' }),
    event('environment', 1, { step: 'load', text: 'locking' }),
    event('step', 2, { step: 'load', state: 'reused', why: 'same inputs' }),
    event('step', 3, { step: 'train', state: 'running', why: 'parameter lr 0.1 → 0.2' }),
    event('cell-started', 4, { step: 'train', id: 'c2', cell: 2 }),
    event('output', 5, { step: 'train', id: 'c2', stream: 'stdout', text: 'epoch' }),
    event('output', 5, { step: 'train', id: 'c2', stream: 'stdout', text: ' 1\n' }),
    event('output', 5, { step: 'train', id: 'c2', stream: 'stdout', text: 'epoch 2\n' }),
    event('output', 5, { step: 'train', id: 'c2', stream: 'stderr', text: 'slow\n' }),
    event('cell-finished', 6, { step: 'train', id: 'c2', cell: 2, seconds: 2 }),
    event('cell-started', 6, { step: 'train', id: 'c3', cell: 3 }),
    event('cell-failed', 7, { step: 'train', id: 'c3', cell: 3, error }),
    event('step', 8.5, { step: 'train', state: 'failed', error }),
    event('end', 9, { state: 'failed' })
  );
  expect({ ...run, steps: Object.fromEntries(run.steps), cells: Object.fromEntries(run.cells) }).toEqual({
    run: 'r',
    state: 'failed',
    notice: 'no Docker engine answers',
    steps: {
      load: { state: 'reused', why: 'same inputs', started: null, ended: 2, error: null },
      train: { state: 'failed', why: 'parameter lr 0.1 → 0.2', started: 3, ended: 8.5, error }
    },
    cells: {
      c2: { state: 'done', step: 'train', seconds: 2, error: null },
      c3: { state: 'failed', step: 'train', seconds: null, error }
    },
    output: [
      { step: 'load', stream: 'environment', text: 'locking\n' },
      { step: 'train', stream: 'stdout', text: 'epoch 1\n' },
      { step: 'train', stream: 'stdout', text: 'epoch 2\n' },
      { step: 'train', stream: 'stderr', text: 'slow\n' }
    ],
    ended: true
  });
  expect(secondsOf(run.steps.get('train')!)).toBe(5.5);
  expect(secondsOf(run.steps.get('load')!)).toBeNull();
});

test('a step that is tried again runs from the new attempt on', () => {
  const run = told(
    event('step', 1, { step: 'a', state: 'running' }),
    event('step', 4, { step: 'a', state: 'running', why: 'attempt 2' }),
    event('step', 6, { step: 'a', state: 'succeeded' })
  );
  expect(secondsOf(run.steps.get('a')!)).toBe(2);
});

test('only the end of a long output is kept', () => {
  const lines = Array.from({ length: 2500 }, (_, index) =>
    event('output', index, { step: 'a', stream: 'stdout', text: `${index}\n` })
  );
  const { output } = told(...lines);
  expect([output.length, output[0]?.text, output.at(-1)?.text]).toEqual([2000, '500\n', '2499\n']);
});

test('an event of a newer server changes nothing', () => {
  const run = newRun('r');
  expect(reduce(run, event('moved' as RunEvent['event'], 1))).toBe(run);
});
