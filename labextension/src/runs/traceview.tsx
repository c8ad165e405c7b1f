/** Where bytes or a run come from, and what was made of them, across runs. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { artifactName, traceRows } from '../model/past';
import { brief, moment } from '../model/text';
import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { Birth, TracedArtifact } from '../types';
import { openPage } from './actions';

/** The trace. */
export function TraceView(props: {
  pipelines: IPipelines;
  of: string;
  openRun: (run: string, step: string) => void;
  trace: (of: string) => void;
}): React.ReactElement {
  const { pipelines, of } = props;
  const { trans, requests } = pipelines;
  const answer = useAnswer(() => requests.trace(of), [of]);
  if (answer.kind !== 'known') {
    return (
      <p className="jp-mlops-Notice">
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Looking…')}
      </p>
    );
  }
  const found = answer.value;
  const links = (artifacts: readonly TracedArtifact[]): React.ReactNode =>
    artifacts.map(artifact => (
      <button
        key={artifact.digest}
        type="button"
        className="jp-mlops-Link"
        data-asked={artifact.digest === found.digest || undefined}
        title={`${artifact.kind}, ${artifact.digest}`}
        onClick={() => props.trace(artifact.digest)}
      >
        {artifactName(artifact)}
      </button>
    ));
  return (
    <div className="jp-mlops-Trace">
      <div className="jp-mlops-Row">
        <h2>{found.run ?? found.sightings[0]?.name ?? of}</h2>
        <code className="jp-mlops-Quiet" title={found.digest ?? ''}>
          {found.digest?.slice(0, 19)}
        </code>
        <span className="jp-mlops-Spring" />
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          onClick={() => openPage(requests.tracePageUrl(found.digest ?? found.run ?? of))}
        >
          {trans.__('As a page with its graph')}
        </button>
      </div>
      {found.birth ? (
        <Certificate birth={found.birth} trans={trans} />
      ) : (
        found.digest && <p>{trans.__('No step on record made these bytes: they came from outside.')}</p>
      )}
      <table className="jp-mlops-Table">
        <caption>{trans.__('From raw data to what was made of it')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Run')}</th>
            <th scope="col">{trans.__('Took')}</th>
            <th scope="col">{trans.__('Left')}</th>
          </tr>
        </thead>
        <tbody>
          {traceRows(found).map(({ step, took, left }) => (
            <tr key={step.execution} data-differs={step.distance === 0 || undefined}>
              <th scope="row">{step.step}</th>
              <td>
                <button type="button" className="jp-mlops-Link" onClick={() => props.openRun(step.run, step.step)}>
                  {step.run}
                </button>
              </td>
              <td className="jp-mlops-Taken">{links(took)}</td>
              <td className="jp-mlops-Taken">{links(left)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.cut && <p className="jp-mlops-Quiet">{trans.__('There is more: `jupyter mlops trace --limit` shows it.')}</p>}
    </div>
  );
}

function Certificate({ birth, trans }: { birth: Birth; trans: TranslationBundle }): React.ReactElement {
  const { made, cell, environment } = birth;
  const facts: readonly [string, string][] = [
    [trans.__('made by'), `${made.step}, ${made.run}`],
    [trans.__('when'), moment(birth.ended)],
    [trans.__('who'), `${birth.user}@${birth.host}`],
    [trans.__('notebook'), birth.notebook],
    [trans.__('parameters'), Object.entries(birth.parameters).map(([name, value]) => `${name}=${brief(value)}`).join(', ') || '–'],
    [trans.__('environment'), `Python ${environment.python}, ${environment.engine}`]
  ];
  return (
    <>
      <table className="jp-mlops-Table">
        <caption>{trans.__('Birth certificate')}</caption>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {cell && (
        <pre className="jp-mlops-Source" tabIndex={0} aria-label={trans.__('The cell that made it')}>
          {cell.source}
        </pre>
      )}
    </>
  );
}
