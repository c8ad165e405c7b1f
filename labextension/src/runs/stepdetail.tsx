/** One step of a run: executed notebook, log, inputs and outputs, environment. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { OutputLine } from '../model/run';
import { brief } from '../model/text';
import { Lines } from '../panel/output';
import { State } from '../panel/state';
import { useAnswer } from '../panel/use';
import { messageOf, type Requests } from '../requests';
import type { FileRef, Group, StepReport } from '../types';
import type { StageFactory } from './stage';
import { StageView } from './stageview';

const PARTS = ['notebook', 'log', 'data', 'environment'] as const;
type Part = (typeof PARTS)[number];

/** The step. */
export function StepDetail(props: {
  requests: Requests;
  run: string;
  step: StepReport;
  stage: StageFactory;
  trans: TranslationBundle;
  /** Show where bytes come from. */
  trace: (digest: string) => void;
  /** Open the step with what it received; null where that cannot be. */
  openInputs: (() => void) | null;
}): React.ReactElement {
  const { step, trans, openInputs } = props;
  const [part, setPart] = React.useState<Part>('notebook');
  const titles = {
    notebook: trans.__('Notebook'),
    log: trans.__('Log'),
    data: trans.__('Inputs and outputs'),
    environment: trans.__('Environment')
  };
  return (
    <section className="jp-mlops-StepDetail" aria-label={trans.__('Step %1', step.step)} data-step={step.step}>
      <header className="jp-mlops-Row">
        <h3>{step.step}</h3>
        <State state={step.state} trans={trans} />
        <span className="jp-mlops-Quiet">{step.why}</span>
        <span className="jp-mlops-Spring" />
        {openInputs && (
          <button
            type="button"
            className="jp-mlops-Button jp-mod-small"
            title={trans.__('A notebook of this step whose kernel has all that the step received')}
            onClick={openInputs}
          >
            {trans.__('Open with these inputs')}
          </button>
        )}
        <div className="jp-mlops-Segments" role="group" aria-label={trans.__('What to show')}>
          {PARTS.map(one => (
            <button key={one} type="button" aria-pressed={part === one} onClick={() => setPart(one)}>
              {titles[one]}
            </button>
          ))}
        </div>
      </header>
      {step.error && (
        <p className="jp-mlops-Notice" role="alert">
          {step.error.cell !== null && trans.__('Cell %1: ', step.error.cell)}
          {step.error.kind}: {step.error.message}
        </p>
      )}
      {part === 'notebook' && (
        <StageView {...props} step={step.step} state={step.state} failed={step.error?.cell_id ?? null} />
      )}
      {part === 'log' && <Log {...props} />}
      {part === 'data' && (
        <>
          <Table title={trans.__('Inputs')} items={step.inputs} trans={trans} trace={props.trace} />
          <Table title={trans.__('Outputs')} items={step.outputs} trans={trans} trace={props.trace} />
          <Values values={Object.entries(step.metrics)} title={trans.__('Metrics')} />
        </>
      )}
      {part === 'environment' && <EnvironmentPart step={step} trans={trans} />}
    </section>
  );
}

function Log(props: {
  requests: Requests;
  run: string;
  step: StepReport;
  trans: TranslationBundle;
}): React.ReactElement {
  const { requests, run, step, trans } = props;
  const answer = useAnswer(() => requests.stepLog(run, step.step), [run, step.step, step.state]);
  if (answer.kind !== 'known') {
    return (
      <p className="jp-mlops-Quiet">
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Reading…')}
      </p>
    );
  }
  const lines = answer.value.events
    .filter(event => event['event'] === 'output')
    .map<OutputLine>(event => ({
      step: step.step,
      stream: event['stream'] as OutputLine['stream'],
      text: String(event['text'] ?? '')
    }));
  return lines.length ? (
    <Lines lines={lines} label={trans.__('Log of %1', step.step)} />
  ) : (
    <p className="jp-mlops-Quiet">{trans.__('It wrote nothing.')}</p>
  );
}

function Table(props: {
  title: string;
  items: readonly (Group | FileRef)[];
  trans: TranslationBundle;
  trace: (digest: string) => void;
}): React.ReactElement {
  const { title, items, trans } = props;
  return (
    <table className="jp-mlops-Table">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('What')}</th>
          <th scope="col">{trans.__('Bytes')}</th>
          <th scope="col">{trans.__('Digest')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item, index) => (
          <tr key={index}>
            <td>
              <code>{'path' in item ? item.path : item.names.join(', ')}</code>
            </td>
            <td>{item.size.toLocaleString()}</td>
            <td>
              <Digest digest={item.digest} trans={trans} trace={props.trace} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Digest(props: {
  digest: string | null;
  trans: TranslationBundle;
  trace: (digest: string) => void;
}): React.ReactElement {
  const { digest, trans } = props;
  return digest === null ? (
    <>{trans.__('deleted')}</>
  ) : (
    <button
      type="button"
      className="jp-mlops-Link"
      title={trans.__('Trace %1', digest)}
      onClick={() => props.trace(digest)}
    >
      <code>{digest.slice(0, 19)}</code>
    </button>
  );
}

function Values(props: {
  title: string;
  values: readonly (readonly [string, unknown])[];
}): React.ReactElement | null {
  return props.values.length ? (
    <table className="jp-mlops-Table">
      <caption>{props.title}</caption>
      <tbody>
        {props.values.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{brief(value, 120)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  ) : null;
}

function EnvironmentPart({ step, trans }: { step: StepReport; trans: TranslationBundle }): React.ReactElement {
  const environment = step.environment;
  if (!environment) {
    return <p className="jp-mlops-Quiet">{trans.__('The step did not run.')}</p>;
  }
  const facts: [string, unknown][] = [
    [trans.__('engine'), environment.engine],
    [trans.__('Python'), environment.python],
    [trans.__('image'), environment.image ?? '–'],
    [trans.__('packages from'), environment.source || '–'],
    [trans.__('lock'), environment.lock ?? '–']
  ];
  return (
    <>
      <Values title={trans.__('Environment')} values={facts} />
      <Values title={trans.__('Packages')} values={Object.entries(environment.packages)} />
    </>
  );
}
