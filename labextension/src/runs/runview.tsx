/** One run: its graph with states on top, the picked step below. */

import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import { hues } from '../model/palette';
import { folderFor, reproduced } from '../model/past';
import { secondsOf, type LiveRun } from '../model/run';
import { queryOf, stepToShow } from '../model/runs';
import { between, brief, duration, moment } from '../model/text';
import { Follower } from '../notebook/follower';
import { Graph, type NodeState } from '../panel/graph';
import { Output } from '../panel/output';
import { State } from '../panel/state';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { RunDetail } from '../types';
import { RunActions, type Leads } from './actions';
import { LabelEditor } from './labeleditor';
import type { StageFactory } from './stage';
import { StepDetail } from './stepdetail';
import { VerdictView } from './verdictview';

/** The run; followed while it goes on. */
export function RunView(props: {
  pipelines: IPipelines;
  run: string;
  step: string | null;
  stage: StageFactory;
  leads: Leads;
  onStep: (step: string) => void;
}): React.ReactElement {
  const { pipelines, run } = props;
  const { requests, trans } = pipelines;
  const [detail, setDetail] = React.useState<RunDetail | null>(null);
  const [error, setError] = React.useState('');
  const [live, setLive] = React.useState<LiveRun | null>(null);
  const [picked, setPicked] = React.useState(props.step);
  React.useEffect(() => setPicked(props.step), [props.step]);

  const load = React.useCallback(
    () => requests.run(run).then(setDetail, (reason: unknown) => setError(messageOf(reason))),
    [requests, run]
  );
  React.useEffect(() => void load(), [load]);
  const running = detail?.record.state === 'running';
  React.useEffect(() => {
    if (!running) {
      return undefined;
    }
    const follower = new Follower(run, requests, () => setLive(follower.live), () => void load());
    return () => follower.dispose();
  }, [running, run]);

  if (error) {
    return <p className="jp-mlops-Notice" role="alert">{error}</p>;
  }
  if (!detail) {
    return <p className="jp-mlops-Quiet">{trans.__('Reading…')}</p>;
  }
  const { record, flow, command } = detail;
  const of = reproduced(record.reason);
  const step = picked ?? stepToShow(record.steps);
  const report = record.steps.find(one => one.step === step);
  const act = (work: Promise<unknown>): void => {
    work.catch((reason: unknown) => showErrorMessage(trans.__('It could not be done'), messageOf(reason)));
  };
  const again = async (): Promise<void> => {
    const started = await requests.start({
      path: detail.path!,
      resume: run,
      from_step: step,
      engine: record.engine as 'local' | 'docker'
    });
    Notification.info(trans.__('Run %1 has begun.', started.run), { autoClose: 4000 });
  };
  const openInputs = async (name: string): Promise<void> => {
    const folder = folderFor(detail.path, run, name);
    const { notebook, opened } = await requests.openStep({ run, step: name, folder });
    for (const note of opened.notes) {
      Notification.warning(note, { autoClose: 8000 });
    }
    props.leads.notebook(notebook);
  };
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    Notification.info(trans.__('Copied: %1', text), { autoClose: 3000 });
  };
  return (
    <div className="jp-mlops-RunView" data-run={run}>
      <header className="jp-mlops-RunView-head">
        <div className="jp-mlops-Row">
          <h2>{run}</h2>
          <State state={live?.state ?? record.state} trans={trans} />
          <span>{duration(between(record.started, record.ended))}</span>
          <span className="jp-mlops-Quiet">{trans.__('%1 engine', record.engine)}</span>
          <span className="jp-mlops-Spring" />
          {running && (
            <button type="button" className="jp-mlops-Button jp-mod-warn jp-mod-small" onClick={() => act(requests.cancel(run))}>
              {trans.__('Cancel run')}
            </button>
          )}
          {!running && detail.path && step && (
            <button type="button" className="jp-mlops-Button jp-mod-small" onClick={() => act(again())}>
              {trans.__('Run again from %1', step)}
            </button>
          )}
        </div>
        <p className="jp-mlops-Quiet">
          {[detail.path ?? record.notebook, moment(record.started), record.reason].join(' · ')}
        </p>
        {record.parameters.length > 0 && (
          <p className="jp-mlops-Chips">
            {record.parameters.map(({ name, value, origin }) => (
              <code key={name} title={origin}>
                {name}={brief(value)}
              </code>
            ))}
          </p>
        )}
        <LabelEditor
          pipelines={pipelines}
          run={record.run}
          labels={detail.labels}
          act={act}
          changed={() => void load()}
        />
        {record.notice && <p className="jp-mlops-Notice">{record.notice}</p>}
        <div className="jp-mlops-Row jp-mlops-Actions">
          {!running && <RunActions pipelines={pipelines} detail={detail} leads={props.leads} act={act} />}
          <button
            type="button"
            className="jp-mlops-Button jp-mod-small"
            title={command}
            onClick={() => act(copy(command))}
          >
            {trans.__('Copy as command')}
          </button>
          <button
            type="button"
            className="jp-mlops-Button jp-mod-small"
            onClick={() => act(copy(linkTo(run, step)))}
          >
            {trans.__('Copy link')}
          </button>
        </div>
      </header>
      {of && <VerdictView pipelines={pipelines} run={run} of={of} state={record.state} open={props.leads.run} />}
      <Graph
        flow={flow}
        observed={record.state === 'succeeded' ? flow : null}
        hues={hues(record.steps.map(one => one.step))}
        states={statesOf(detail, live)}
        selected={step}
        trans={trans}
        direction="right"
        onSelect={name => {
          setPicked(name);
          props.onStep(name);
        }}
      />
      {live && running && <Output live={live} trans={trans} />}
      {report && (
        <StepDetail
          key={report.step}
          requests={requests}
          run={run}
          step={report}
          stage={props.stage}
          trans={trans}
          trace={props.leads.trace}
          openInputs={running || !report.execution ? null : () => act(openInputs(report.step))}
        />
      )}
    </div>
  );
}

/** The address that opens the run, for somebody on the same server. */
function linkTo(run: string, step: string | null): string {
  const lab = URLExt.join(PageConfig.getBaseUrl(), 'lab');
  return `${lab}${queryOf({ run, step })}`;
}

function statesOf(detail: RunDetail, live: LiveRun | null): ReadonlyMap<string, NodeState> {
  const states = new Map<string, NodeState>();
  for (const { step, state, why, started, ended } of detail.record.steps) {
    const time = state === 'reused' ? '' : duration(between(started, ended));
    states.set(step, { state, why, time });
  }
  if (detail.record.state === 'running') {
    for (const [step, now] of live?.steps ?? []) {
      states.set(step, { state: now.state, why: now.why, time: duration(secondsOf(now)) });
    }
  }
  return states;
}
