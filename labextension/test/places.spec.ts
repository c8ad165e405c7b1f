import { placesOf, stepNames } from '../src/model/places';
import type { CellPlace } from '../src/types';

const code = (id: string, ...tags: string[]) => ({ id, code: true, tags });
const text = (id: string) => ({ id, code: false, tags: [] });
const known = (cell_id: string, role: CellPlace['role'], step: string | null): CellPlace => ({
  cell_id,
  cell: 1,
  role,
  step,
  first: false
});

describe('where cells belong', () => {
  test.each([
    { what: 'a notebook without tags', cells: [code('a'), code('b')], places: {} },
    {
      what: 'followers',
      cells: [code('a', 'step:load'), text('t'), code('b'), code('c', 'step:fit'), code('d')],
      places: { a: 'code load first', b: 'code load', c: 'code fit first', d: 'code fit' }
    },
    {
      what: 'roles within a step',
      cells: [code('a', 'step:load'), code('b', 'check'), code('c', 'metrics'), code('d')],
      places: { a: 'code load first', b: 'check load', c: 'metrics load', d: 'code load' }
    },
    {
      what: 'cells outside of steps do not end one',
      cells: [code('a', 'step:load'), code('b', 'shared'), code('c', 'skip'), code('d')],
      places: { a: 'code load first', b: 'shared', c: 'skip', d: 'code load' }
    },
    {
      what: 'a step that begins again',
      cells: [code('a', 'step:x'), code('b', 'step:y'), code('c', 'step:x')],
      places: { a: 'code x first', b: 'code y first', c: 'code x first' }
    },
    {
      what: 'untagged cells above the first step, not yet analysed',
      cells: [code('a'), code('b', 'step:x')],
      places: { b: 'code x first' }
    },
    {
      what: 'untagged cells above the first step, analysed',
      cells: [code('a'), code('b'), code('c', 'step:x')],
      analysed: [known('a', 'shared', null), known('b', 'code', 'start')],
      places: { a: 'shared', b: 'code start first', c: 'code x first' }
    },
    {
      what: 'tags that are newer than the analysis',
      cells: [code('a', 'step:new'), code('b')],
      analysed: [known('a', 'code', 'old'), known('b', 'code', 'old')],
      places: { a: 'code new first', b: 'code new' }
    }
  ])('$what', ({ cells, analysed, places }) => {
    const found = [...placesOf(cells, analysed)].map(([id, { role, step, first }]) => [
      id,
      [role, step, first ? 'first' : null].filter(Boolean).join(' ')
    ]);
    expect(Object.fromEntries(found)).toEqual(places);
  });

  test('steps stand in the order in which they begin', () => {
    const cells = [code('a', 'step:x'), code('b', 'step:y'), code('c', 'step:x')];
    expect(stepNames(placesOf(cells))).toEqual(['x', 'y']);
  });
});
