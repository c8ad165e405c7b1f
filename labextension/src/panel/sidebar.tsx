/** The panel's widget at the side; its view is loaded when it is shown first. */

import { ReactWidget } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { Panel } from '@lumino/widgets';
import * as React from 'react';

import { pipelineIcon } from '../icons';
import type { IPipelines } from '../tokens';

/** The widget. */
export class PipelineSidebar extends Panel {
  private _loaded = false;

  constructor(
    private readonly _pipelines: IPipelines,
    private readonly _commands: CommandRegistry
  ) {
    super();
    this.id = 'jupyter-mlops-panel';
    this.addClass('jp-mlops-Panel');
    this.title.icon = pipelineIcon;
    this.title.caption = _pipelines.trans.__('Pipeline');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _pipelines.trans.__('Pipeline'));
  }

  protected override onAfterShow(): void {
    void this.load();
  }

  protected override onAfterAttach(): void {
    if (this.isVisible) {
      void this.load();
    }
  }

  private async load(): Promise<void> {
    if (this._loaded) {
      return;
    }
    this._loaded = true;
    const { PanelView } = await import('./view');
    this.addWidget(
      ReactWidget.create(<PanelView pipelines={this._pipelines} commands={this._commands} />)
    );
  }
}
