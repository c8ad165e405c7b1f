/** One open notebook as a pipeline: what it is, what it does, what is known of its runs. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

import { valuesOf, type Problem as FormProblem } from '../model/form';
import { hues } from '../model/palette';
import { placesOf, stepNames, type Place } from '../model/places';
import type { LiveCell, LiveRun } from '../model/run';
import type { Requests } from '../requests';
import type { Settings } from '../settings';
import type {
  DataFlow,
  EngineName,
  NotebookAnalysis,
  RunSummary,
  VerificationReport
} from '../types';
import { Analyser } from './analyser';
import { contentOf, indexOf, taggedCells } from './cells';
import { Follower } from './follower';

const RUNS = 50;

/** The pipeline of one notebook panel. */
export class NotebookPipeline {
  /** Texts that were typed for parameters, by name. */
  readonly texts = new Map<string, string>();
  /** Where the texts came from, by name: a run, or empty for what was typed. */
  readonly origins = new Map<string, string>();
  /** The step that is picked in the graph. */
  selected: string | null = null;
  /** Recorded runs, newest first; null until they are known. */
  runs: readonly RunSummary[] | null = null;
  /** What flowed in the newest run that ended. */
  observed: DataFlow | null = null;
  /** What the last comparison with one kernel found. */
  verification: VerificationReport | null = null;

  private readonly _analyser: Analyser;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _runEnded = new Signal<this, LiveRun>(this);
  private _follower: Follower | null = null;
  private _places: ReadonlyMap<string, Place> = new Map();
  private _hues: ReadonlyMap<string, number> = new Map();
  private _observedOf = '';
  private _engine: EngineName | null = null;
  private _starting = false;

  constructor(
    readonly panel: NotebookPanel,
    readonly requests: Requests,
    private readonly _settings: Settings
  ) {
    this._analyser = new Analyser(
      requests,
      () => (this.model ? { path: this.path, model: this.model } : null),
      () => this.update()
    );
    void panel.context.ready.then(() => {
      if (!this.isDisposed) {
        panel.context.model.contentChanged.connect(this.onContent, this);
        this.update();
        void this._analyser.analyse();
        void this.refreshRuns();
      }
    });
    panel.context.pathChanged.connect(() => void this.refreshRuns(), this);
    panel.disposed.connect(() => this.dispose());
  }

  get isDisposed(): boolean {
    return this.panel.isDisposed;
  }

  get model() {
    return this.panel.content.model;
  }

  /** Contents path, as the server knows it. */
  get path(): string {
    return this.panel.context.localPath || this.panel.context.path;
  }

  get name(): string {
    return this.path.split('/').at(-1) ?? this.path;
  }

  /** Where steps run: as chosen here, else as the settings say. */
  get engine(): EngineName {
    return this._engine ?? this._settings.values.engine;
  }

  set engine(name: EngineName) {
    this._engine = name;
  }

  /** Emitted whenever something that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when a run that was followed has ended. */
  get runEnded(): ISignal<this, LiveRun> {
    return this._runEnded;
  }

  get analysis(): NotebookAnalysis | null {
    return this._analyser.analysis;
  }

  get problem(): string {
    return this._analyser.problem;
  }

  get places(): ReadonlyMap<string, Place> {
    return this._places;
  }

  get hues(): ReadonlyMap<string, number> {
    return this._hues;
  }

  /** The run that is followed, or was last. */
  get live(): LiveRun | null {
    return this._starting ? null : (this._follower?.live ?? null);
  }

  /** True while the server that tells of the run does not answer. */
  get waiting(): boolean {
    return this._follower !== null && !this._follower.connected && !this._follower.live.ended;
  }

  get running(): boolean {
    return this._starting || (this.live !== null && !this.live.ended);
  }

  /** True from the request of a run until the server has it on record. */
  get starting(): boolean {
    return this._starting;
  }

  /** Steps in notebook order. */
  get steps(): readonly string[] {
    return this.analysis?.steps.map(step => step.step) ?? stepNames(this._places);
  }

  /** What a run does with a cell right now, or did. */
  liveCell(id: string, position: number): LiveCell | undefined {
    return this.live?.cells.get(id) ?? this.live?.cells.get(`cell-${position}`);
  }

  /** The values that the form would send, and what is wrong with it. */
  form(): { values: Record<string, unknown>; problems: ReadonlyMap<string, FormProblem> } {
    return valuesOf(this.analysis?.parameters ?? [], this.texts);
  }

  /** Look at the cells anew and tell whoever shows them. */
  update(): void {
    if (!this.model || this.isDisposed) {
      return;
    }
    this._places = placesOf(taggedCells(this.model), this.analysis?.cells);
    const names = new Set([...stepNames(this._places), ...(this.analysis?.steps.map(s => s.step) ?? [])]);
    this._hues = hues([...names]);
    this._changed.emit();
  }

  /** Say that what is shown has changed. */
  touch(): void {
    this._changed.emit();
  }

  /** Analyse now. */
  analyse(): Promise<void> {
    return this._analyser.analyse();
  }

  /** Suggested tags. */
  async suggestions() {
    return this.model
      ? (await this.requests.suggest({ path: this.path, notebook: contentOf(this.model) })).suggestions
      : [];
  }

  /** Save the notebook if it has changed. */
  async save(): Promise<void> {
    if (this.panel.context.model.dirty) {
      await this.panel.context.save();
    }
  }

  /** Save, and run with the values of the form. */
  async start(options: { fromStep?: string; fresh?: boolean } = {}): Promise<string> {
    return this.begin(() =>
      this.requests.start({
        path: this.path,
        parameters: this.form().values,
        engine: this.engine,
        from_step: options.fromStep ?? null,
        fresh: options.fresh ?? false
      })
    );
  }

  /** Save, and compare the pipeline with the notebook in one kernel. */
  async verify(): Promise<string> {
    const run = await this.begin(() =>
      this.requests.verify({
        path: this.path,
        parameters: this.form().values,
        engine: this.engine
      })
    );
    this.verification = { run, state: 'running', same: null, message: '', cells: [] };
    this.touch();
    return run;
  }

  /** Tell the run to end. */
  async cancel(): Promise<void> {
    if (this.live) {
      await this.requests.cancel(this.live.run);
    }
  }

  /** Follow a run that goes on. */
  follow(run: string): void {
    if (this._follower?.run === run) {
      return;
    }
    this._follower?.dispose();
    this._follower = new Follower(
      run,
      this.requests,
      () => this._changed.emit(),
      live => {
        this._runEnded.emit(live);
        void this.refreshRuns();
      }
    );
    this._changed.emit();
  }

  /** Ask for the runs of this notebook; one that goes on is followed. */
  async refreshRuns(): Promise<void> {
    try {
      this.runs = (await this.requests.runs({ notebook: this.path, limit: RUNS })).runs;
    } catch {
      return; // the panel says what is wrong with the server
    }
    const newest = this.runs[0];
    if (newest?.state === 'running' && !this.running) {
      this.follow(newest.run);
    }
    this._changed.emit();
    const ended = this.runs.find(run => run.state === 'succeeded');
    if (ended && ended.run !== this._observedOf) {
      this._observedOf = ended.run;
      this.observed = (await this.requests.run(ended.run)).flow;
      this._changed.emit();
    }
  }

  /** Make a cell the active one and bring it into view. */
  async reveal(cellId: string): Promise<void> {
    const index = this.model ? indexOf(this.model, cellId) : -1;
    const { content } = this.panel;
    const cell = content.widgets[index];
    if (cell) {
      content.activeCellIndex = index;
      content.deselectAll();
      await content.scrollToItem(index, 'smart');
      // The notebook scrolls by estimated heights as long as it has not drawn the cells between.
      await cell.ready;
      cell.node.scrollIntoView({ block: 'nearest' });
    }
  }

  /** Save, ask for a run, and follow it. */
  private async begin(ask: () => Promise<{ run: string }>): Promise<string> {
    this._starting = true;
    this.touch();
    try {
      await this.save();
      const { run } = await ask();
      this._starting = false;
      this.follow(run);
      return run;
    } finally {
      this._starting = false;
      this.touch();
    }
  }

  private onContent(): void {
    this.update();
    this._analyser.request(this._settings.values.analysisDelay);
  }

  private dispose(): void {
    this._analyser.dispose();
    this._follower?.dispose();
    Signal.clearData(this);
  }
}
