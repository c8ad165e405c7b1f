/** The plugins; each only ties together what other files hold. */

import {
  ILabShell,
  ILayoutRestorer,
  IRouter,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { announceEnds } from './announce';
import { CellFindings } from './cell/findings';
import { CellMarks } from './cell/marks';
import {
  addFileCommands,
  addRunCommands,
  addTabCommands,
  addTagCommands,
  pickStep
} from './commands';
import { pipelineIcon } from './icons';
import { linkOf } from './model/runs';
import { OpenPipelines } from './notebook/pipelines';
import { PipelineSidebar } from './panel/sidebar';
import { RunTabs } from './runs/tabs';
import { statusItem } from './status';
import { Commands, IPipelines } from './tokens';

const PLUGIN = 'jupyter-mlops:plugin';

const pipelines: JupyterFrontEndPlugin<IPipelines> = {
  id: PLUGIN,
  description: 'The open notebooks as pipelines.',
  autoStart: true,
  provides: IPipelines,
  requires: [INotebookTracker],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const open = new OpenPipelines(tracker, app.serviceManager, trans);
    void registry?.load(PLUGIN).then(settings => open.settings.follow(settings));
    void open.server.ask();
    announceEnds(open, app.commands);
    return open;
  }
};

const cells: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:cells',
  description: 'Steps of cells: picker, stripes, labels, findings.',
  autoStart: true,
  requires: [INotebookTracker, IPipelines],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    open: IPipelines,
    palette: ICommandPalette | null
  ) => {
    addTagCommands(app, tracker, open);
    const decorate = (pipeline: ReturnType<IPipelines['all']>[number]): void => {
      new CellMarks(pipeline, open.settings, open.trans, (cell, anchor) =>
        pickStep(open, [cell], anchor)
      );
      new CellFindings(pipeline, open.settings, open.trans);
      pipeline.changed.connect(() => app.commands.notifyCommandChanged(Commands.tag));
    };
    open.all().forEach(decorate);
    open.added.connect((_, pipeline) => decorate(pipeline));
    tracker.activeCellChanged.connect(() => app.commands.notifyCommandChanged(Commands.tag));
    for (const command of [Commands.tag, Commands.suggest]) {
      palette?.addItem({ command, category: open.trans.__('Pipeline') });
    }
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:panel',
  description: 'The panel at the side: graph, parameters, runs.',
  autoStart: true,
  requires: [IPipelines],
  optional: [ILayoutRestorer, ICommandPalette, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    open: IPipelines,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    bar: IStatusBar | null
  ) => {
    const sidebar = new PipelineSidebar(open, app.commands);
    app.shell.add(sidebar, 'left', { rank: 350, type: 'Pipeline' });
    restorer?.add(sidebar, sidebar.id);
    addRunCommands(app, open);
    app.commands.addCommand(Commands.show, {
      label: open.trans.__('Show Pipeline'),
      icon: pipelineIcon,
      execute: () => app.shell.activateById(sidebar.id)
    });
    for (const command of [
      Commands.show,
      Commands.run,
      Commands.cancel,
      Commands.verify,
      Commands.resources
    ]) {
      palette?.addItem({ command, category: open.trans.__('Pipeline') });
    }
    bar?.registerStatusItem('jupyter-mlops:status', {
      item: statusItem(open, () => app.shell.activateById(sidebar.id)),
      align: 'left',
      rank: 5
    });
  }
};

const runs: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:runs',
  description: 'Tabs of runs, comparisons and everything on the store.',
  autoStart: true,
  requires: [IPipelines, IRenderMimeRegistry, IEditorServices, NotebookPanel.IContentFactory],
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, ILauncher, IRouter, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    open: IPipelines,
    rendermime: IRenderMimeRegistry,
    editors: IEditorServices,
    contentFactory: NotebookPanel.IContentFactory,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    router: IRouter | null,
    translator: ITranslator | null
  ) => {
    const stage = {
      rendermime,
      contentFactory,
      mimeTypeService: editors.mimeTypeService,
      translator: translator ?? nullTranslator
    };
    const tabs = new RunTabs(app, open, stage, labShell ? 'main' : 'right');
    addTabCommands(app, open, tabs);
    void restorer?.restore(tabs.tracker, {
      command: Commands.openTab,
      name: tab => tab.id,
      args: tab => ({ ...tabs.restoring(tab) })
    });
    for (const command of [Commands.openRun, Commands.compare, Commands.trace, Commands.sweep, Commands.convert, Commands.overview]) {
      palette?.addItem({ command, category: open.trans.__('Pipeline') });
    }
    launcher?.add({
      command: Commands.overview,
      category: stage.translator.load('jupyterlab').__('Other'),
      args: { isLauncher: true }
    });
    const link = router && linkOf(router.current.search ?? '');
    if (link) {
      void app.restored.then(() => tabs.openRun(link.run, link.step));
    }
  }
};

const files: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:files',
  description: 'Pipelines in the file browser.',
  autoStart: true,
  requires: [IPipelines, IFileBrowserFactory],
  activate: (app: JupyterFrontEnd, open: IPipelines, browsers: IFileBrowserFactory) => {
    addFileCommands(app, open, browsers);
  }
};

export * from './tokens';
export default [pipelines, cells, panel, runs, files];
