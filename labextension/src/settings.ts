/** What a person decides in the settings editor, with defaults until they are loaded. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';

import type { EngineName } from './types';

interface Values {
  readonly stripes: boolean;
  readonly labels: boolean;
  readonly inlineDiagnostics: boolean;
  readonly analysisDelay: number;
  readonly engine: EngineName;
  readonly notifyAtEnd: boolean;
}

const DEFAULTS: Values = {
  stripes: true,
  labels: true,
  inlineDiagnostics: true,
  analysisDelay: 200,
  engine: 'auto',
  notifyAtEnd: true
};

/** The settings as they stand. */
export class Settings {
  private _values: Values = DEFAULTS;
  private readonly _changed = new Signal<Settings, void>(this);

  get values(): Values {
    return this._values;
  }

  get changed(): ISignal<Settings, void> {
    return this._changed;
  }

  /** Follow what is stored. */
  follow(settings: ISettingRegistry.ISettings): void {
    const read = (): void => {
      this._values = { ...DEFAULTS, ...(settings.composite as Partial<Values>) };
      this._changed.emit();
    };
    settings.changed.connect(read);
    read();
  }
}
