/** Suggested tags, shown before they are taken. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { cellById, takeSuggestions } from '../notebook/cells';
import type { NotebookPipeline } from '../notebook/pipeline';
import type { Suggestion } from '../types';

/** Ask for suggestions, show them, and take those that are left ticked, as one change that can be undone. */
export async function suggestSteps(pipeline: NotebookPipeline, trans: TranslationBundle): Promise<void> {
  const suggestions = await pipeline.suggestions();
  if (!suggestions.length) {
    await showDialog({
      title: trans.__('Suggest steps'),
      body: trans.__('Nothing to suggest: there is no code to tag.'),
      buttons: [Dialog.okButton()]
    });
    return;
  }
  const body = new SuggestionsBody(pipeline, suggestions, trans);
  const result = await showDialog({
    title: trans.__('Suggested steps'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Tag these cells') })
    ]
  });
  if (result.button.accept && pipeline.model) {
    takeSuggestions(
      pipeline.model,
      suggestions.filter(suggestion => body.taken.has(suggestion.cell_id))
    );
  }
}

class SuggestionsBody extends ReactWidget {
  /** Ids of the cells whose suggestion is taken. */
  readonly taken: Set<string>;

  constructor(
    private readonly _pipeline: NotebookPipeline,
    private readonly _suggestions: readonly Suggestion[],
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-mlops-Suggestions');
    this.taken = new Set(_suggestions.map(suggestion => suggestion.cell_id));
  }

  protected override render(): React.ReactElement {
    return (
      <>
        <p className="jp-mlops-Quiet">
          {this._trans.__('Nothing is changed until you accept, and one undo takes it back.')}
        </p>
        <ul>
          {this._suggestions.map(suggestion => (
            <li key={suggestion.cell_id}>
              <label>
                <input
                  type="checkbox"
                  defaultChecked
                  onChange={event => {
                    if (event.target.checked) {
                      this.taken.add(suggestion.cell_id);
                    } else {
                      this.taken.delete(suggestion.cell_id);
                    }
                  }}
                />
                <span className="jp-mlops-Suggestions-tags">{suggestion.tags.join(', ')}</span>
                <span className="jp-mlops-Quiet">
                  {this._trans.__('cell %1, %2', suggestion.cell, suggestion.reason)}
                </span>
                <code>{firstLine(this._pipeline, suggestion.cell_id)}</code>
              </label>
            </li>
          ))}
        </ul>
      </>
    );
  }
}

function firstLine(pipeline: NotebookPipeline, id: string): string {
  const source = pipeline.model ? cellById(pipeline.model, id)?.sharedModel.getSource() : '';
  return source?.trim().split('\n')[0]?.slice(0, 70) ?? '';
}
