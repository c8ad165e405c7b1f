/** The rules of a schedule, folded away: most need none but the usual ones. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { problemsOf, type Draft } from '../model/schedules';
import type { EngineName, Missed, Overlap } from '../types';
import { TextField } from './textfield';

/** The part with the rules. */
export function Rules(props: {
  draft: Draft;
  trans: TranslationBundle;
  set: (change: Partial<Draft>) => void;
}): React.ReactElement {
  const { draft, trans, set } = props;
  const problems = problemsOf(draft);
  const texts = [
    ['retries', trans.__('Retries after a failure'), '3'],
    ['backoff', trans.__('Pause before the first retry'), '1m'],
    ['timeout', trans.__('Stop a run after'), trans.__('never')],
    ['jitter', trans.__('Begin later by up to'), trans.__('not at all')],
    ['priority', trans.__('Priority among those that wait'), '0']
  ] as const;
  return (
    <details className="jp-mlops-Rules">
      <summary>{trans.__('Rules')}</summary>
      <Choice
        id="missed"
        label={trans.__('Missed while no service ran')}
        value={draft.missed}
        options={[
          ['once', trans.__('one run stands for all')],
          ['all', trans.__('each is made up for')],
          ['skip', trans.__('none is made up for')]
        ]}
        set={value => set({ missed: value as Missed })}
      />
      <Choice
        id="overlap"
        label={trans.__('While the one before is not done')}
        value={draft.overlap}
        options={[
          ['skip', trans.__('leave it out')],
          ['queue', trans.__('wait')],
          ['cancel', trans.__('stop the one before')],
          ['allow', trans.__('run both')]
        ]}
        set={value => set({ overlap: value as Overlap })}
      />
      {texts.map(([name, label, placeholder]) => {
        const wrong = name !== 'backoff' && name !== 'timeout' && name !== 'jitter' && problems.has(name);
        return (
          <TextField
            {...props}
            key={name}
            id={`jp-mlops-rule-${name}`}
            field={name}
            label={label}
            placeholder={placeholder}
            problem={wrong}
          />
        );
      })}
      <Choice
        id="engine"
        label={trans.__('Engine')}
        value={draft.engine}
        options={[
          ['auto', trans.__('auto')],
          ['local', trans.__('local')],
          ['docker', trans.__('docker')]
        ]}
        set={value => set({ engine: value as EngineName })}
      />
    </details>
  );
}

function Choice(props: {
  id: string;
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  set: (value: string) => void;
}): React.ReactElement {
  const id = `jp-mlops-rule-${props.id}`;
  return (
    <div className="jp-mlops-Field">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={event => props.set(event.target.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
