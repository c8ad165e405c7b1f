/** What a cell's tags say, and how a choice changes them; foreign tags are left alone. */

export type RoleTag = 'parameters' | 'shared' | 'check' | 'metrics' | 'skip';

/** What a person picks for a cell. */
export type Choice =
  | { readonly kind: 'step'; readonly name: string }
  | { readonly kind: 'role'; readonly role: RoleTag }
  | { readonly kind: 'none' };

/** What the tags of one cell say. */
export interface CellTags {
  readonly step: string | null;
  readonly role: RoleTag | null;
}

export const ROLES: readonly RoleTag[] = ['shared', 'parameters', 'check', 'metrics', 'skip'];

const WORDS: Readonly<Record<string, RoleTag>> = {
  parameters: 'parameters',
  'pipeline-parameters': 'parameters',
  shared: 'shared',
  imports: 'shared',
  functions: 'shared',
  check: 'check',
  metrics: 'metrics',
  'pipeline-metrics': 'metrics',
  skip: 'skip'
};
const STEP = /^(?:step|block):([^]*)$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u;

function stepOf(tag: string): string | null {
  return STEP.exec(tag)?.[1]?.trim() ?? null;
}

function roleOf(tag: string): RoleTag | null {
  return Object.hasOwn(WORDS, tag) ? (WORDS[tag] as RoleTag) : null;
}

/** The tags in metadata as a list of strings, whatever stands there. */
export function tagList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(tag => typeof tag === 'string') : [];
}

/** Step and role that tags give; the first of each counts. */
export function readTags(tags: readonly string[]): CellTags {
  const steps = tags.map(stepOf).filter(name => name !== null);
  const roles = tags.map(roleOf).filter(role => role !== null);
  return { step: steps[0] ? slug(steps[0]) || null : null, role: roles[0] ?? null };
}

/** True if a step can have this name. */
export function isStepName(name: string): boolean {
  return NAME.test(name);
}

/** The nearest text that can name a step, or empty. */
export function slug(text: string): string {
  if (isStepName(text)) {
    return text;
  }
  return text
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 63);
}

/** True if a cell with these tags is what is chosen already. */
export function isChosen(tags: readonly string[], choice: Choice): boolean {
  const { step, role } = readTags(tags);
  switch (choice.kind) {
    case 'step':
      return step === choice.name;
    case 'role':
      return role === choice.role;
    case 'none':
      return step === null && role === null;
  }
}

/**
 * The tags of a cell once a choice is made.
 *
 * A step and `check` or `metrics` can stand together; everything else replaces what was there. Picking `check` or
 * `metrics` where it is set takes it away.
 */
export function retag(tags: readonly string[], choice: Choice): readonly string[] {
  const { step, role } = readTags(tags);
  const foreign = tags.filter(tag => stepOf(tag) === null && roleOf(tag) === null);
  const gate = role === 'check' || role === 'metrics' ? role : null;
  switch (choice.kind) {
    case 'none':
      return foreign;
    case 'step':
      return [...foreign, `step:${choice.name}`, ...(gate ? [gate] : [])];
    case 'role': {
      const joins = choice.role === 'check' || choice.role === 'metrics';
      if (!joins) {
        return [...foreign, choice.role];
      }
      const kept = step === null ? [] : [`step:${step}`];
      return role === choice.role ? [...foreign, ...kept] : [...foreign, ...kept, choice.role];
    }
  }
}
