/** The Parameters tab: a typed form from the parameters cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { controlOf, shown, type Problem } from '../model/form';
import type { NotebookPipeline } from '../notebook/pipeline';
import type { ParameterField } from '../types';

/** The form. */
export function ParametersTab(props: {
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
  sweep: () => void;
}): React.ReactElement {
  const { pipeline, trans } = props;
  const fields = pipeline.analysis?.parameters ?? [];
  if (!fields.length) {
    return (
      <div className="jp-mlops-Empty">
        <p>{trans.__('No parameters yet.')}</p>
        <p className="jp-mlops-Quiet">
          {trans.__('Tag the cell that sets them as “parameters”: each assignment becomes a field here.')}
        </p>
      </div>
    );
  }
  const { problems } = pipeline.form();
  const last = pipeline.runs?.[0];
  const set = (name: string, text: string | null, origin = ''): void => {
    if (text === null) {
      pipeline.texts.delete(name);
    } else {
      pipeline.texts.set(name, text);
    }
    pipeline.origins.set(name, origin);
    pipeline.touch();
  };
  return (
    <form className="jp-mlops-Form" onSubmit={event => event.preventDefault()}>
      {fields.map(field => (
        <Field
          key={field.name}
          field={field}
          text={pipeline.texts.get(field.name)}
          origin={pipeline.origins.get(field.name) ?? ''}
          problem={problems.get(field.name)}
          trans={trans}
          set={text => set(field.name, text)}
        />
      ))}
      <div className="jp-mlops-Row">
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          disabled={!last}
          onClick={() => {
            for (const { name, value } of last?.parameters ?? []) {
              set(name, shown(value), last?.run);
            }
          }}
        >
          {trans.__('Values of the last run')}
        </button>
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          disabled={!pipeline.texts.size}
          onClick={() => fields.forEach(field => set(field.name, null))}
        >
          {trans.__('Defaults')}
        </button>
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          title={trans.__('Run the notebook with many combinations of parameters, and compare what comes of them')}
          onClick={props.sweep}
        >
          {trans.__('Sweep…')}
        </button>
      </div>
    </form>
  );
}

/** One parameter of a form. */
export function Field(props: {
  field: ParameterField;
  text: string | undefined;
  origin: string;
  problem: Problem | undefined;
  trans: TranslationBundle;
  set: (text: string | null) => void;
}): React.ReactElement {
  const { field, text, problem, trans, set } = props;
  const id = `jp-mlops-parameter-${field.name}`;
  const value = text ?? '';
  const control = controlOf(field);
  const described = {
    id,
    'aria-describedby': `${id}-help`,
    'aria-invalid': problem !== undefined
  };
  const origin =
    text === undefined ? trans.__('default') : props.origin ? trans.__('from %1', props.origin) : trans.__('set here');
  return (
    <div className="jp-mlops-Field" data-problem={problem !== undefined || undefined}>
      <label htmlFor={id}>
        <code>{field.name}</code> <small>{field.type}</small>
        <small className="jp-mlops-Field-origin">{origin}</small>
      </label>
      {control === 'select' ? (
        <select
          {...described}
          value={text ?? shown(field.default)}
          onChange={event => set(event.target.value)}
        >
          {field.choices.map(choice => (
            <option key={shown(choice)}>{shown(choice)}</option>
          ))}
        </select>
      ) : control === 'checkbox' ? (
        <input
          {...described}
          type="checkbox"
          checked={(text ?? shown(field.default)) === 'true'}
          onChange={event => set(String(event.target.checked))}
        />
      ) : (
        <input
          {...described}
          type="text"
          inputMode={control === 'number' ? 'decimal' : undefined}
          spellCheck={false}
          value={value}
          placeholder={shown(field.default)}
          onChange={event => set(event.target.value === '' ? null : event.target.value)}
        />
      )}
      <div id={`${id}-help`} className="jp-mlops-Field-help">
        {problem ? <span role="alert">✗ {problemText(trans, problem)}</span> : field.help}
      </div>
    </div>
  );
}

function problemText(trans: TranslationBundle, problem: Problem): string {
  return {
    'an integer is needed': trans.__('an integer is needed'),
    'a number is needed': trans.__('a number is needed'),
    'a list is needed, such as [1, 2]': trans.__('a list is needed, such as [1, 2]'),
    'an object is needed, such as {"a": 1}': trans.__('an object is needed, such as {"a": 1}'),
    'true or false is needed': trans.__('true or false is needed'),
    'none of the values that it can have': trans.__('none of the values that it can have')
  }[problem];
}
