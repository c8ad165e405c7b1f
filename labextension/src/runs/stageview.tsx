/** The executed notebook of a step, in a React tree. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { useAnswer } from '../panel/use';
import { messageOf, type Requests } from '../requests';
import { showFailed, stageNotebook, type StageFactory } from './stage';

/** The notebook, or why there is none. */
export function StageView(props: {
  requests: Requests;
  run: string;
  step: string;
  /** State of the step: the notebook is read anew when it changes. */
  state: string;
  failed: string | null;
  stage: StageFactory;
  trans: TranslationBundle;
}): React.ReactElement {
  const { requests, run, step, state, failed, stage, trans } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const answer = useAnswer(() => requests.stepNotebook(run, step), [run, step, state]);
  const content = answer.kind === 'known' ? answer.value : null;
  // Before React takes the host out of the page: a widget can only be detached while it is there.
  React.useLayoutEffect(() => {
    if (!content || !host.current) {
      return undefined;
    }
    const widget = stageNotebook(stage, content, failed);
    Widget.attach(widget, host.current);
    void showFailed(widget);
    return () => widget.dispose();
  }, [content, failed]);
  return (
    <>
      {answer.kind === 'asked' && <p className="jp-mlops-Quiet">{trans.__('Reading…')}</p>}
      {answer.kind === 'failed' && <p className="jp-mlops-Quiet">{messageOf(answer.error)}</p>}
      <div ref={host} className="jp-mlops-StageHost" />
    </>
  );
}
