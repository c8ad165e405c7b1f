/** The Graph tab: the graph, the picked step, what a run writes, the findings. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Finding } from '../cell/finding';
import { duration, between } from '../model/text';
import { secondsOf } from '../model/run';
import type { NotebookPipeline } from '../notebook/pipeline';
import { NoSteps } from './empty';
import { Graph, type NodeState } from './graph';
import { Output } from './output';
import { StepCard } from './stepcard';
import { Verification } from './verification';

/** States of the run that is followed, else of the newest recorded one. */
export function nodeStates(pipeline: NotebookPipeline): ReadonlyMap<string, NodeState> {
  const states = new Map<string, NodeState>();
  const live = pipeline.live;
  if (pipeline.starting) {
    return new Map(pipeline.steps.map(step => [step, { state: 'pending', why: '', time: '' }]));
  }
  if (live) {
    for (const [step, { state, why, ...times }] of live.steps) {
      const time = state === 'reused' ? '' : duration(secondsOf({ state, why, ...times }));
      states.set(step, { state, why, time });
    }
    return states;
  }
  for (const step of pipeline.runs?.[0]?.steps ?? []) {
    const time = step.state === 'reused' ? '' : duration(between(step.started, step.ended));
    states.set(step.step, { state: step.state, why: step.why, time });
  }
  return states;
}

/** The tab. */
export function GraphTab(props: {
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
  suggest: () => void;
}): React.ReactElement {
  const { pipeline, trans } = props;
  const { analysis, live } = pipeline;
  if (pipeline.problem) {
    return <p className="jp-mlops-Notice" role="alert">{pipeline.problem}</p>;
  }
  if (!analysis) {
    return <p className="jp-mlops-Quiet">{trans.__('Reading the notebook…')}</p>;
  }
  if (!pipeline.places.size) {
    return <NoSteps trans={trans} suggest={props.suggest} />;
  }
  const select = (step: string): void => {
    pipeline.selected = step;
    pipeline.touch();
    const first = analysis.steps.find(outline => outline.step === step)?.cells[0];
    if (first) {
      void pipeline.reveal(first);
    }
  };
  return (
    <>
      {live?.notice && <p className="jp-mlops-Notice">{live.notice}</p>}
      {pipeline.waiting && (
        <p className="jp-mlops-Notice" role="status">
          {trans.__('The server does not answer; the run goes on. Connecting again…')}
        </p>
      )}
      <Graph
        flow={analysis.flow}
        observed={pipeline.observed}
        hues={pipeline.hues}
        states={nodeStates(pipeline)}
        selected={pipeline.selected}
        trans={trans}
        onSelect={select}
      />
      {live && pipeline.running && <Output live={live} trans={trans} />}
      <StepCard pipeline={pipeline} trans={trans} />
      {pipeline.verification && <Verification pipeline={pipeline} trans={trans} />}
      {live && !pipeline.running && <Output live={live} trans={trans} />}
      {analysis.diagnostics.length > 0 && (
        <section aria-label={trans.__('Findings')} className="jp-mlops-Findings">
          {analysis.diagnostics.map((diagnostic, index) => (
            <Finding
              key={`${diagnostic.code} ${diagnostic.cell_id} ${index}`}
              diagnostic={diagnostic}
              pipeline={pipeline}
              trans={trans}
            />
          ))}
        </section>
      )}
    </>
  );
}
