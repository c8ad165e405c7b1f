import { jobFolder, levelWords, piecesOf, unevenCells } from '../src/model/conversion';
import type { CellLevel, Conversion, Patch } from '../src/types';

const patch = (rule: string, cell: number, after = ''): Patch => ({
  rule,
  cell,
  reason: '',
  confidence: 1,
  before: '',
  after
});

test('what a rule does to a cell is one piece; format and kernel are needed', () => {
  const patches = [patch('format', 0), patch('moved', 3, 'a'), patch('path', 3), patch('moved', 3, 'b'), patch('moved', 4)];
  expect(piecesOf(patches).map(({ name, optional, patches }) => [name, optional, patches.map(p => p.after)])).toEqual([
    ['format:0', false, ['']],
    ['moved:3', true, ['a', 'b']],
    ['path:3', true, ['']],
    ['moved:4', true, ['']]
  ]);
});

test('levels are counted, and uneven cells found', () => {
  const cells = (['L2', 'differs', 'L0', 'L2', 'not reached'] as const).map(
    (level, index): CellLevel => ({ id: `c${index}`, cell: index + 1, level, why: '' })
  );
  expect(levelWords(cells)).toEqual(['1 differs', '1 L0', '2 L2', '1 not reached']);
  expect(unevenCells({ cells } as unknown as Conversion).map(({ cell }) => cell)).toEqual([2, 5]);
});

test.each([
  ['work/old.ipynb', 'work/old-job'],
  ['old.ipynb', 'old-job']
])('the job of %s', (path, folder) => {
  expect(jobFolder(path)).toBe(folder);
});
