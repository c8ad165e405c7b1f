/** What two runs were given otherwise, and what it led to. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Comparison } from '../types';

/** The causes, the first one first, each with the steps that it was given to; then the effects by step. */
export function Causes({ found, trans }: { found: Comparison; trans: TranslationBundle }): React.ReactElement {
  const numbers = new Map(found.steps.map(step => [step.step, step.causes]));
  return (
    <>
      {found.causes.length > 0 && (
        <ol className="jp-mlops-Causes" aria-label={trans.__('Causes')}>
          {found.causes.map(({ number, text, steps, diff }) => (
            <li key={number} value={number}>
              {text} {steps.length > 0 && <small className="jp-mlops-Quiet">{steps.join(', ')}</small>}
              {diff && <Diff diff={diff} title={trans.__('The lines that differ')} />}
            </li>
          ))}
        </ol>
      )}
      {found.effects.length > 0 && (
        <table className="jp-mlops-Table">
          <caption>{trans.__('What came of it')}</caption>
          <thead>
            <tr>
              <th scope="col">{trans.__('Step')}</th>
              <th scope="col">{trans.__('What differs')}</th>
              <th scope="col">{trans.__('Causes')}</th>
            </tr>
          </thead>
          <tbody>
            {found.effects.map(({ step, kind, name, text, diff }) => (
              <tr key={`${step} ${kind} ${name}`}>
                <th scope="row">{step}</th>
                <td>
                  {text}
                  {diff && <Diff diff={diff} title={trans.__('The lines that differ')} />}
                </td>
                <td>{numbers.get(step)?.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Diff({ diff, title }: { diff: string; title: string }): React.ReactElement {
  return (
    <details>
      <summary>{title}</summary>
      <pre className="jp-mlops-Source" tabIndex={0} aria-label={title}>
        {diff}
      </pre>
    </details>
  );
}
