/** Findings below the cell that they are about, each with its fix. */

import { ReactWidget } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PanelLayout } from '@lumino/widgets';
import * as React from 'react';

import { Finding } from './finding';
import type { NotebookPipeline } from '../notebook/pipeline';
import type { Settings } from '../settings';
import type { Diagnostic } from '../types';

/** Keeps the findings in the cells of one notebook. */
export class CellFindings {
  private readonly _shown = new WeakMap<Cell, string>();
  private readonly _widgets = new WeakMap<Cell, ReactWidget>();

  constructor(
    private readonly _pipeline: NotebookPipeline,
    private readonly _settings: Settings,
    private readonly _trans: TranslationBundle
  ) {
    const update = (): void => this.update();
    _pipeline.changed.connect(update);
    _settings.changed.connect(update);
    _pipeline.panel.disposed.connect(() => _settings.changed.disconnect(update));
    update();
  }

  private update(): void {
    const byCell = new Map<string, Diagnostic[]>();
    if (this._settings.values.inlineDiagnostics && this._pipeline.places.size) {
      for (const diagnostic of this._pipeline.analysis?.diagnostics ?? []) {
        if (diagnostic.cell_id) {
          byCell.set(diagnostic.cell_id, [...(byCell.get(diagnostic.cell_id) ?? []), diagnostic]);
        }
      }
    }
    for (const cell of this._pipeline.panel.content.widgets) {
      const found = byCell.get(cell.model.id) ?? [];
      const key = JSON.stringify(found);
      if ((this._shown.get(cell) ?? '[]') !== key) {
        this._shown.set(cell, key);
        void this.show(cell, found, key);
      }
    }
  }

  private async show(cell: Cell, found: readonly Diagnostic[], key: string): Promise<void> {
    await cell.ready;
    if (cell.isDisposed || this._shown.get(cell) !== key) {
      return;
    }
    this._widgets.get(cell)?.dispose();
    this._widgets.delete(cell);
    if (found.length) {
      const widget = ReactWidget.create(
        <>
          {found.map((diagnostic, index) => (
            <Finding
              key={index}
              diagnostic={diagnostic}
              pipeline={this._pipeline}
              trans={this._trans}
              inline
            />
          ))}
        </>
      );
      widget.addClass('jp-mlops-CellFindings');
      this._widgets.set(cell, widget);
      const layout = cell.layout as PanelLayout;
      const input = layout.widgets.indexOf(cell.inputArea?.parent ?? cell);
      layout.insertWidget(input + 1, widget);
    }
  }
}
