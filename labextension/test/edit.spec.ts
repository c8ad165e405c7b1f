import { applyEdit } from '../src/model/edit';
import type { Edit } from '../src/types';

const edit = (kind: Edit['kind'], old: string, now: string, line: number | null = null): Edit => ({
  cell_id: 'a',
  kind,
  old,
  new: now,
  line
});
const cell = { source: 'x = 1\nprnt(x)\n', tags: ['Step:a', 'x'] };

test.each([
  { edit: edit('replace-line', 'prnt(x)', 'print(x)', 2), after: { ...cell, source: 'x = 1\nprint(x)\n' } },
  { edit: edit('replace-line', 'prnt(y)', 'print(y)', 2), after: null },
  { edit: edit('replace-line', 'prnt(x)', 'print(x)', 9), after: null },
  { edit: edit('add-tag', '', 'shared'), after: { ...cell, tags: ['Step:a', 'x', 'shared'] } },
  { edit: edit('add-tag', '', 'x'), after: null },
  { edit: edit('remove-tag', 'x', ''), after: { ...cell, tags: ['Step:a'] } },
  { edit: edit('remove-tag', 'y', ''), after: null },
  { edit: edit('replace-tag', 'Step:a', 'step:a'), after: { ...cell, tags: ['step:a', 'x'] } },
  { edit: edit('replace-tag', 'step:b', 'step:a'), after: null }
])('$edit.kind $edit.old → $edit.new', ({ edit: given, after }) => {
  expect(applyEdit(cell, given)).toEqual(after);
});
