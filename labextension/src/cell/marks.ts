/** The marks of a notebook's cells: stripe, label, running mark; set on the cell widgets, so that they stand wherever a cell is scrolled to. */

import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Place } from '../model/places';
import { colour } from '../model/palette';
import type { LiveCell } from '../model/run';
import { duration } from '../model/text';
import type { NotebookPipeline } from '../notebook/pipeline';
import type { Settings } from '../settings';

/** What of the tags a label says. */
export function labelText(place: Place): string {
  const role = place.role === 'code' ? '' : place.role;
  return [place.first ? place.step : null, role].filter(Boolean).join(' · ');
}

/** Keeps the marks of one notebook. */
export class CellMarks {
  private readonly _shown = new WeakMap<Cell, string>();

  constructor(
    private readonly _pipeline: NotebookPipeline,
    private readonly _settings: Settings,
    private readonly _trans: TranslationBundle,
    private readonly _pick: (cell: Cell, anchor: DOMRect) => void
  ) {
    const update = (): void => this.update();
    _pipeline.changed.connect(update);
    _settings.changed.connect(update);
    _pipeline.panel.disposed.connect(() => _settings.changed.disconnect(update));
    update();
  }

  /** Set what has changed, and nothing else. */
  update(): void {
    const { labels, stripes } = this._settings.values;
    this._pipeline.panel.content.widgets.forEach((cell, index) => {
      const place = this._pipeline.places.get(cell.model.id);
      const live = this._pipeline.liveCell(cell.model.id, index + 1);
      const hue = place?.step ? this._pipeline.hues.get(place.step) : undefined;
      const text = place && labels ? labelText(place) : '';
      const key = JSON.stringify([place, live, hue, text, stripes]);
      if (this._shown.get(cell) !== key) {
        this._shown.set(cell, key);
        this.mark(cell, stripes ? place : undefined, hue, live);
        this.label(cell, text, place, live);
      }
    });
  }

  private mark(cell: Cell, place: Place | undefined, hue: number | undefined, live?: LiveCell): void {
    const { dataset, style } = cell.node;
    set(dataset, 'mlopsRole', place?.role);
    set(dataset, 'mlopsStep', place?.step ?? undefined);
    set(dataset, 'mlopsState', live?.state);
    if (place) {
      style.setProperty('--jp-mlops-colour', colour(hue));
    } else {
      style.removeProperty('--jp-mlops-colour');
    }
  }

  private label(cell: Cell, text: string, place: Place | undefined, live?: LiveCell): void {
    const old = cell.node.querySelector<HTMLElement>(':scope > .jp-mlops-Label');
    const state = live ? this.stateText(live) : '';
    set(cell.node.dataset, 'mlopsLabelled', text || state ? '' : undefined);
    if (!text && !state) {
      old?.remove();
      return;
    }
    const node = old ?? this.newLabel(cell);
    const [button, status] = node.children as unknown as [HTMLButtonElement, HTMLElement];
    button.hidden = !text;
    button.textContent = text;
    button.classList.toggle('jp-mod-outline', place?.role !== 'code');
    button.setAttribute(
      'aria-label',
      place?.step
        ? this._trans.__('Step %1: change step or role of this cell', text)
        : this._trans.__('%1: change step or role of this cell', text)
    );
    status.textContent = state;
  }

  private newLabel(cell: Cell): HTMLElement {
    const node = document.createElement('div');
    node.className = 'jp-mlops-Label';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-mlops-Label-name';
    button.title = this._trans.__('Change step or role');
    button.addEventListener('click', () => this._pick(cell, button.getBoundingClientRect()));
    const status = document.createElement('span');
    status.className = 'jp-mlops-Label-state';
    node.append(button, status);
    cell.node.append(node);
    return node;
  }

  private stateText(live: LiveCell): string {
    switch (live.state) {
      case 'running':
        return this._trans.__('● running');
      case 'done':
        return `✓ ${duration(live.seconds)}`;
      case 'failed':
        return this._trans.__('✗ failed');
    }
  }
}

function set(dataset: DOMStringMap, name: string, value: string | undefined): void {
  if (value === undefined) {
    delete dataset[name];
  } else {
    dataset[name] = value;
  }
}
