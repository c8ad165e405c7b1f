/** What a schedule waits for, if not for a time. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Draft, Event } from '../model/schedules';
import { TextField, type TextKey } from './textfield';

/** The fields of a trigger. */
export function EventFields(props: {
  draft: Draft;
  when: Event;
  trans: TranslationBundle;
  set: (change: Partial<Draft>) => void;
}): React.ReactElement {
  const { draft, when, trans, set } = props;
  const text = (field: TextKey, label: string, hint: string): React.ReactElement => (
    <TextField {...props} field={field} label={label} hint={hint} />
  );
  return (
    <>
      {when === 'after' && text('after', trans.__('After a run of'), trans.__('a schedule, or the path of a notebook'))}
      {when === 'alias' && text('alias', trans.__('Alias'), trans.__('such as model@production'))}
      {when === 'file' && (
        <>
          {text('file', trans.__('Files'), trans.__('a path or a URL, with *'))}
          {text('settle', trans.__('Unchanged for'), trans.__('such as 30s'))}
          {text('poll', trans.__('Looked for every'), trans.__('such as 10s or 5m'))}
        </>
      )}
      {when === 'webhook' && (
        <>
          <div className="jp-mlops-Field">
            <label htmlFor="jp-mlops-webhook">{trans.__('Form')}</label>
            <select
              id="jp-mlops-webhook"
              value={draft.webhook}
              onChange={event => set({ webhook: event.target.value })}
            >
              <option value="json">{trans.__('JSON (Standard Webhooks)')}</option>
              <option value="github">GitHub</option>
              <option value="alertmanager">Prometheus Alertmanager</option>
            </select>
          </div>
          {text('secret', trans.__('Secret'), trans.__('its name; the service has its value'))}
          {text('rate', trans.__('At most'), trans.__('events a minute'))}
          <p className="jp-mlops-Quiet">
            {trans.__('It is posted to /hooks/NAME of a service that listens (jupyter mlops service --listen).')}
          </p>
        </>
      )}
      <div className="jp-mlops-Field">
        <label htmlFor="jp-mlops-map">
          {trans.__('Parameters from it')} <small>{trans.__('NAME=PATH a line')}</small>
        </label>
        <textarea
          id="jp-mlops-map"
          rows={2}
          spellCheck={false}
          placeholder="data=$.path"
          value={draft.map}
          onChange={event => set({ map: event.target.value })}
        />
      </div>
    </>
  );
}
