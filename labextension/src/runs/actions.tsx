/** What can be done with a run that has ended: read, trace, make again. */

import { InputDialog, Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import { folderFor } from '../model/past';
import type { IPipelines } from '../tokens';
import type { RunDetail } from '../types';

/** Ways from one run to others, and to files. */
export interface Leads {
  readonly run: (run: string) => void;
  readonly trace: (of: string) => void;
  readonly notebook: (path: string) => void;
}

/** The buttons. */
export function RunActions(props: {
  pipelines: IPipelines;
  detail: RunDetail;
  leads: Leads;
  act: (work: Promise<unknown>) => void;
}): React.ReactElement {
  const { pipelines, detail, leads, act } = props;
  const { requests, trans } = pipelines;
  const { run } = detail.record;
  const reproduce = async (): Promise<void> => {
    const started = await requests.reproduce({ run });
    Notification.info(trans.__('Run %1 makes it again.', started.run), { autoClose: 4000 });
    leads.run(started.run);
  };
  const restore = async (): Promise<void> => {
    const answer = await InputDialog.getText({
      title: trans.__('Lay out the working folder of the run as it was'),
      label: trans.__('Folder'),
      text: folderFor(detail.path, run),
      okLabel: trans.__('Restore')
    });
    if (answer.button.accept && answer.value) {
      const { folder, notebook, restored } = await requests.restore({ run, folder: answer.value });
      const said = trans.__('%1: the notebook, and %2 files that the run read', folder, restored.files.length);
      Notification.emit([said, ...restored.missing].join('\n'), restored.missing.length ? 'warning' : 'success', {
        autoClose: restored.missing.length ? false : 6000
      });
      leads.notebook(notebook);
    }
  };
  const actions: readonly [string, string, () => void][] = [
    [trans.__('Report'), trans.__('One page that is read without a kernel'), () => openPage(requests.reportUrl(run))],
    [trans.__('Trace'), trans.__('What it was made of, and what was made of it'), () => leads.trace(run)],
    [trans.__('Reproduce'), trans.__('Run it again from recorded bytes only, with a verdict'), () => act(reproduce())],
    [trans.__('Restore…'), trans.__('Lay out its notebook and files as they were'), () => act(restore())]
  ];
  return (
    <>
      {actions.map(([label, caption, execute]) => (
        <button
          key={label}
          type="button"
          className="jp-mlops-Button jp-mod-small"
          title={caption}
          onClick={execute}
        >
          {label}
        </button>
      ))}
    </>
  );
}

/** Open a page in a tab of the browser, which learns nothing of this one. */
export function openPage(url: string): void {
  window.open(url, '_blank', 'noopener');
}
