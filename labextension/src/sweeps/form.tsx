/** What is swept: the values of each parameter, and how many runs go on at once. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shown } from '../model/form';
import { combinationCount, sweptOf } from '../model/sweeps';
import type { ParameterField } from '../types';

/** What a person asks for. */
export interface Asked {
  readonly sweep: Record<string, string>;
  readonly parallel: number;
  readonly keep_going: boolean;
}

/** The form. */
export function SweepForm(props: {
  fields: readonly ParameterField[];
  values: Readonly<Record<string, unknown>>;
  trans: TranslationBundle;
  begin: (asked: Asked) => void;
}): React.ReactElement {
  const { fields, values, trans } = props;
  const [texts, setTexts] = React.useState<ReadonlyMap<string, string>>(new Map());
  const [parallel, setParallel] = React.useState(2);
  const [keepGoing, setKeepGoing] = React.useState(false);
  if (!fields.length) {
    return <p className="jp-mlops-Quiet">{trans.__('The notebook has no parameters: tag the cell that sets them.')}</p>;
  }
  const sweep = sweptOf(texts);
  const count = combinationCount(sweep);
  return (
    <form
      className="jp-mlops-Form jp-mlops-SweepForm"
      onSubmit={event => {
        event.preventDefault();
        props.begin({ sweep, parallel, keep_going: keepGoing });
      }}
    >
      {fields.map(({ name, type, default: usual }) => (
        <div className="jp-mlops-Field" key={name}>
          <label htmlFor={`jp-mlops-sweep-${name}`}>
            <code>{name}</code> <small>{type}</small>
          </label>
          <input
            id={`jp-mlops-sweep-${name}`}
            type="text"
            spellCheck={false}
            value={texts.get(name) ?? ''}
            placeholder={shown(values[name] ?? usual)}
            onChange={event => setTexts(new Map(texts).set(name, event.target.value))}
          />
        </div>
      ))}
      <p className="jp-mlops-Quiet">
        {trans.__('Values of a parameter are separated by commas; one with a comma in it stands in double quotes. A parameter without values keeps the one shown.')}
      </p>
      <div className="jp-mlops-Row">
        <label htmlFor="jp-mlops-parallel">{trans.__('At once')}</label>
        <input
          id="jp-mlops-parallel"
          type="number"
          min={1}
          max={64}
          value={parallel}
          onChange={event => setParallel(Number(event.target.value))}
        />
        <label>
          <input type="checkbox" checked={keepGoing} onChange={event => setKeepGoing(event.target.checked)} />
          {trans.__('Go on after a failure')}
        </label>
        <span className="jp-mlops-Spring" />
        <button type="submit" className="jp-mlops-Button jp-mod-primary" disabled={!count}>
          {count ? trans._n('Run %1 combination', 'Run %1 combinations', count) : trans.__('Run the sweep')}
        </button>
      </div>
    </form>
  );
}
