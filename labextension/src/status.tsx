/** The item of the status bar: steps of the notebook in front, or what its run does. */

import { ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';

import { glyph, stateWord } from './panel/state';
import { useSignal } from './panel/use';
import type { IPipelines } from './tokens';

/** The widget. */
export function statusItem(pipelines: IPipelines, show: () => void): ReactWidget {
  const widget = ReactWidget.create(<Item pipelines={pipelines} show={show} />);
  widget.addClass('jp-mlops-Status');
  return widget;
}

function Item(props: { pipelines: IPipelines; show: () => void }): React.ReactElement | null {
  const { pipelines } = props;
  const { trans } = pipelines;
  useSignal(pipelines.currentChanged);
  const pipeline = pipelines.current;
  useSignal(pipeline?.changed);
  if (!pipeline?.places.size) {
    return null;
  }
  const { live } = pipeline;
  const steps = pipeline.steps.length;
  const count = trans._n('%1 step', '%1 steps', steps);
  const done = live ? [...live.steps.values()].filter(step => step.ended !== null).length : 0;
  const text = live
    ? pipeline.running
      ? trans.__('%1 %2 of %3', glyph('running'), done, count)
      : `${glyph(live.state)} ${stateWord(trans, live.state)}`
    : count;
  return (
    <button type="button" className="jp-mlops-Status-button" title={trans.__('Show the pipeline')} onClick={props.show}>
      {trans.__('Pipeline: %1', text)}
    </button>
  );
}
