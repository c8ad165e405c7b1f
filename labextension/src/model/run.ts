/** A run as its events tell it. */

import type { CellError, RunEvent, RunState, StepState } from '../types';

/** One step while the run goes on. */
export interface LiveStep {
  readonly state: StepState;
  readonly why: string;
  /** seconds since the epoch, of the event that said so. */
  readonly started: number | null;
  readonly ended: number | null;
  readonly error: CellError | null;
}

/** One cell while its step runs. */
export interface LiveCell {
  readonly state: 'running' | 'done' | 'failed';
  readonly step: string;
  readonly seconds: number | null;
  readonly error: CellError | null;
}

/** A piece of what a step wrote. */
export interface OutputLine {
  readonly step: string;
  readonly stream: 'stdout' | 'stderr' | 'display' | 'environment';
  readonly text: string;
}

/** The run, folded from its events. */
export interface LiveRun {
  readonly run: string;
  readonly state: RunState;
  readonly notice: string;
  readonly steps: ReadonlyMap<string, LiveStep>;
  readonly cells: ReadonlyMap<string, LiveCell>;
  readonly output: readonly OutputLine[];
  /** True once no more events come. */
  readonly ended: boolean;
}

const MOST_LINES = 2000;
const WAITING: LiveStep = { state: 'pending', why: '', started: null, ended: null, error: null };

/** A run of which nothing is known yet. */
export function newRun(run: string): LiveRun {
  return {
    run,
    state: 'running',
    notice: '',
    steps: new Map(),
    cells: new Map(),
    output: [],
    ended: false
  };
}

/** The run after one more event; `run` itself is left as it is. */
export function reduce(run: LiveRun, event: RunEvent): LiveRun {
  switch (event.event) {
    case 'run':
    case 'end':
      return {
        ...run,
        state: (event.state as RunState | null | undefined) ?? run.state,
        notice: event.notice || run.notice,
        ended: run.ended || event.event === 'end'
      };
    case 'step':
      return event.step ? { ...run, steps: withStep(run.steps, event.step, event) } : run;
    case 'environment':
      return written(run, event.step ?? '', 'environment', `${event.text ?? ''}\n`);
    case 'output':
      return written(run, event.step ?? '', event.stream ?? 'stdout', event.text ?? '');
    case 'cell-started':
    case 'cell-finished':
    case 'cell-failed':
      return event.id ? { ...run, cells: withCell(run.cells, event.id, event) } : run;
    default:
      return run; // a newer server may tell more
  }
}

function withStep(
  steps: ReadonlyMap<string, LiveStep>,
  name: string,
  event: RunEvent
): ReadonlyMap<string, LiveStep> {
  const before = steps.get(name) ?? WAITING;
  const state = (event.state as StepState | null | undefined) ?? before.state;
  const running = state === 'running';
  return new Map(steps).set(name, {
    state,
    why: event.why ?? before.why,
    started: running ? event.time : before.started,
    ended: running || state === 'pending' ? null : event.time,
    error: event.error ?? before.error
  });
}

function withCell(
  cells: ReadonlyMap<string, LiveCell>,
  id: string,
  event: RunEvent
): ReadonlyMap<string, LiveCell> {
  const state = event.event === 'cell-started' ? 'running' : event.event === 'cell-failed' ? 'failed' : 'done';
  return new Map(cells).set(id, {
    state,
    step: event.step ?? '',
    seconds: event.seconds ?? null,
    error: event.error ?? null
  });
}

function written(
  run: LiveRun,
  step: string,
  stream: OutputLine['stream'],
  text: string
): LiveRun {
  const last = run.output.at(-1);
  const joins = last && last.step === step && last.stream === stream && !last.text.endsWith('\n');
  const output = joins
    ? [...run.output.slice(0, -1), { ...last, text: last.text + text }]
    : [...run.output, { step, stream, text }];
  return { ...run, output: output.length > MOST_LINES ? output.slice(-MOST_LINES) : output };
}

/** How long a step took in seconds, as far as events say. */
export function secondsOf(step: LiveStep): number | null {
  return step.started === null || step.ended === null ? null : step.ended - step.started;
}
