/** All open notebooks as pipelines. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';

import { Requests } from '../requests';
import { Server } from '../server';
import { Settings } from '../settings';
import type { IPipelines } from '../tokens';
import { NotebookPipeline } from './pipeline';

/** Keeps one pipeline for each notebook of the tracker. */
export class OpenPipelines implements IPipelines {
  readonly requests: Requests;
  readonly server: Server;
  readonly settings = new Settings();

  private readonly _pipelines = new Map<NotebookPanel, NotebookPipeline>();
  private readonly _added = new Signal<IPipelines, NotebookPipeline>(this);
  private readonly _currentChanged = new Signal<IPipelines, NotebookPipeline | null>(this);
  private readonly _runsChanged = new Signal<IPipelines, void>(this);
  private _timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly _tracker: INotebookTracker,
    services: ServiceManager.IManager,
    readonly trans: TranslationBundle
  ) {
    this.requests = new Requests(services.serverSettings);
    this.server = new Server(this.requests);
    _tracker.widgetAdded.connect((_, panel) => this.add(panel));
    _tracker.currentChanged.connect(() => this._currentChanged.emit(this.current));
    _tracker.forEach(panel => this.add(panel));
    services.events.stream.connect((_, event) => {
      if (event.schema_id === this.server.status?.schema) {
        this.onServerEvent();
      }
    });
  }

  get current(): NotebookPipeline | null {
    const panel = this._tracker.currentWidget;
    return (panel && this._pipelines.get(panel)) ?? null;
  }

  get currentChanged(): ISignal<IPipelines, NotebookPipeline | null> {
    return this._currentChanged;
  }

  get added(): ISignal<IPipelines, NotebookPipeline> {
    return this._added;
  }

  get runsChanged(): ISignal<IPipelines, void> {
    return this._runsChanged;
  }

  of(panel: NotebookPanel): NotebookPipeline | undefined {
    return this._pipelines.get(panel);
  }

  all(): readonly NotebookPipeline[] {
    return [...this._pipelines.values()];
  }

  private add(panel: NotebookPanel): void {
    const pipeline = new NotebookPipeline(panel, this.requests, this.settings);
    this._pipelines.set(panel, pipeline);
    panel.disposed.connect(() => {
      this._pipelines.delete(panel);
      this._currentChanged.emit(this.current);
    });
    this._added.emit(pipeline);
    this._currentChanged.emit(this.current);
  }

  /** Steps begin and end in bursts; one look at the runs answers them all. */
  private onServerEvent(): void {
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      this._runsChanged.emit();
      for (const pipeline of this._pipelines.values()) {
        void pipeline.refreshRuns();
      }
    }, 250);
  }
}
