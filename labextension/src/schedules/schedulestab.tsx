/** The Schedules tab: when this notebook is run by itself. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { outdated } from '../model/schedules';
import type { NotebookPipeline } from '../notebook/pipeline';
import { useAnswer, useEvery } from '../panel/use';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { ScheduleView } from '../types';
import { ScheduleForm } from './form';
import { ScheduleList } from './list';
import { OutdatedNotice } from './outdated';
import { ServiceLine } from './service';

const LOOK_MS = 15_000;

/** The tab. */
export function SchedulesTab(props: {
  pipelines: IPipelines;
  pipeline: NotebookPipeline;
  trans: TranslationBundle;
  openRun: (run: string) => void;
}): React.ReactElement {
  const { pipelines, pipeline, trans } = props;
  const { requests } = pipeline;
  const [count, again] = React.useReducer((value: number) => value + 1, 0);
  const [edited, setEdited] = React.useState<ScheduleView | 'new' | null>(null);
  React.useEffect(() => {
    pipelines.runsChanged.connect(again);
    pipeline.panel.context.saveState.connect(again);
    return () => {
      pipelines.runsChanged.disconnect(again);
      pipeline.panel.context.saveState.disconnect(again);
    };
  }, [pipelines, pipeline]);
  React.useEffect(() => setEdited(null), [pipeline]);
  useEvery(LOOK_MS, again);
  const answer = useAnswer(
    async () => ({ ...(await requests.schedules({ notebook: pipeline.path })), service: await requests.service() }),
    [pipeline, pipeline.path, count]
  );
  if (edited) {
    return (
      <ScheduleForm
        pipeline={pipeline}
        view={edited === 'new' ? null : edited}
        trans={trans}
        done={() => {
          setEdited(null);
          again();
        }}
      />
    );
  }
  if (answer.kind !== 'known') {
    return (
      <p className={answer.kind === 'failed' ? 'jp-mlops-Notice' : 'jp-mlops-Quiet'}>
        {answer.kind === 'failed' ? messageOf(answer.error) : trans.__('Asking for the schedules…')}
      </p>
    );
  }
  const { schedules, service } = answer.value;
  const add = (
    <button type="button" className="jp-mlops-Button jp-mod-small" onClick={() => setEdited('new')}>
      {trans.__('Add schedule')}
    </button>
  );
  if (!schedules.length) {
    return (
      <div className="jp-mlops-Empty">
        <p>{trans.__('No schedules yet.')}</p>
        <p className="jp-mlops-Quiet">{trans.__('A schedule runs this notebook when its time has come.')}</p>
        {add}
      </div>
    );
  }
  return (
    <>
      <OutdatedNotice names={outdated(schedules)} requests={requests} trans={trans} changed={again} />
      <ServiceLine service={service} requests={requests} trans={trans} changed={again} />
      <div className="jp-mlops-Row jp-mlops-Schedules-head">
        {add}
        <span className="jp-mlops-Spring" />
        <button
          type="button"
          className="jp-mlops-Button jp-mod-icon"
          aria-label={trans.__('Look again')}
          title={trans.__('Look again')}
          onClick={again}
        >
          <refreshIcon.react tag="span" width="16px" height="16px" />
        </button>
      </div>
      <ScheduleList
        schedules={schedules}
        requests={requests}
        trans={trans}
        leads={{ openRun: props.openRun, edit: setEdited, changed: again }}
      />
    </>
  );
}
