/** The cells of an open notebook: read from its model, and changed so that every change can be undone. */

import type { INotebookModel } from '@jupyterlab/notebook';
import type { ICellModel } from '@jupyterlab/cells';

import { applyEdit } from '../model/edit';
import type { TaggedCell } from '../model/places';
import { retag, tagList, type Choice } from '../model/tags';
import type { Edit, Suggestion } from '../types';

export const SETTINGS_KEY = 'jupyter_mlops';

/** The tags of a cell. */
export function tagsOf(cell: ICellModel): readonly string[] {
  return tagList(cell.getMetadata('tags'));
}

/** What decides where cells belong. */
export function taggedCells(model: INotebookModel): TaggedCell[] {
  return [...model.cells].map(cell => ({
    id: cell.id,
    code: cell.type === 'code',
    tags: tagsOf(cell)
  }));
}

/** The unsaved notebook as JSON, without outputs, which would only cost time. */
export function contentOf(model: INotebookModel): { readonly [name: string]: unknown } {
  return {
    nbformat: model.nbformat,
    nbformat_minor: model.nbformatMinor,
    metadata: model.metadata,
    cells: [...model.cells].map(cell => ({
      id: cell.id,
      cell_type: cell.type,
      metadata: cell.metadata,
      source: cell.sharedModel.getSource(),
      ...(cell.type === 'code' ? { outputs: [], execution_count: null } : {})
    }))
  };
}

/** The cell with this id. */
export function cellById(model: INotebookModel, id: string): ICellModel | undefined {
  return [...model.cells].find(cell => cell.id === id);
}

/** Position of the cell with this id, or -1. */
export function indexOf(model: INotebookModel, id: string): number {
  return [...model.cells].findIndex(cell => cell.id === id);
}

/** Tag cells as chosen, as one change that can be undone. */
export function tagCells(model: INotebookModel, ids: readonly string[], choice: Choice): void {
  change(model.sharedModel, () => {
    for (const cell of model.cells) {
      if (ids.includes(cell.id)) {
        setTags(cell, retag(tagsOf(cell), choice));
      }
    }
  });
}

/** Give cells the tags that were suggested, as one change that can be undone. */
export function takeSuggestions(model: INotebookModel, suggestions: readonly Suggestion[]): void {
  const tags = new Map(suggestions.map(suggestion => [suggestion.cell_id, suggestion.tags]));
  change(model.sharedModel, () => {
    for (const cell of model.cells) {
      const added = tags.get(cell.id);
      if (added) {
        const have = tagsOf(cell);
        setTags(cell, [...have, ...added.filter(tag => !have.includes(tag))]);
      }
    }
  });
}

/** Mend a finding. False if its cell has changed since. */
export function mend(model: INotebookModel, edit: Edit): boolean {
  const cell = cellById(model, edit.cell_id);
  const before = cell && { source: cell.sharedModel.getSource(), tags: tagsOf(cell) };
  const after = before && applyEdit(before, edit);
  if (!cell || !before || !after) {
    return false;
  }
  if (edit.kind === 'replace-line') {
    change(cell.sharedModel, () => replaceLine(cell, edit));
  } else {
    change(model.sharedModel, () => setTags(cell, after.tags));
  }
  return true;
}

/** Settings of a step, from the metadata of its first cell; of all steps, from the notebook's. */
export function settingsOf(model: INotebookModel, cellId: string | null): Record<string, unknown> {
  const value: unknown = cellId
    ? cellById(model, cellId)?.getMetadata(SETTINGS_KEY)
    : model.getMetadata(SETTINGS_KEY);
  return value && typeof value === 'object' ? { ...value } : {};
}

/** Write them, as one change; an empty object leaves no trace. */
export function writeSettings(
  model: INotebookModel,
  cellId: string | null,
  settings: Record<string, unknown>
): void {
  const empty = Object.keys(settings).length === 0;
  change(model.sharedModel, () => {
    const target = cellId ? cellById(model, cellId) : model;
    if (empty) {
      target?.deleteMetadata(SETTINGS_KEY);
    } else {
      target?.setMetadata(SETTINGS_KEY, settings);
    }
  });
}

function setTags(cell: ICellModel, tags: readonly string[]): void {
  if (tags.length) {
    cell.setMetadata('tags', [...tags]);
  } else {
    cell.deleteMetadata('tags');
  }
}

function replaceLine(cell: ICellModel, edit: Edit): void {
  const lines = cell.sharedModel.getSource().split('\n');
  const start = lines.slice(0, edit.line! - 1).reduce((sum, line) => sum + line.length + 1, 0);
  cell.sharedModel.updateSource(start, start + edit.old.length, edit.new);
}

/**
 * One change of its own: undo managers join what happens within half a second.
 *
 * Tags are undone with the notebook's cells, text with the text of its cell, as JupyterLab does with what is typed.
 */
function change(shared: { transact: (work: () => void, undoable: boolean) => void }, work: () => void): void {
  const { undoManager } = shared as { undoManager?: { stopCapturing(): void } | null };
  undoManager?.stopCapturing();
  shared.transact(work, true);
  undoManager?.stopCapturing();
}
