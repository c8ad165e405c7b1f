/** The dialog in which the note of a run is written. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** The text that was written, or null if nothing is to change. */
export async function askForNote(text: string, trans: TranslationBundle): Promise<string | null> {
  const body = new NoteBody(text, trans);
  const answer = await showDialog({
    title: trans.__('Note on the run'),
    body,
    focusNodeSelector: 'textarea',
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Write') })]
  });
  return answer.button.accept && body.text !== text ? body.text : null;
}

class NoteBody extends ReactWidget {
  constructor(
    /** As it is typed. */
    public text: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-mlops-NoteBody');
  }

  protected override render(): React.ReactElement {
    return (
      <textarea
        rows={6}
        aria-label={this._trans.__('Note')}
        defaultValue={this.text}
        onChange={event => (this.text = event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.stopPropagation(); // a line of the note, and not the dialog's button
          }
        }}
      />
    );
  }
}
