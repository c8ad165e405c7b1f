/** The form of a schedule, new or known. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { valuesOf } from '../model/form';
import {
  changeOf,
  draftOf,
  newDraft,
  ownZone,
  problemsOf,
  startOf,
  textsOf,
  type Draft
} from '../model/schedules';
import type { NotebookPipeline } from '../notebook/pipeline';
import { Field } from '../panel/parameters';
import { messageOf } from '../requests';
import type { ScheduleView } from '../types';
import { Rules } from './rules';
import { TextField } from './textfield';
import { TimingFields } from './timing';

/** The form; `view` is the schedule that is changed, or null for a new one. */
export function ScheduleForm(props: {
  pipeline: NotebookPipeline;
  view: ScheduleView | null;
  trans: TranslationBundle;
  done: () => void;
}): React.ReactElement {
  const { pipeline, view, trans } = props;
  const { requests } = pipeline;
  const before = React.useMemo(() => view && draftOf(view, ownZone()), [view]);
  const [draft, setDraft] = React.useState<Draft>(before ?? newDraft(ownZone(), pipeline.engine));
  const [texts, setTexts] = React.useState<ReadonlyMap<string, string>>(
    view ? textsOf(view) : new Map(pipeline.texts)
  );
  const [problem, setProblem] = React.useState('');
  const [sending, setSending] = React.useState(false);
  const form = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => form.current?.querySelector<HTMLElement>('input, select')?.focus(), []);
  const set = (change: Partial<Draft>): void => setDraft(old => ({ ...old, ...change }));
  const fields = pipeline.analysis?.parameters ?? [];
  const { values, problems } = valuesOf(fields, texts);
  const title = view ? trans.__('Schedule %1', view.report.name) : trans.__('New schedule');
  const setText = (name: string, text: string | null): void => {
    const changed = new Map(texts);
    if (text === null) {
      changed.delete(name);
    } else {
      changed.set(name, text);
    }
    setTexts(changed);
  };
  const send = async (): Promise<void> => {
    setSending(true);
    try {
      await pipeline.save();
      await (view && before
        ? requests.changeSchedule(view.report.name, changeOf(draft, before, values))
        : requests.addSchedule(startOf(draft, pipeline.path, values)));
      props.done();
    } catch (error) {
      setProblem(messageOf(error));
      setSending(false);
    }
  };
  return (
    <form
      ref={form}
      className="jp-mlops-Form"
      aria-label={title}
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <h3>{title}</h3>
      {!view && (
        <TextField
          draft={draft}
          set={set}
          id="jp-mlops-schedule-name"
          field="name"
          label={trans.__('Name')}
          placeholder={trans.__('as the notebook is called')}
        />
      )}
      <TimingFields draft={draft} requests={requests} trans={trans} set={set} />
      <div className="jp-mlops-Field">
        <label htmlFor="jp-mlops-pinned">{trans.__('Runs the notebook')}</label>
        <select
          id="jp-mlops-pinned"
          value={draft.pinned ? 'pinned' : 'latest'}
          onChange={event => set({ pinned: event.target.value === 'pinned' })}
        >
          <option value="latest">{trans.__('as it is saved then (latest)')}</option>
          <option value="pinned">
            {view?.report.schedule?.revision ? trans.__('as it was pinned') : trans.__('as it is saved now (pinned)')}
          </option>
        </select>
      </div>
      {fields.length > 0 && (
        <fieldset className="jp-mlops-Fieldset">
          <legend>{trans.__('Parameters')}</legend>
          {fields.map(field => (
            <Field
              key={field.name}
              field={field}
              text={texts.get(field.name)}
              origin=""
              problem={problems.get(field.name)}
              trans={trans}
              set={text => setText(field.name, text)}
            />
          ))}
        </fieldset>
      )}
      <Rules draft={draft} trans={trans} set={set} />
      {problem && (
        <p className="jp-mlops-Notice" role="alert">
          {problem}
        </p>
      )}
      <div className="jp-mlops-Row">
        <button
          type="submit"
          className="jp-mlops-Button jp-mod-primary"
          disabled={sending || problems.size > 0 || problemsOf(draft).size > 0}
        >
          {view ? trans.__('Save') : trans.__('Add schedule')}
        </button>
        <button type="button" className="jp-mlops-Button" onClick={props.done}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
