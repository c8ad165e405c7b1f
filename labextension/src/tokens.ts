/** What the plugins of this extension offer one another. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebookPipeline } from './notebook/pipeline';
import type { Server } from './server';
import type { Requests } from './requests';
import type { Settings } from './settings';

/** The open notebooks as pipelines. */
export interface IPipelines {
  readonly requests: Requests;
  readonly server: Server;
  readonly settings: Settings;
  readonly trans: TranslationBundle;
  /** The pipeline of the notebook that was in front last, or null. */
  readonly current: NotebookPipeline | null;
  /** Emitted when another notebook is in front. */
  readonly currentChanged: ISignal<IPipelines, NotebookPipeline | null>;
  /** Emitted when a notebook is opened. */
  readonly added: ISignal<IPipelines, NotebookPipeline>;
  /** Emitted when a run begins or ends, here or elsewhere. */
  readonly runsChanged: ISignal<IPipelines, void>;
  /** The pipeline of an open notebook. */
  of(panel: NotebookPanel): NotebookPipeline | undefined;
  /** All of them. */
  all(): readonly NotebookPipeline[];
}

export const IPipelines = new Token<IPipelines>(
  'jupyter-mlops:IPipelines',
  'The open notebooks as pipelines, and the client of the server extension.'
);

/** Ids of the commands. */
export const Commands = {
  tag: 'jupyter-mlops:tag',
  suggest: 'jupyter-mlops:suggest',
  show: 'jupyter-mlops:show',
  run: 'jupyter-mlops:run',
  cancel: 'jupyter-mlops:cancel',
  verify: 'jupyter-mlops:verify',
  resources: 'jupyter-mlops:resources',
  openTab: 'jupyter-mlops:open-tab',
  openRun: 'jupyter-mlops:open-run',
  compare: 'jupyter-mlops:compare',
  trace: 'jupyter-mlops:trace',
  overview: 'jupyter-mlops:overview',
  sweep: 'jupyter-mlops:sweep',
  convert: 'jupyter-mlops:convert',
  convertFile: 'jupyter-mlops:convert-file',
  runFile: 'jupyter-mlops:run-file',
  compileFile: 'jupyter-mlops:compile-file'
} as const;
