/** Where the nodes and edges of a pipeline's graph lie. */

import type { DataFlow, Edge } from '../types';

/** The part of `@dagrejs/dagre` that lays out; given, so that it can be loaded when it is needed. */
export interface Layouter {
  Graph: new (options: { multigraph?: boolean }) => DagreGraph;
  layout: (graph: DagreGraph) => void;
}

interface DagreGraph {
  setGraph(label: object): unknown;
  setDefaultEdgeLabel(label: () => object): unknown;
  setNode(name: string, label: object): unknown;
  setEdge(source: string, target: string, label: object): unknown;
  node(name: string): { x: number; y: number };
  edge(source: string, target: string): { points: { x: number; y: number }[]; x?: number; y?: number };
  graph(): { width?: number; height?: number };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A step as a box, by its centre. */
export interface NodeBox extends Point {
  readonly step: string;
  readonly width: number;
  readonly height: number;
}

/** How an edge is drawn. */
export type Stroke = 'possible' | 'observed' | 'unchanged';

/** An edge as a line, with the place of its label. */
export interface EdgeLine {
  readonly source: string;
  readonly target: string;
  readonly label: string;
  readonly names: readonly string[];
  readonly points: readonly Point[];
  readonly at: Point;
  readonly stroke: Stroke;
}

/** The whole drawing. */
export interface Drawing {
  readonly nodes: readonly NodeBox[];
  readonly edges: readonly EdgeLine[];
  readonly width: number;
  readonly height: number;
}

export const NODE_HEIGHT = 40;
const LABEL_HEIGHT = 14;
const LONGEST = 18;

/** Everything that an edge carries, in words. */
export function carried(edge: Edge, anything = 'any name'): readonly string[] {
  return [...edge.variables, ...edge.files.map(basename), ...(edge.everything ? [anything] : [])];
}

function basename(path: string): string {
  return path.replace(/\/$/, '').split('/').at(-1) ?? path;
}

/** Names as a short label: as many as fit, and how many more there are. */
export function labelOf(names: readonly string[], longest = LONGEST): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    const next = text ? `${text}, ${name}` : name;
    const left = names.length - index - 1;
    if (next.length + (left ? 4 : 0) > longest && text) {
      return `${text} +${names.length - index}`;
    }
    text = next.length > longest ? `${next.slice(0, longest - 1)}…` : next;
  }
  return text;
}

/** How an edge is drawn: as seen in a run, as passing unchanged, or as what may be. */
export function strokeOf(edge: Edge, flow: DataFlow, observed: DataFlow | null): Stroke {
  if (observed?.edges.some(seen => seen.source === edge.source && seen.target === edge.target)) {
    return 'observed';
  }
  const target = flow.steps.find(step => step.step === edge.target);
  const unchanged =
    edge.variables.length > 0 &&
    !edge.files.length &&
    !edge.everything &&
    edge.variables.every(name => target?.unchanged.includes(name));
  return unchanged ? 'unchanged' : 'possible';
}

/** Width of a step's box. */
export function nodeWidth(step: string): number {
  return Math.min(200, Math.max(84, 30 + step.length * 7.2));
}

/** Which way data flows in a drawing. */
export type Direction = 'down' | 'right';

/** The drawing of a data flow. */
export function draw(
  dagre: Layouter,
  flow: DataFlow,
  observed: DataFlow | null = null,
  direction: Direction = 'down'
): Drawing {
  const graph = new dagre.Graph({});
  graph.setGraph({
    rankdir: direction === 'down' ? 'TB' : 'LR',
    nodesep: 14,
    edgesep: 8,
    ranksep: 16,
    marginx: 6,
    marginy: 6
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { step } of flow.steps) {
    graph.setNode(step, { width: nodeWidth(step), height: NODE_HEIGHT });
  }
  const lines = flow.edges.map(edge => {
    const names = carried(edge);
    const label = labelOf(names);
    graph.setEdge(edge.source, edge.target, {
      width: label.length * 5.6 + 6,
      height: LABEL_HEIGHT,
      labelpos: 'c'
    });
    return { edge, names, label };
  });
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: flow.steps.map(({ step }) => ({
      step,
      ...pointOf(graph.node(step)),
      width: nodeWidth(step),
      height: NODE_HEIGHT
    })),
    edges: lines.map(({ edge, names, label }) => {
      const placed = graph.edge(edge.source, edge.target);
      const middle = placed.points[Math.floor(placed.points.length / 2)] ?? { x: 0, y: 0 };
      return {
        source: edge.source,
        target: edge.target,
        names,
        label,
        points: placed.points.map(pointOf),
        at: { x: placed.x ?? middle.x, y: placed.y ?? middle.y },
        stroke: strokeOf(edge, flow, observed)
      };
    })
  };
}

function pointOf({ x, y }: Point): Point {
  return { x, y };
}

/** A smooth path through the points, as SVG. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) {
    return '';
  }
  let path = `M${round(first.x)},${round(first.y)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) {
      path += ` L${round(point.x)},${round(point.y)}`;
    } else {
      path += ` Q${round(point.x)},${round(point.y)} ${round((point.x + next.x) / 2)},${round((point.y + next.y) / 2)}`;
    }
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
