/** The sweeps of a notebook: one is asked for, followed, compared; earlier ones are there, too. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { moment } from '../model/text';
import { State } from '../panel/state';
import { useAnswer } from '../panel/use';
import { messageOf } from '../requests';
import { openPage } from '../runs/actions';
import type { IPipelines } from '../tokens';
import type { Sweeps, SweepView } from '../types';
import { SweepForm, type Asked } from './form';
import { SweepTable } from './table';

const LOOK_MS = 1000;

/** The tab. */
export function SweepsView(props: {
  pipelines: IPipelines;
  path: string;
  openRun: (run: string) => void;
}): React.ReactElement {
  const { pipelines, path } = props;
  const { requests, trans } = pipelines;
  const pipeline = pipelines.all().find(one => one.path === path);
  const [view, setView] = React.useState<SweepView | null>(null);
  const [problem, setProblem] = React.useState('');
  const state = view?.report.state;
  const name = view?.report.sweep.name;
  const analysis = useAnswer(async () => pipeline?.analysis ?? requests.analyse({ path }), [path]);
  const earlier = useAnswer(() => requests.sweeps(path), [path, name, state]);
  const act = (work: () => Promise<SweepView>): void => {
    setProblem('');
    work().then(setView, (error: unknown) => setProblem(messageOf(error)));
  };
  React.useEffect(() => {
    if (state !== 'running' || !name) {
      return undefined;
    }
    const next = window.setTimeout(() => act(() => requests.sweep(name)), LOOK_MS);
    return () => window.clearTimeout(next);
  }, [view]);
  const values = pipeline?.form().values ?? {};
  const begin = (asked: Asked): void =>
    act(async () => {
      await pipeline?.save();
      const fixed = Object.entries(values).filter(([one]) => !(one in asked.sweep));
      return requests.beginSweep({
        path,
        ...asked,
        parameters: Object.fromEntries(fixed),
        engine: pipeline?.engine ?? pipelines.settings.values.engine
      });
    });
  return (
    <div className="jp-mlops-Sweeps" data-state={state ?? 'new'}>
      <h2>{trans.__('Sweeps of %1', path)}</h2>
      {analysis.kind === 'failed' && <p className="jp-mlops-Notice">{messageOf(analysis.error)}</p>}
      {analysis.kind === 'known' && (
        <SweepForm fields={analysis.value.parameters} values={values} trans={trans} begin={begin} />
      )}
      {problem && (
        <p className="jp-mlops-Notice" role="alert">
          {problem}
        </p>
      )}
      {view && (
        <section aria-label={trans.__('Sweep %1', name)}>
          <div className="jp-mlops-Row">
            <h3>{name}</h3>
            <State state={view.report.state} trans={trans} />
            <span className="jp-mlops-Spring" />
            {state === 'running' && (
              <button
                type="button"
                className="jp-mlops-Button jp-mod-small jp-mod-warn"
                onClick={() => act(() => requests.cancelSweep(name!))}
              >
                {trans.__('Cancel sweep')}
              </button>
            )}
            <button
              type="button"
              className="jp-mlops-Button jp-mod-small"
              onClick={() => openPage(requests.sweepPageUrl(name!))}
            >
              {trans.__('As a page')}
            </button>
          </div>
          <SweepTable view={view} trans={trans} openRun={props.openRun} />
        </section>
      )}
      {earlier.kind === 'known' && (
        <Earlier found={earlier.value} trans={trans} open={one => act(() => requests.sweep(one))} />
      )}
    </div>
  );
}

function Earlier(props: {
  found: Sweeps;
  trans: TranslationBundle;
  open: (name: string) => void;
}): React.ReactElement | null {
  const { trans } = props;
  if (!props.found.sweeps.length) {
    return null;
  }
  return (
    <table className="jp-mlops-Table">
      <caption>{trans.__('All sweeps')}</caption>
      <tbody>
        {props.found.sweeps.map(one => (
          <tr key={one.sweep}>
            <th scope="row">
              <button type="button" className="jp-mlops-Link" onClick={() => props.open(one.sweep)}>
                {one.sweep}
              </button>
            </th>
            <td>{moment(one.created)}</td>
            <td>
              <State state={one.state} trans={trans} />
            </td>
            <td>
              <code>{one.parameters.join(', ')}</code>
            </td>
            <td>{one.summary}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
