/** An executed stage notebook, to be read and not changed. */

import type { IEditorMimeTypeService } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { NotebookModel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator } from '@jupyterlab/translation';

/** What shows a notebook. */
export interface StageFactory {
  readonly rendermime: IRenderMimeRegistry;
  readonly contentFactory: StaticNotebook.IContentFactory;
  readonly mimeTypeService: IEditorMimeTypeService;
  readonly translator: ITranslator;
}

/** A widget that shows the notebook; the cell with the given id is marked and scrolled to once it is attached. */
export function stageNotebook(
  factory: StageFactory,
  content: object,
  failed: string | null
): StaticNotebook {
  const widget = new StaticNotebook({
    ...factory,
    notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'none' }
  });
  widget.addClass('jp-mlops-Stage');
  const model = new NotebookModel({});
  model.fromJSON(content as INotebookContent);
  model.readOnly = true;
  widget.model = model;
  widget.disposed.connect(() => model.dispose());
  for (const cell of widget.widgets) {
    void cell.ready.then(() => {
      cell.readOnly = true;
    });
    if (cell.model.type === 'markdown') {
      (cell as unknown as { rendered: boolean }).rendered = true;
    }
    if (cell.model.id === failed) {
      cell.addClass('jp-mlops-mod-failed');
    }
  }
  return widget;
}

/** Bring the failed cell into view. */
export async function showFailed(widget: StaticNotebook): Promise<void> {
  const cell = widget.widgets.find(one => one.hasClass('jp-mlops-mod-failed'));
  await cell?.ready;
  cell?.node.scrollIntoView({ block: 'center' });
}
