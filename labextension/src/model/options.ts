/** What the picker offers for what is typed. */

import { isChosen, ROLES, slug, type Choice } from './tags';

/** One line of the picker. */
export interface Option {
  readonly key: string;
  readonly choice: Choice;
  /** True if every cell is that already. */
  readonly chosen: boolean;
  /** True if the choice makes a new step. */
  readonly creates: boolean;
}

/**
 * The options that fit the text, best first.
 *
 * Steps whose name begins with the text come before those that hold it; a text that names no step yet makes one.
 */
export function optionsFor(
  text: string,
  steps: readonly string[],
  cells: readonly (readonly string[])[]
): readonly Option[] {
  const typed = text.trim().toLowerCase();
  const option = (key: string, choice: Choice, creates = false): Option => ({
    key,
    choice,
    creates,
    chosen: cells.length > 0 && cells.every(tags => isChosen(tags, choice))
  });
  const fits = (name: string): boolean => name.toLowerCase().includes(typed);
  const begins = (name: string): number => (name.toLowerCase().startsWith(typed) ? 0 : 1);
  const known = steps
    .filter(fits)
    .map(name => option(`step:${name}`, { kind: 'step', name }))
    .sort((a, b) => begins(nameOf(a)) - begins(nameOf(b)));
  const name = slug(text.trim());
  const fresh =
    name && !steps.includes(name) ? [option(`new:${name}`, { kind: 'step', name }, true)] : [];
  const roles = ROLES.filter(fits).map(role => option(role, { kind: 'role', role }));
  const tagged = cells.some(tags => !isChosen(tags, { kind: 'none' }));
  const none = tagged && fits('none') ? [option('none', { kind: 'none' })] : [];
  const exact = roles.filter(({ key }) => key === typed);
  return [...exact, ...known, ...fresh, ...roles.filter(({ key }) => key !== typed), ...none];
}

function nameOf({ choice }: Option): string {
  return choice.kind === 'step' ? choice.name : '';
}
