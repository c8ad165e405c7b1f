/** Values of a parameter form: the text that a person types, as the JSON value that the parameter takes. */

import type { ParameterField } from '../types';

/** A value, or what is wrong with the text. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: Problem };

/** Why a text is no value of a parameter. */
export type Problem =
  | 'an integer is needed'
  | 'a number is needed'
  | 'a list is needed, such as [1, 2]'
  | 'an object is needed, such as {"a": 1}'
  | 'true or false is needed'
  | 'none of the values that it can have';

/** What kind of control a parameter gets. */
export type Control = 'select' | 'checkbox' | 'number' | 'text';

/** The control that fits a parameter. */
export function controlOf(field: ParameterField): Control {
  const kinds = field.kinds.filter(kind => kind !== 'None');
  if (field.choices.length && !kinds.length) {
    return 'select';
  }
  if (kinds.length === 1 && kinds[0] === 'bool' && !field.kinds.includes('None')) {
    return 'checkbox';
  }
  return kinds.length > 0 && kinds.every(kind => kind === 'int' || kind === 'float') ? 'number' : 'text';
}

/** A JSON value as a person types it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** The value that a text stands for. */
export function parse(field: ParameterField, text: string): Parsed {
  const choice = field.choices.find(value => shown(value) === text);
  if (choice !== undefined) {
    return { ok: true, value: choice };
  }
  const trimmed = text.trim();
  const kinds = field.kinds;
  if (kinds.includes('None') && (trimmed === 'None' || trimmed === 'null')) {
    return { ok: true, value: null };
  }
  if (kinds.includes('bool') && /^(true|false)$/i.test(trimmed)) {
    return { ok: true, value: trimmed.toLowerCase() === 'true' };
  }
  if (kinds.includes('int') && /^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))) {
    return { ok: true, value: Number(trimmed) };
  }
  if (kinds.includes('float') && trimmed !== '' && Number.isFinite(Number(trimmed))) {
    return { ok: true, value: Number(trimmed) };
  }
  const json = asJson(trimmed);
  if (kinds.includes('list') && Array.isArray(json)) {
    return { ok: true, value: json };
  }
  if (kinds.includes('dict') && json !== null && typeof json === 'object' && !Array.isArray(json)) {
    return { ok: true, value: json };
  }
  if (kinds.includes('str') || (!kinds.length && !field.choices.length)) {
    return { ok: true, value: kinds.length ? text : (json ?? text) };
  }
  return { ok: false, problem: problemOf(field) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(field: ParameterField): Problem {
  const kinds = new Set(field.kinds);
  if (kinds.has('float')) {
    return 'a number is needed';
  }
  if (kinds.has('int')) {
    return 'an integer is needed';
  }
  if (kinds.has('list')) {
    return 'a list is needed, such as [1, 2]';
  }
  if (kinds.has('dict')) {
    return 'an object is needed, such as {"a": 1}';
  }
  return kinds.has('bool') ? 'true or false is needed' : 'none of the values that it can have';
}

/** The values that a form sends: what was typed, without what is left at its default. */
export function valuesOf(
  fields: readonly ParameterField[],
  texts: ReadonlyMap<string, string>
): { values: Record<string, unknown>; problems: ReadonlyMap<string, Problem> } {
  const values: Record<string, unknown> = {};
  const problems = new Map<string, Problem>();
  for (const field of fields) {
    const text = texts.get(field.name);
    if (text === undefined) {
      continue;
    }
    const parsed = parse(field, text);
    if (parsed.ok) {
      values[field.name] = parsed.value;
    } else {
      problems.set(field.name, parsed.problem);
    }
  }
  return { values, problems };
}
