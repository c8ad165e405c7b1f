import { isStepName, readTags, retag, slug, type Choice } from '../src/model/tags';

const step = (name: string): Choice => ({ kind: 'step', name });
const role = (name: 'shared' | 'parameters' | 'check' | 'metrics' | 'skip'): Choice => ({ kind: 'role', role: name });
const none: Choice = { kind: 'none' };

describe('tags of a cell', () => {
  test.each([
    { tags: [], step: null, role: null },
    { tags: ['step:load'], step: 'load', role: null },
    { tags: ['step: load '], step: 'load', role: null },
    { tags: ['block:load'], step: 'load', role: null },
    { tags: ['step:load', 'check'], step: 'load', role: 'check' },
    { tags: ['imports'], step: null, role: 'shared' },
    { tags: ['pipeline-metrics', 'hide-input'], step: null, role: 'metrics' },
    { tags: ['step:Load data'], step: 'Load-data', role: null },
    { tags: ['step:'], step: null, role: null },
    { tags: ['constructor', 'toString'], step: null, role: null },
    { tags: ['Step:load'], step: null, role: null }
  ])('$tags', ({ tags, ...said }) => {
    expect(readTags(tags)).toEqual(said);
  });
});

describe('tags after a choice', () => {
  test.each([
    { before: [], choice: step('load'), after: ['step:load'] },
    { before: ['hide-input'], choice: step('load'), after: ['hide-input', 'step:load'] },
    { before: ['step:a', 'x', 'step:b'], choice: step('load'), after: ['x', 'step:load'] },
    { before: ['shared'], choice: step('load'), after: ['step:load'] },
    { before: ['step:a', 'check'], choice: step('b'), after: ['step:b', 'check'] },
    { before: ['step:a'], choice: role('check'), after: ['step:a', 'check'] },
    { before: ['step:a', 'check'], choice: role('check'), after: ['step:a'] },
    { before: ['step:a', 'check'], choice: role('metrics'), after: ['step:a', 'metrics'] },
    { before: ['step:a', 'x'], choice: role('shared'), after: ['x', 'shared'] },
    { before: ['imports'], choice: role('parameters'), after: ['parameters'] },
    { before: ['step:a', 'raises-exception', 'check'], choice: none, after: ['raises-exception'] },
    { before: ['x'], choice: none, after: ['x'] }
  ])('$before, $choice', ({ before, choice, after }) => {
    expect(retag(before, choice)).toEqual(after);
  });
});

describe('names of steps', () => {
  test.each([
    { text: 'load', name: true, slug: 'load' },
    { text: 'Größe_2', name: true, slug: 'Größe_2' },
    { text: 'load data!', name: false, slug: 'load-data' },
    { text: '_x', name: false, slug: 'x' },
    { text: '  ', name: false, slug: '' },
    { text: 'a'.repeat(70), name: false, slug: 'a'.repeat(63) }
  ])('$text', ({ text, name, slug: expected }) => {
    expect([isStepName(text), slug(text)]).toEqual([name, expected]);
  });
});
