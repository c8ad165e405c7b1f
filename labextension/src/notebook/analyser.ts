/** Analyses an open notebook again and again while it is edited. */

import type { INotebookModel } from '@jupyterlab/notebook';

import { messageOf, RequestError, type Requests } from '../requests';
import type { NotebookAnalysis } from '../types';
import { contentOf } from './cells';

/** Asks for an analysis once typing pauses; one request at a time, and only the newest answer counts. */
export class Analyser {
  /** The last analysis, or null before the first. */
  analysis: NotebookAnalysis | null = null;
  /** Why the notebook could not be analysed, or empty. */
  problem = '';

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _busy = false;
  private _again = false;
  private _disposed = false;

  constructor(
    private readonly _requests: Requests,
    private readonly _notebook: () => { path: string; model: INotebookModel } | null,
    private readonly _done: () => void
  ) {}

  /** Analyse after a pause. */
  request(delay: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this.analyse(), delay);
  }

  /** Analyse now. */
  async analyse(): Promise<void> {
    if (this._busy) {
      this._again = true;
      return;
    }
    const notebook = this._notebook();
    if (!notebook || this._disposed) {
      return;
    }
    this._busy = true;
    try {
      const { path, model } = notebook;
      this.analysis = await this._requests.analyse({ path, notebook: contentOf(model) });
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof RequestError ? messageOf(error) : '';
    } finally {
      this._busy = false;
    }
    if (this._again) {
      this._again = false;
      this.request(0);
    }
    if (!this._disposed) {
      this._done();
    }
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
  }
}
