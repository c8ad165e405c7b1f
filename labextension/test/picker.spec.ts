import { optionsFor } from '../src/model/options';

const steps = ['load', 'reload', 'train'];
const roles = ['shared', 'parameters', 'check', 'metrics', 'skip'];

test.each([
  { text: '', cells: [[]], keys: ['step:load', 'step:reload', 'step:train', ...roles] },
  { text: '', cells: [['step:load']], keys: ['step:load', 'step:reload', 'step:train', ...roles, 'none'] },
  { text: 'loa', cells: [[]], keys: ['step:load', 'step:reload', 'new:loa'] },
  { text: 'load', cells: [[]], keys: ['step:load', 'step:reload'] },
  { text: 'Load data', cells: [[]], keys: ['new:Load-data'] },
  { text: 'skip', cells: [[]], keys: ['skip', 'new:skip'] },
  { text: 'sh', cells: [[]], keys: ['new:sh', 'shared'] },
  { text: '!', cells: [[]], keys: [] }
])('$text for $cells', ({ text, cells, keys }) => {
  expect(optionsFor(text, steps, cells).map(option => option.key)).toEqual(keys);
});

test('what every cell is already is marked', () => {
  const cells = [['step:load', 'check'], ['step:load']];
  const chosen = optionsFor('', steps, cells).filter(option => option.chosen);
  expect(chosen.map(option => option.key)).toEqual(['step:load']);
});
