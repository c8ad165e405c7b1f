/** The tabs of the main area: a run, a comparison, the overview; their views are loaded when the first is opened. */

import { MainAreaWidget, ReactWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';

import { pipelineIcon } from '../icons';
import { Commands, type IPipelines } from '../tokens';
import type { StageFactory } from './stage';

type Tab = MainAreaWidget<ReactWidget>;

/** What a tab shows; also what a restored layout brings it back from. */
export type TabArgs = {
  readonly run?: string;
  readonly step?: string;
  readonly a?: string;
  readonly b?: string;
  readonly of?: string;
  readonly path?: string;
};

/** Opens tabs, each thing once. */
export class RunTabs {
  readonly tracker = new WidgetTracker<Tab>({ namespace: 'jupyter-mlops' });
  private readonly _args = new Map<Tab, { command: string; args: TabArgs }>();

  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _pipelines: IPipelines,
    private readonly _stage: StageFactory,
    private readonly _area: 'main' | 'right'
  ) {}

  /** The command and arguments that bring a tab back. */
  restoring(tab: Tab): { command: string; args: TabArgs } {
    return this._args.get(tab) ?? { command: Commands.overview, args: {} };
  }

  /** One run. */
  async openRun(run: string, step: string | null = null): Promise<void> {
    const { RunView } = await import('./runview');
    const { trans } = this._pipelines;
    this.open(`jupyter-mlops-run-${run}`, trans.__('Run %1', run), Commands.openRun, { run, ...(step && { step }) }, args => (
      <RunView
        pipelines={this._pipelines}
        run={run}
        step={args.step ?? null}
        stage={this._stage}
        leads={{
          run: other => void this.openRun(other),
          trace: of => void this.trace(of),
          notebook: path => void this.openWithNewKernels(path)
        }}
        onStep={name => this.remember(`jupyter-mlops-run-${run}`, { run, step: name })}
      />
    ));
  }

  /** Two runs. */
  async compare(a: string, b: string): Promise<void> {
    const { CompareView } = await import('./compareview');
    this.open(
      `jupyter-mlops-compare-${a}-${b}`,
      this._pipelines.trans.__('Compare runs'),
      Commands.compare,
      { a, b },
      () => <CompareView pipelines={this._pipelines} a={a} b={b} open={run => void this.openRun(run)} />
    );
  }

  /** Where bytes or a run come from. */
  async trace(of: string): Promise<void> {
    const { TraceView } = await import('./traceview');
    this.open(`jupyter-mlops-trace-${of}`, this._pipelines.trans.__('Trace'), Commands.trace, { of }, () => (
      <TraceView
        pipelines={this._pipelines}
        of={of}
        openRun={(run, step) => void this.openRun(run, step)}
        trace={other => void this.trace(other)}
      />
    ));
  }

  /** An old notebook. */
  async convert(path: string): Promise<void> {
    const { ConvertView } = await import('./convertview');
    this.open(
      `jupyter-mlops-convert-${path}`,
      this._pipelines.trans.__('Convert %1', path.split('/').pop()),
      Commands.convert,
      { path },
      () => <ConvertView pipelines={this._pipelines} path={path} openNotebook={other => this.openNotebook(other)} />
    );
  }

  /** The sweeps of a notebook. */
  async sweep(path: string): Promise<void> {
    const { SweepsView } = await import('../sweeps/sweepsview');
    this.open(
      `jupyter-mlops-sweep-${path}`,
      this._pipelines.trans.__('Sweep %1', path.split('/').pop()),
      Commands.sweep,
      { path },
      () => <SweepsView pipelines={this._pipelines} path={path} openRun={run => void this.openRun(run)} />
    );
  }

  /** Everything on the store. */
  async overview(): Promise<void> {
    const { Overview } = await import('./overview');
    const { trans } = this._pipelines;
    this.open('jupyter-mlops-overview', trans.__('Pipelines and runs'), Commands.overview, {}, () => (
      <Overview
        pipelines={this._pipelines}
        open={run => void this.openRun(run)}
        compare={(a, b) => void this.compare(a, b)}
        openNotebook={path => this.openNotebook(path)}
      />
    ));
  }

  private openNotebook(path: string): void {
    void this._app.commands.execute('docmanager:open', { path });
  }

  /** Open a notebook that may be of a kernel that the server knows since a moment ago. */
  private async openWithNewKernels(path: string): Promise<void> {
    await this._app.serviceManager.kernelspecs.refreshSpecs();
    this.openNotebook(path);
  }

  private remember(id: string, args: TabArgs): void {
    const tab = this.tracker.find(one => one.id === id);
    if (tab) {
      this._args.set(tab, { ...this.restoring(tab), args });
      void this.tracker.save(tab);
    }
  }

  private open(
    id: string,
    label: string,
    command: string,
    args: TabArgs,
    view: (args: TabArgs) => React.ReactElement
  ): void {
    const old = this.tracker.find(one => one.id === id);
    if (old && args.step === undefined) {
      this._app.shell.activateById(id);
      return;
    }
    old?.dispose();
    const content = ReactWidget.create(view(args));
    content.addClass('jp-mlops-Tab');
    const tab: Tab = new MainAreaWidget({ content });
    tab.id = id;
    tab.title.label = label;
    tab.title.icon = pipelineIcon;
    tab.title.closable = true;
    tab.toolbar.hide();
    this._args.set(tab, { command, args });
    tab.disposed.connect(() => this._args.delete(tab));
    this._app.shell.add(tab, this._area);
    void this.tracker.add(tab);
    this._app.shell.activateById(id);
  }
}
