/** Two runs side by side: what differs in what they were given and in what they gave. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { brief } from '../model/text';
import { State } from '../panel/state';
import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { ValuePair } from '../types';
import { openPage } from './actions';
import { Causes } from './causes';

/** The comparison. */
export function CompareView(props: {
  pipelines: IPipelines;
  a: string;
  b: string;
  open: (run: string) => void;
}): React.ReactElement {
  const { pipelines, a, b } = props;
  const { trans, requests } = pipelines;
  const answer = useAnswer(() => requests.compare(a, b), [a, b]);
  if (answer.kind !== 'known') {
    return (
      <p className="jp-mlops-Notice">
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Comparing…')}
      </p>
    );
  }
  const { changes, parameters, metrics, steps } = answer.value;
  const heads = [a, b].map(run => (
    <th scope="col" key={run}>
      <button type="button" className="jp-mlops-Link" onClick={() => props.open(run)}>
        {run}
      </button>
    </th>
  ));
  return (
    <div className="jp-mlops-Compare">
      <div className="jp-mlops-Row">
        <h2>{trans.__('Two runs')}</h2>
        <span className="jp-mlops-Spring" />
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          onClick={() => openPage(requests.comparisonPageUrl(a, b))}
        >
          {trans.__('As a page')}
        </button>
      </div>
      <p>
        {changes.length
          ? trans.__('Changed: %1', changes.join(', '))
          : trans.__('Both were given the same.')}
      </p>
      <Causes found={answer.value} trans={trans} />
      <Pairs title={trans.__('Parameters')} pairs={parameters} heads={heads} trans={trans} />
      <Pairs title={trans.__('Metrics')} pairs={metrics} heads={heads} trans={trans} />
      <table className="jp-mlops-Table">
        <caption>{trans.__('Steps')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            {heads}
            <th scope="col">{trans.__('What differs')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(step => (
            <tr key={step.step} data-differs={!step.same_execution || undefined}>
              <th scope="row">{step.step}</th>
              <td>{step.a ? <State state={step.a} trans={trans} /> : '–'}</td>
              <td>{step.b ? <State state={step.b} trans={trans} /> : '–'}</td>
              <td>
                {step.changes.join('; ') || (step.same_execution ? trans.__('the same execution') : '')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Pairs(props: {
  title: string;
  pairs: readonly ValuePair[];
  heads: React.ReactNode;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { trans } = props;
  if (!props.pairs.length) {
    return null;
  }
  return (
    <table className="jp-mlops-Table">
      <caption>{props.title}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          {props.heads}
          <th scope="col">{trans.__('Change')}</th>
        </tr>
      </thead>
      <tbody>
        {props.pairs.map(pair => (
          <tr key={`${pair.step} ${pair.name}`} data-differs={!pair.equal || undefined}>
            <th scope="row">
              <code>{pair.name}</code> <small>{pair.step}</small>
            </th>
            <td>{brief(pair.a)}</td>
            <td>{brief(pair.b)}</td>
            <td>{pair.equal ? '=' : difference(pair) || '≠'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function difference({ a, b }: ValuePair): string {
  if (typeof a !== 'number' || typeof b !== 'number') {
    return '';
  }
  return `${b > a ? '+' : '−'}${brief(Math.abs(b - a))}`;
}
