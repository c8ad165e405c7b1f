/** The picker of a step or role: type to find or create, arrows to pick. */

import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { optionsFor, type Option } from '../model/options';
import { colour } from '../model/palette';
import { ROLES, type Choice, type RoleTag } from '../model/tags';

/** What the picker shows and where. */
export interface PickerOptions {
  readonly anchor: DOMRect;
  readonly steps: readonly string[];
  readonly hues: ReadonlyMap<string, number>;
  /** Tags of each cell that is to be tagged. */
  readonly cells: readonly (readonly string[])[];
  readonly trans: TranslationBundle;
  readonly onPick: (choice: Choice) => void;
  /** Called once when the picker is gone. */
  readonly onClosed: () => void;
}

/** What a role is for, in a few words. */
export function roleHelp(trans: TranslationBundle): Readonly<Record<RoleTag, string>> {
  return {
    shared: trans.__('imports and definitions, in every step'),
    parameters: trans.__('values that a run can set'),
    check: trans.__('if it raises, the step fails'),
    metrics: trans.__('its numbers are recorded'),
    skip: trans.__('left out')
  };
}

const WIDTH = 288;
const HEIGHT = 340;

/** Show the picker; the one before closes. */
export function openPicker(options: PickerOptions): void {
  const picker = new Picker(options);
  Widget.attach(picker, document.body);
  picker.place();
  picker.node.focus();
}

class Picker extends ReactWidget {
  constructor(private readonly _options: PickerOptions) {
    super();
    this.addClass('jp-mlops-Picker');
    this.node.tabIndex = -1;
    this.node.addEventListener('focusout', event => {
      const next = event.relatedTarget;
      if (!(next instanceof Node && this.node.contains(next))) {
        this.close();
      }
    });
  }

  place(): void {
    const { anchor } = this._options;
    const below = anchor.bottom + HEIGHT < window.innerHeight || anchor.top < HEIGHT;
    this.node.style.left = `${Math.max(4, Math.min(anchor.left, window.innerWidth - WIDTH - 8))}px`;
    if (below) {
      this.node.style.top = `${Math.min(anchor.bottom + 2, window.innerHeight - HEIGHT)}px`;
    } else {
      this.node.style.bottom = `${window.innerHeight - anchor.top + 2}px`;
    }
  }

  protected override onCloseRequest(): void {
    if (!this.isDisposed) {
      this.dispose();
      this._options.onClosed();
    }
  }

  protected override render(): React.ReactElement {
    return (
      <PickerList
        {...this._options}
        onPick={choice => {
          this.close();
          this._options.onPick(choice);
        }}
        onCancel={() => this.close()}
      />
    );
  }
}

function PickerList(
  props: Omit<PickerOptions, 'onClosed' | 'anchor'> & { onCancel: () => void }
): React.ReactElement {
  const { trans, steps, cells, hues } = props;
  const [text, setText] = React.useState('');
  const [active, setActive] = React.useState(0);
  const options = React.useMemo(() => optionsFor(text, steps, cells), [text, steps, cells]);
  const input = React.useRef<HTMLInputElement>(null);
  const list = React.useRef<HTMLUListElement>(null);
  React.useEffect(() => input.current?.focus(), []);
  React.useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const help = roleHelp(trans);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const move = (to: number): void => {
      event.preventDefault();
      setActive((to + options.length) % Math.max(1, options.length));
    };
    if (event.key === 'ArrowDown') {
      move(active + 1);
    } else if (event.key === 'ArrowUp') {
      move(active - 1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const option = options[active];
      if (option) {
        props.onPick(option.choice);
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      props.onCancel();
    }
    event.stopPropagation();
  };

  const count =
    cells.length === 1
      ? trans.__('Step or role of this cell')
      : trans._n('Step or role of %1 cell', 'Step or role of %1 cells', cells.length);
  return (
    <div role="dialog" aria-label={count}>
      <input
        ref={input}
        className="jp-mlops-Picker-input"
        role="combobox"
        aria-label={count}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls="jp-mlops-picker-list"
        aria-activedescendant={options[active] ? `jp-mlops-picker-${active}` : undefined}
        placeholder={trans.__('Step name, or pick below')}
        spellCheck={false}
        value={text}
        onChange={event => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id="jp-mlops-picker-list" role="listbox" aria-label={count}>
        {options.map((option, index) => (
          <li
            key={option.key}
            id={`jp-mlops-picker-${index}`}
            role="option"
            aria-selected={index === active}
            className={option.key === ROLES[0] && index > 0 ? 'jp-mlops-mod-group' : ''}
            onMouseEnter={() => setActive(index)}
            onMouseDown={event => {
              event.preventDefault();
              props.onPick(option.choice);
            }}
          >
            <OptionText option={option} hues={hues} help={help} trans={trans} />
            {option.chosen && <span aria-label={trans.__('chosen')}>✓</span>}
          </li>
        ))}
        {!options.length && (
          <li role="option" aria-disabled="true" aria-selected="false" className="jp-mlops-mod-empty">
            {trans.__('A name has letters, digits, _ and -')}
          </li>
        )}
      </ul>
    </div>
  );
}

function OptionText(props: {
  option: Option;
  hues: ReadonlyMap<string, number>;
  help: Readonly<Record<RoleTag, string>>;
  trans: TranslationBundle;
}): React.ReactElement {
  const { option, hues, help, trans } = props;
  const { choice } = option;
  if (choice.kind === 'none') {
    return <span className="jp-mlops-Picker-text">{trans.__('No tag')}</span>;
  }
  if (choice.kind === 'role') {
    return (
      <>
        <span className="jp-mlops-Swatch jp-mod-outline" />
        <span className="jp-mlops-Picker-text">
          {choice.role} <small>{help[choice.role]}</small>
        </span>
      </>
    );
  }
  return (
    <>
      <span className="jp-mlops-Swatch" style={{ background: colour(hues.get(choice.name) ?? hues.size % 8) }} />
      <span className="jp-mlops-Picker-text">
        {option.creates ? trans.__('New step “%1”', choice.name) : choice.name}
      </span>
    </>
  );
}
