/** Labels of a run as they are put on and taken away: tags, aliases, a note. */

import { InputDialog } from '@jupyterlab/apputils';
import * as React from 'react';

import { labelsOf } from '../model/past';
import type { IPipelines } from '../tokens';
import type { Labels, LabelStart } from '../types';
import { askForNote } from './note';

/** Every label with a button that removes it, and buttons that add more. */
export function LabelEditor(props: {
  pipelines: IPipelines;
  run: string;
  labels: Labels;
  act: (work: Promise<unknown>) => void;
  /** Called after a label has changed. */
  changed: () => void;
}): React.ReactElement {
  const { pipelines, run, labels, act } = props;
  const { requests, trans } = pipelines;
  const change = async (label: Omit<LabelStart, 'target'>): Promise<void> => {
    await requests.label({ target: run, ...label });
    props.changed();
    pipelines.all().forEach(pipeline => void pipeline.refreshRuns());
  };
  const addTag = async (): Promise<void> => {
    const answer = await InputDialog.getText({ title: trans.__('Tag the run'), label: trans.__('Tag'), okLabel: trans.__('Tag') });
    if (answer.button.accept && answer.value?.trim()) {
      await change({ kind: 'tag', name: answer.value.trim() });
    }
  };
  const setAlias = async (): Promise<void> => {
    const answer = await InputDialog.getText({
      title: trans.__('Let an alias name the run'),
      label: trans.__('Alias'),
      placeholder: 'model@production',
      okLabel: trans.__('Set')
    });
    if (answer.button.accept && answer.value?.trim()) {
      await change({ kind: 'alias', name: answer.value.trim() });
    }
  };
  const writeNote = async (): Promise<void> => {
    const text = await askForNote(labels.note, trans);
    if (text !== null) {
      await change({ kind: 'note', text });
    }
  };
  const adding = [
    [trans.__('Tag…'), addTag],
    [trans.__('Alias…'), setAlias],
    [trans.__('Note…'), writeNote]
  ] as const;
  return (
    <>
      <div className="jp-mlops-Row jp-mlops-LabelEditor">
        <span className="jp-mlops-Labels" role="group" aria-label={trans.__('Labels')}>
          {labelsOf(labels).map(({ kind, name, word }) => (
            <span key={word} className="jp-mlops-Label-chip">
              {word}
              <button
                type="button"
                aria-label={trans.__('Remove %1', word)}
                onClick={() => act(change({ kind, name, remove: true }))}
              >
                <span aria-hidden="true">×</span>
              </button>
            </span>
          ))}
        </span>
        {adding.map(([label, add]) => (
          <button key={label} type="button" className="jp-mlops-Link" onClick={() => act(add())}>
            {label}
          </button>
        ))}
      </div>
      {labels.note && <p className="jp-mlops-Note">{labels.note}</p>}
    </>
  );
}
