import * as dagre from '@dagrejs/dagre';

import { carried, draw, labelOf, pathOf, strokeOf, type Layouter } from '../src/model/graph';
import type { DataFlow, Edge, StepFlow } from '../src/types';

const edge = (source: string, target: string, more: Partial<Edge> = {}): Edge => ({
  source,
  target,
  variables: ['df'],
  files: [],
  everything: false,
  ...more
});
const step = (name: string, unchanged: string[] = []): StepFlow => ({
  step: name,
  reads: [],
  writes: [],
  unchanged,
  files_read: [],
  files_written: [],
  everything: false
});
const flow = (steps: StepFlow[], edges: Edge[]): DataFlow => ({ basis: 'possible', steps, edges });

describe('labels', () => {
  test.each([
    { names: [], label: '' },
    { names: ['df'], label: 'df' },
    { names: ['X', 'y', 'iris.csv'], label: 'X, y, iris.csv' },
    { names: ['X_train', 'X_test', 'y_train', 'y_test'], label: 'X_train +3' },
    { names: ['a_name_that_is_far_too_long'], label: 'a_name_that_is_fa…' }
  ])('$names', ({ names, label }) => {
    expect(labelOf(names)).toBe(label);
  });
});

test('an edge names variables, files without their folders, and that anything may pass', () => {
  expect(carried(edge('a', 'b', { files: ['data/iris.csv', 'out/'], everything: true }))).toEqual([
    'df',
    'iris.csv',
    'out',
    'any name'
  ]);
});

describe('strokes', () => {
  const observed = flow([step('a'), step('b')], [edge('a', 'b')]);
  test.each([
    { what: 'seen in a run', steps: [step('a'), step('b')], seen: observed, stroke: 'observed' },
    { what: 'not seen', steps: [step('a'), step('b')], seen: null, stroke: 'possible' },
    { what: 'left as it is', steps: [step('a'), step('b', ['df'])], seen: null, stroke: 'unchanged' }
  ])('$what', ({ steps, seen, stroke }) => {
    expect(strokeOf(edge('a', 'b'), flow(steps, []), seen)).toBe(stroke);
  });
});

test('steps lie below what they read, beside one another where they do not', () => {
  const steps = ['load', 'clean', 'train', 'baseline', 'compare'].map(name => step(name));
  const edges = [
    edge('load', 'clean'),
    edge('clean', 'train'),
    edge('clean', 'baseline'),
    edge('train', 'compare'),
    edge('baseline', 'compare')
  ];
  const drawing = draw(dagre as unknown as Layouter, flow(steps, edges));
  const at = new Map(drawing.nodes.map(node => [node.step, node]));
  const above = edges.map(({ source, target }) => at.get(source)!.y < at.get(target)!.y);
  expect([drawing.nodes.length, drawing.edges.length, new Set(above)]).toEqual([5, 5, new Set([true])]);
  expect(at.get('train')!.y).toBe(at.get('baseline')!.y);
  expect(Math.abs(at.get('train')!.x - at.get('baseline')!.x)).toBeGreaterThan(at.get('train')!.width);
});

test('in a wide place steps lie to the right of what they read', () => {
  const steps = ['load', 'clean'].map(name => step(name));
  const drawing = draw(dagre as unknown as Layouter, flow(steps, [edge('load', 'clean')]), null, 'right');
  const [load, clean] = drawing.nodes;
  expect([load!.y, clean!.x - load!.x > load!.width]).toEqual([clean!.y, true]);
});

test('300 steps are laid out', () => {
  const steps = Array.from({ length: 300 }, (_, index) => step(`s${index}`));
  const edges = steps.slice(1).map((one, index) => edge(`s${index}`, one.step));
  expect(draw(dagre as unknown as Layouter, flow(steps, edges)).nodes).toHaveLength(300);
});

test('a path goes through its ends', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 1, y: 10 },
    { x: 0, y: 20 }
  ];
  expect([pathOf(points), pathOf([])]).toEqual(['M0,0 Q1,10 0.5,15 L0,20', '']);
});
