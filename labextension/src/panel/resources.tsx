/** The dialog of what steps ask of their engine. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { fits, SETTINGS, textOf, withTexts, type Setting } from '../model/resources';
import { settingsOf, writeSettings } from '../notebook/cells';
import type { NotebookPipeline } from '../notebook/pipeline';

const ALL = '';

/** Ask, and write what was changed into the notebook. */
export async function editResources(pipeline: NotebookPipeline, trans: TranslationBundle): Promise<void> {
  if (!pipeline.model) {
    return;
  }
  const body = new ResourcesBody(pipeline, trans);
  const result = await showDialog({
    title: trans.__('Resources of the steps'),
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Set') })]
  });
  if (result.button.accept && pipeline.model) {
    for (const [step, texts] of body.texts) {
      const target = body.cellOf(step);
      const before = settingsOf(pipeline.model, target);
      const after = withTexts(before, texts);
      if (JSON.stringify(after) !== JSON.stringify(before)) {
        writeSettings(pipeline.model, target, after);
      }
    }
  }
}

class ResourcesBody extends ReactWidget {
  /** Typed texts by step and setting. */
  readonly texts = new Map<string, Map<string, string>>();

  constructor(
    private readonly _pipeline: NotebookPipeline,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-mlops-Resources');
  }

  cellOf(step: string): string | null {
    const outline = this._pipeline.analysis?.steps.find(one => one.step === step);
    return step === ALL ? null : (outline?.cells[0] ?? null);
  }

  protected override render(): React.ReactElement {
    return (
      <ResourcesForm
        steps={this._pipeline.steps}
        selected={this._pipeline.selected ?? ALL}
        trans={this._trans}
        value={(step, setting) =>
          this.texts.get(step)?.get(setting.key) ??
          textOf(settingsOf(this._pipeline.model!, this.cellOf(step)), setting)
        }
        set={(step, setting, text) => {
          const texts = this.texts.get(step) ?? new Map<string, string>();
          this.texts.set(step, texts.set(setting.key, text));
        }}
      />
    );
  }
}

function ResourcesForm(props: {
  steps: readonly string[];
  selected: string;
  trans: TranslationBundle;
  value: (step: string, setting: Setting) => string;
  set: (step: string, setting: Setting, text: string) => void;
}): React.ReactElement {
  const { trans } = props;
  const [step, setStep] = React.useState(props.selected);
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const titles = {
    cpus: trans.__('Processors'),
    memory: trans.__('Memory'),
    gpus: trans.__('GPUs'),
    timeout: trans.__('Timeout of an attempt'),
    retries: trans.__('Retries'),
    network: trans.__('Network'),
    image: trans.__('Image')
  };
  return (
    <div className="jp-mlops-Form">
      <div className="jp-mlops-Field">
        <label htmlFor="jp-mlops-resources-step">{trans.__('Step')}</label>
        <select id="jp-mlops-resources-step" value={step} onChange={event => setStep(event.target.value)}>
          <option value={ALL}>{trans.__('All steps')}</option>
          {props.steps.map(name => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {SETTINGS.map(setting => {
        const value = props.value(step, setting);
        const id = `jp-mlops-resources-${setting.key}`;
        const change = (text: string): void => {
          props.set(step, setting, text);
          redraw();
        };
        return (
          <div className="jp-mlops-Field" key={setting.key} data-problem={!fits(setting, value) || undefined}>
            <label htmlFor={id}>{titles[setting.key]}</label>
            {setting.kind === 'network' ? (
              <select id={id} value={value} onChange={event => change(event.target.value)}>
                <option value="">{trans.__('as the engine has it')}</option>
                <option value="none">{trans.__('none')}</option>
                <option value="default">{trans.__('default')}</option>
              </select>
            ) : (
              <input
                id={id}
                type="text"
                spellCheck={false}
                aria-invalid={!fits(setting, value)}
                placeholder={setting.example}
                value={value}
                onChange={event => change(event.target.value)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}
