/** Tells of the end of a run. */

import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';

import type { LiveRun } from './model/run';
import type { NotebookPipeline } from './notebook/pipeline';
import { Commands, type IPipelines } from './tokens';

/** Shows a toast with a link when a run of an open notebook ends. */
export function announceEnds(pipelines: IPipelines, commands: CommandRegistry): void {
  const watch = (pipeline: NotebookPipeline): void => {
    pipeline.runEnded.connect((_, live) => {
      if (pipeline.verification?.run === live.run) {
        void awaitVerdict(pipeline);
      }
      if (pipelines.settings.values.notifyAtEnd) {
        announce(pipelines, pipeline, live, commands);
      }
    });
  };
  pipelines.all().forEach(watch);
  pipelines.added.connect((_, pipeline) => watch(pipeline));
}

function announce(
  { trans }: IPipelines,
  pipeline: NotebookPipeline,
  live: LiveRun,
  commands: CommandRegistry
): void {
  const failed = [...live.steps].find(([, step]) => step.state === 'failed')?.[0];
  const options = {
    autoClose: 8000,
    actions: [
      {
        label: trans.__('Open run'),
        callback: () =>
          void commands.execute(Commands.openRun, { run: live.run, ...(failed && { step: failed }) })
      }
    ]
  };
  switch (live.state) {
    case 'succeeded':
      Notification.success(trans.__('%1: run succeeded', pipeline.name), options);
      break;
    case 'failed':
      Notification.error(
        failed
          ? trans.__('%1: step %2 failed', pipeline.name, failed)
          : trans.__('%1: run failed', pipeline.name),
        options
      );
      break;
    case 'cancelled':
      Notification.info(trans.__('%1: run cancelled', pipeline.name), options);
      break;
    default:
      Notification.warning(trans.__('%1: run %2', pipeline.name, live.state), options);
  }
}

const PAUSE = 500;

/** The comparison goes on for a while after the run; ask until it is done. */
async function awaitVerdict(pipeline: NotebookPipeline): Promise<void> {
  while (pipeline.verification?.state === 'running' && !pipeline.isDisposed) {
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    try {
      pipeline.verification = await pipeline.requests.verification(pipeline.verification.run);
    } catch {
      continue; // the server may be starting again
    }
    pipeline.touch();
  }
}
