/** What the picked step takes and leaves. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { NotebookPipeline } from '../notebook/pipeline';

/** The picked step in words; nothing while none is picked. */
export function StepCard(props: {
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { pipeline, trans } = props;
  const flow = pipeline.analysis?.flow.steps.find(step => step.step === pipeline.selected);
  if (!flow) {
    return null;
  }
  const reads = [
    ...flow.reads.map(({ name, sources, outside }) => ({
      name,
      from: sources.length ? sources.join(', ') : (outside ?? '')
    })),
    ...flow.files_read.map(({ path, sources }) => ({ name: path, from: sources.join(', ') }))
  ];
  const writes = [
    ...flow.writes.map(({ name, effect }) => ({ name, from: effect })),
    ...flow.files_written.map(({ path, effect }) => ({ name: path, from: effect }))
  ];
  const why = pipeline.live?.steps.get(flow.step)?.why;
  return (
    <section className="jp-mlops-StepCard" aria-label={trans.__('Step %1', flow.step)}>
      <h3>{flow.step}</h3>
      {why && <p className="jp-mlops-Quiet">{why}</p>}
      <Names title={trans.__('Reads')} names={reads} nothing={trans.__('nothing')} />
      <Names title={trans.__('Writes')} names={writes} nothing={trans.__('nothing')} />
      {flow.everything && (
        <p className="jp-mlops-Quiet">{trans.__('It may read and bind any name.')}</p>
      )}
    </section>
  );
}

function Names(props: {
  title: string;
  names: readonly { name: string; from: string }[];
  nothing: string;
}): React.ReactElement {
  return (
    <div className="jp-mlops-Names">
      <span className="jp-mlops-Names-title">{props.title}</span>
      <span>
        {props.names.length
          ? props.names.map(({ name, from }) => (
              <span key={name} className="jp-mlops-Name">
                <code>{name}</code> <small>{from}</small>
              </span>
            ))
          : props.nothing}
      </span>
    </div>
  );
}
