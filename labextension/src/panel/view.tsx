/** The panel as a whole. */

import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { SchedulesTab } from '../schedules/schedulestab';
import { Commands, type IPipelines } from '../tokens';
import { NoNotebook, ServerNotice } from './empty';
import { Footer } from './footer';
import { GraphTab } from './graphtab';
import { ParametersTab } from './parameters';
import { RunsTab } from './runstab';
import { useSignal } from './use';

const TABS = ['graph', 'parameters', 'runs', 'schedules'] as const;
type Tab = (typeof TABS)[number];

/** The panel. */
export function PanelView(props: {
  pipelines: IPipelines;
  commands: CommandRegistry;
}): React.ReactElement {
  const { pipelines, commands } = props;
  const { trans, server } = pipelines;
  useSignal(pipelines.currentChanged);
  useSignal(server.changed);
  const pipeline = pipelines.current;
  useSignal(pipeline?.changed);
  const [tab, setTab] = React.useState<Tab>('graph');
  const does = (id: string) => () => void commands.execute(id);
  const open = (run: string): void => void commands.execute(Commands.openRun, { run });
  const compare = (a: string, b: string): void => void commands.execute(Commands.compare, { a, b });

  const notice = <ServerNotice state={server.state} trans={trans} retry={() => void server.ask()} />;
  if (!pipeline) {
    return (
      <div className="jp-mlops-View">
        {notice}
        <NoNotebook trans={trans} overview={does(Commands.overview)} />
      </div>
    );
  }
  const titles = {
    graph: trans.__('Graph'),
    parameters: trans.__('Parameters'),
    runs: trans.__('Runs'),
    schedules: trans.__('Schedules')
  };
  const ready = server.state.kind === 'ready';
  return (
    <div className="jp-mlops-View">
      <header className="jp-mlops-Header">
        <h2>{trans.__('Pipeline')}</h2>
        <span title={pipeline.path}>{pipeline.name}</span>
      </header>
      {notice}
      {ready && (
        <>
          <Tabs
            tab={tab}
            titles={titles}
            counts={{ graph: 0, parameters: pipeline.form().problems.size, runs: 0, schedules: 0 }}
            set={setTab}
          />
          <div
            className="jp-mlops-Body"
            role="tabpanel"
            id="jp-mlops-tabpanel"
            aria-labelledby={`jp-mlops-tab-${tab}`}
          >
            {tab === 'graph' && (
              <GraphTab pipeline={pipeline} trans={trans} suggest={does(Commands.suggest)} />
            )}
            {tab === 'parameters' && (
              <ParametersTab pipeline={pipeline} trans={trans} sweep={does(Commands.sweep)} />
            )}
            {tab === 'runs' && (
              <RunsTab pipeline={pipeline} trans={trans} open={open} compare={compare} />
            )}
            {tab === 'schedules' && (
              <SchedulesTab pipelines={pipelines} pipeline={pipeline} trans={trans} openRun={open} />
            )}
          </div>
          {server.status && (
            <Footer
              pipeline={pipeline}
              status={server.status}
              trans={trans}
              run={() => {
                setTab('graph');
                void commands.execute(Commands.run);
              }}
              cancel={does(Commands.cancel)}
              verify={() => {
                setTab('graph');
                void commands.execute(Commands.verify);
              }}
              resources={does(Commands.resources)}
            />
          )}
        </>
      )}
    </div>
  );
}

function Tabs(props: {
  tab: Tab;
  titles: Readonly<Record<Tab, string>>;
  counts: Readonly<Record<Tab, number>>;
  set: (tab: Tab) => void;
}): React.ReactElement {
  const list = React.useRef<HTMLDivElement>(null);
  const move = (by: number): void => {
    const next = TABS[(TABS.indexOf(props.tab) + by + TABS.length) % TABS.length]!;
    props.set(next);
    list.current?.querySelector<HTMLElement>(`#jp-mlops-tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" className="jp-mlops-Tabs">
      {TABS.map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`jp-mlops-tab-${tab}`}
          aria-selected={props.tab === tab}
          aria-controls="jp-mlops-tabpanel"
          tabIndex={props.tab === tab ? 0 : -1}
          onClick={() => props.set(tab)}
          onKeyDown={event => {
            if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
              event.preventDefault();
              move(event.key === 'ArrowRight' ? 1 : -1);
            }
          }}
        >
          {props.titles[tab]}
          {props.counts[tab] > 0 && <span className="jp-mlops-Tabs-count">{props.counts[tab]}</span>}
        </button>
      ))}
    </div>
  );
}
