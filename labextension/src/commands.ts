/** Every action as a command, so that palette, shortcuts, menus and the panel share it. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, InputDialog, Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';

import { openPicker } from './cell/picker';
import { pipelineIcon } from './icons';
import { readTags } from './model/tags';
import { tagCells, tagsOf } from './notebook/cells';
import type { NotebookPipeline } from './notebook/pipeline';
import { messageOf } from './requests';
import type { RunTabs, TabArgs } from './runs/tabs';
import { Commands, type IPipelines } from './tokens';

/** Commands that tag cells. */
export function addTagCommands(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  pipelines: IPipelines
): void {
  const { trans } = pipelines;
  const inToolbar = (args: object): boolean => (args as { toolbar?: boolean }).toolbar === true;
  app.commands.addCommand(Commands.tag, {
    label: args => (inToolbar(args) ? toolbarLabel(tracker, pipelines) : trans.__('Set Step of Cells')),
    caption: trans.__('Set the pipeline step or role of the selected cells'),
    isEnabled: () => tracker.activeCell !== null,
    isVisible: args => !inToolbar(args) || tracker.activeCell?.model.type === 'code',
    describedBy: { args: { type: 'object', properties: { toolbar: { type: 'boolean' } } } },
    execute: () => pickForSelection(tracker, pipelines)
  });
  app.commands.addCommand(Commands.suggest, {
    label: trans.__('Suggest Steps'),
    caption: trans.__('Propose steps from headings and data flow'),
    isEnabled: () => pipelines.current !== null,
    execute: () =>
      attempt(pipelines, async pipeline => {
        const { suggestSteps } = await import('./panel/suggest');
        await suggestSteps(pipeline, trans);
      })
  });
}

function toolbarLabel(tracker: INotebookTracker, pipelines: IPipelines): string {
  const cell = tracker.activeCell;
  const place = cell && pipelines.current?.places.get(cell.model.id);
  const { trans } = pipelines;
  const name = place?.step ?? (place && place.role !== 'code' ? place.role : null);
  return name ? `${name} ▾` : trans.__('step ▾');
}

function pickForSelection(tracker: INotebookTracker, pipelines: IPipelines): void {
  const notebook = tracker.currentWidget?.content;
  const cell = tracker.activeCell;
  if (notebook && cell) {
    const selected = notebook.widgets.filter(one => notebook.isSelectedOrActive(one));
    const label = cell.node.querySelector('.jp-mlops-Label-name:not([hidden])');
    const anchor = (label ?? cell.inputArea?.node ?? cell.node).getBoundingClientRect();
    pickStep(pipelines, selected, label ? anchor : new DOMRect(anchor.left + 72, anchor.top, 0, 0));
  }
}

/** Ask for the step of cells of the notebook in front, and tag them. */
export function pickStep(pipelines: IPipelines, selected: readonly Cell[], anchor: DOMRect): void {
  const pipeline = pipelines.current;
  const cells = selected.filter(one => one.model.type === 'code');
  if (!pipeline?.model || !cells.length) {
    return;
  }
  const model = pipeline.model;
  const tagged = [...model.cells].map(one => readTags(tagsOf(one)).step);
  // Not loaded when it is needed first: keys that are typed meanwhile would be the notebook's commands.
  openPicker({
    anchor,
    steps: [...new Set([...pipeline.steps, ...tagged])].filter(name => name !== null),
    hues: pipeline.hues,
    cells: cells.map(one => tagsOf(one.model)),
    trans: pipelines.trans,
    onPick: choice => tagCells(model, cells.map(one => one.model.id), choice),
    onClosed: () => pipeline.panel.content.activate()
  });
}

/** Commands that run the notebook in front. */
export function addRunCommands(app: JupyterFrontEnd, pipelines: IPipelines): void {
  const { trans } = pipelines;
  const idle = (): boolean => pipelines.current !== null && !pipelines.current.running;
  app.commands.addCommand(Commands.run, {
    label: trans.__('Run Pipeline'),
    caption: trans.__('Save the notebook and run its steps'),
    isEnabled: idle,
    execute: () => attempt(pipelines, async pipeline => void (await pipeline.start()))
  });
  app.commands.addCommand(Commands.verify, {
    label: trans.__('Check Equal'),
    caption: trans.__('Compare the pipeline with the notebook in one kernel, cell by cell'),
    isEnabled: idle,
    execute: () => attempt(pipelines, async pipeline => void (await pipeline.verify()))
  });
  app.commands.addCommand(Commands.cancel, {
    label: trans.__('Cancel Run'),
    isEnabled: () => pipelines.current?.running === true,
    execute: () => attempt(pipelines, pipeline => pipeline.cancel())
  });
  app.commands.addCommand(Commands.resources, {
    label: trans.__('Resources of the Steps…'),
    isEnabled: () => pipelines.current !== null,
    execute: () =>
      attempt(pipelines, async pipeline => {
        const { editResources } = await import('./panel/resources');
        await editResources(pipeline, trans);
      })
  });
}

/** Commands that open tabs. */
export function addTabCommands(app: JupyterFrontEnd, pipelines: IPipelines, tabs: RunTabs): void {
  const { trans } = pipelines;
  const text = { type: 'string' };
  app.commands.addCommand(Commands.openTab, {
    label: trans.__('Open a Tab of the Layout'),
    describedBy: { args: { type: 'object' } },
    execute: args => app.commands.execute(String(args['command']), { ...(args['args'] as TabArgs) })
  });
  app.commands.addCommand(Commands.openRun, {
    label: trans.__('Open Latest Run'),
    describedBy: { args: { type: 'object', properties: { run: text, step: text } } },
    execute: args =>
      tabs.openRun(
        (args['run'] as string | undefined) ?? pipelines.current?.runs?.[0]?.run ?? 'latest',
        (args['step'] as string | undefined) ?? null
      )
  });
  app.commands.addCommand(Commands.compare, {
    label: trans.__('Compare the Two Latest Runs'),
    isEnabled: args => 'a' in args || (pipelines.current?.runs?.length ?? 0) > 1,
    describedBy: { args: { type: 'object', properties: { a: text, b: text } } },
    execute: args => {
      const [b, a] = pipelines.current?.runs ?? [];
      return tabs.compare(
        (args['a'] as string | undefined) ?? a?.run ?? '',
        (args['b'] as string | undefined) ?? b?.run ?? ''
      );
    }
  });
  app.commands.addCommand(Commands.trace, {
    label: trans.__('Trace the Latest Run'),
    caption: trans.__('What it was made of, and what was made of it'),
    isEnabled: args => 'of' in args || (pipelines.current?.runs?.length ?? 0) > 0,
    describedBy: { args: { type: 'object', properties: { of: text } } },
    execute: args => tabs.trace((args['of'] as string | undefined) ?? pipelines.current?.runs?.[0]?.run ?? 'latest')
  });
  app.commands.addCommand(Commands.convert, {
    label: trans.__('Convert Old Notebook…'),
    caption: trans.__('Make a job of an old notebook, and prove what of its stored outputs it gives'),
    isEnabled: args => 'path' in args || pipelines.current !== null,
    describedBy: { args: { type: 'object', properties: { path: text } } },
    execute: args => {
      const path = (args['path'] as string | undefined) ?? pipelines.current?.path;
      return path ? tabs.convert(path) : undefined;
    }
  });
  app.commands.addCommand(Commands.sweep, {
    label: trans.__('Sweep Parameters…'),
    caption: trans.__('Run the notebook with many combinations of parameters, and compare what comes of them'),
    isEnabled: args => 'path' in args || pipelines.current !== null,
    describedBy: { args: { type: 'object', properties: { path: text } } },
    execute: args => {
      const path = (args['path'] as string | undefined) ?? pipelines.current?.path;
      return path ? tabs.sweep(path) : undefined;
    }
  });
  app.commands.addCommand(Commands.overview, {
    label: args => (args['isLauncher'] ? trans.__('Pipelines and runs') : trans.__('All Pipelines and Runs')),
    caption: trans.__('All pipelines and runs on the store'),
    icon: args => (args['isLauncher'] ? pipelineIcon : undefined),
    describedBy: { args: { type: 'object', properties: { isLauncher: { type: 'boolean' } } } },
    execute: () => tabs.overview()
  });
}

/** Commands of a notebook in the file browser. */
export function addFileCommands(
  app: JupyterFrontEnd,
  pipelines: IPipelines,
  browsers: IFileBrowserFactory
): void {
  const { trans, requests } = pipelines;
  const picked = (): string | null => {
    const browser: FileBrowser | null = browsers.tracker.currentWidget;
    const items = browser ? [...browser.selectedItems()] : [];
    return items.length === 1 && items[0]?.type === 'notebook' ? items[0].path : null;
  };
  app.commands.addCommand(Commands.runFile, {
    label: trans.__('Run as Pipeline'),
    isVisible: () => picked() !== null,
    execute: async () => {
      const path = picked();
      if (path) {
        await orSay(pipelines, async () => {
          const { run } = await requests.start({ path, engine: pipelines.settings.values.engine });
          await app.commands.execute(Commands.openRun, { run });
        });
      }
    }
  });
  app.commands.addCommand(Commands.convertFile, {
    label: trans.__('Convert Old Notebook…'),
    isVisible: () => picked() !== null,
    execute: () => app.commands.execute(Commands.convert, { path: picked() ?? '' })
  });
  app.commands.addCommand(Commands.compileFile, {
    label: trans.__('Compile to Folder…'),
    isVisible: () => picked() !== null,
    execute: async () => {
      const path = picked();
      if (!path) {
        return;
      }
      const answer = await InputDialog.getText({
        title: trans.__('Compile to a folder of papermill notebooks'),
        label: trans.__('Folder'),
        text: path.replace(/\.ipynb$/, '-pipeline'),
        okLabel: trans.__('Compile')
      });
      if (answer.button.accept && answer.value) {
        const folder = answer.value;
        await orSay(pipelines, async () => {
          const written = await requests.bundle({ path, folder });
          Notification.success(
            trans.__('%1: %2', PathExt.basename(written.folder), written.steps.join(', ')),
            { autoClose: 6000 }
          );
        });
      }
    }
  });
}

async function attempt(
  pipelines: IPipelines,
  work: (pipeline: NotebookPipeline) => Promise<void>
): Promise<void> {
  const pipeline = pipelines.current;
  if (pipeline) {
    await orSay(pipelines, () => work(pipeline));
  }
}

async function orSay(pipelines: IPipelines, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await showErrorMessage(pipelines.trans.__('It could not be done'), messageOf(error), [
      Dialog.okButton({ label: pipelines.trans.__('OK') })
    ]);
  }
}
