/** A line of a schedule's form that takes a text. */

import * as React from 'react';

import type { Draft } from '../model/schedules';

/** What of a draft is a text. */
export type TextKey = { [K in keyof Draft]: string extends Draft[K] ? K : never }[keyof Draft];

type Known = 'id' | 'list' | 'placeholder' | 'aria-describedby' | 'children';

/** The label, how it may be written, and the text; children are what the input refers to. */
export function TextField(
  props: Pick<React.InputHTMLAttributes<HTMLInputElement>, Known> & {
    draft: Draft;
    set: (change: Partial<Draft>) => void;
    field: TextKey;
    label: string;
    hint?: string;
    problem?: boolean;
  }
): React.ReactElement {
  const { field, hint, problem, id = `jp-mlops-${field}` } = props;
  return (
    <div className="jp-mlops-Field" data-problem={problem || undefined}>
      <label htmlFor={id}>
        {props.label}
        {hint && <> <small>{hint}</small></>}
      </label>
      <input
        id={id}
        type="text"
        list={props.list}
        spellCheck={false}
        aria-describedby={props['aria-describedby']}
        aria-invalid={problem}
        placeholder={props.placeholder}
        value={props.draft[field]}
        onChange={event => props.set({ [field]: event.target.value })}
      />
      {props.children}
    </div>
  );
}
