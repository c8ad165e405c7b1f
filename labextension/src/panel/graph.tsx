/** The graph of a pipeline, drawn as SVG with the theme's own colours. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { draw, pathOf, type Direction, type Drawing, type EdgeLine, type Layouter, type NodeBox } from '../model/graph';
import { colour } from '../model/palette';
import type { DataFlow, StepFlow } from '../types';
import { glyph, stateWord } from './state';

/** What a node says of its step. */
export interface NodeState {
  readonly state: string;
  readonly time: string;
  readonly why: string;
}

/** Everything that the graph shows. */
export interface GraphProps {
  readonly flow: DataFlow;
  readonly observed: DataFlow | null;
  readonly hues: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, NodeState>;
  readonly selected: string | null;
  readonly trans: TranslationBundle;
  readonly onSelect: (step: string) => void;
  readonly direction?: Direction;
}

/** Beyond this scale a graph is scrolled and not made smaller. */
const SMALLEST = 0.75;

/** Load the layouter when the first graph is shown. */
function useLayouter(): Layouter | null {
  const [layouter, setLayouter] = React.useState<Layouter | null>(null);
  React.useEffect(() => {
    void import('@dagrejs/dagre').then(dagre => {
      setLayouter({ Graph: dagre.Graph, layout: dagre.layout } as unknown as Layouter);
    });
  }, []);
  return layouter;
}

/** The graph; nothing until its layouter is there. */
export function Graph(props: GraphProps): React.ReactElement | null {
  const { flow, observed, selected, trans, direction } = props;
  const dagre = useLayouter();
  const arrow = React.useId();
  const [pointed, setPointed] = React.useState<string | null>(null);
  const drawing = React.useMemo<Drawing | null>(
    () => dagre && draw(dagre, flow, observed, direction),
    [dagre, flow, observed, direction]
  );
  if (!drawing) {
    return null;
  }
  const near = pointed ?? selected;
  return (
    <div className="jp-mlops-Graph">
      <svg
        role="group"
        aria-label={trans.__('Graph of the pipeline')}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        style={{ width: drawing.width, minWidth: drawing.width * SMALLEST, height: 'auto' }}
      >
        <defs>
          <marker id={arrow} className="jp-mlops-Arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0,0.5 L8,4 L0,7.5 z" />
          </marker>
        </defs>
        {drawing.edges.map(edge => (
          <EdgeShape
            key={`${edge.source} ${edge.target}`}
            edge={edge}
            near={near === edge.source || near === edge.target}
            arrow={arrow}
            above={direction === 'right'}
            trans={trans}
          />
        ))}
        {drawing.nodes.map(box => (
          <NodeShape
            key={box.step}
            box={box}
            flow={flow.steps.find(step => step.step === box.step)}
            state={props.states.get(box.step)}
            hue={props.hues.get(box.step)}
            selected={selected === box.step}
            trans={trans}
            onSelect={props.onSelect}
            onPoint={setPointed}
          />
        ))}
      </svg>
    </div>
  );
}

function EdgeShape(props: {
  edge: EdgeLine;
  near: boolean;
  arrow: string;
  /** True to set the label above the line, which would strike it through. */
  above: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { edge, near, trans } = props;
  const names = edge.names.join(', ');
  const kinds = {
    observed: trans.__('used in the last run'),
    possible: trans.__('may be used'),
    unchanged: trans.__('may be used, and stays as it is')
  };
  const said = trans.__('%1 → %2: %3 (%4)', edge.source, edge.target, names, kinds[edge.stroke]);
  return (
    <g
      className="jp-mlops-Edge"
      role="img"
      aria-label={said}
      data-stroke={edge.stroke}
      data-near={near || undefined}
      data-edge={`${edge.source}→${edge.target}`}
    >
      <title>{said}</title>
      <path d={pathOf(edge.points)} markerEnd={`url(#${props.arrow})`} />
      <text x={edge.at.x} y={edge.at.y + (props.above ? -4 : 3.5)} textAnchor="middle">
        {edge.label}
      </text>
    </g>
  );
}

function NodeShape(props: {
  box: NodeBox;
  flow: StepFlow | undefined;
  state: NodeState | undefined;
  hue: number | undefined;
  selected: boolean;
  trans: TranslationBundle;
  onSelect: (step: string) => void;
  onPoint: (step: string | null) => void;
}): React.ReactElement {
  const { box, state, trans } = props;
  const said = [
    state ? `${stateWord(trans, state.state)} ${state.time}`.trim() : '',
    state?.why ?? '',
    listed(trans.__('reads'), props.flow?.reads.filter(read => read.use !== 'not read').map(read => read.name)),
    listed(trans.__('writes'), props.flow?.writes.filter(write => write.carried).map(write => write.name))
  ].filter(Boolean);
  const second = state ? `${glyph(state.state)} ${state.time || stateWord(trans, state.state)}` : '';
  const left = -box.width / 2;
  const top = -box.height / 2;
  return (
    <g
      className="jp-mlops-Node"
      role="button"
      tabIndex={0}
      aria-label={[trans.__('Step %1', box.step), ...said].join('; ')}
      aria-pressed={props.selected}
      data-step={box.step}
      data-state={state?.state}
      transform={`translate(${box.x},${box.y})`}
      style={{ '--jp-mlops-colour': colour(props.hue) } as React.CSSProperties}
      onClick={() => props.onSelect(box.step)}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          props.onSelect(box.step);
        }
      }}
      onMouseEnter={() => props.onPoint(box.step)}
      onMouseLeave={() => props.onPoint(null)}
      onFocus={() => props.onPoint(box.step)}
      onBlur={() => props.onPoint(null)}
    >
      <title>{[box.step, ...said].join('\n')}</title>
      <rect className="jp-mlops-Node-box" x={left} y={top} width={box.width} height={box.height} rx={3} />
      <rect className="jp-mlops-Node-bar" x={left} y={top} width={4} height={box.height} rx={2} />
      <text className="jp-mlops-Node-name" x={left + 14} y={second ? -3 : 4}>
        {fitting(box.step, box.width)}
      </text>
      {second && (
        <text className="jp-mlops-Node-state" x={left + 14} y={13}>
          {second}
        </text>
      )}
    </g>
  );
}

function listed(word: string, names: readonly string[] | undefined): string {
  return names?.length ? `${word} ${names.join(', ')}` : '';
}

function fitting(name: string, width: number): string {
  const longest = Math.floor((width - 22) / 7);
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}
