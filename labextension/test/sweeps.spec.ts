import { combinationCount, sweptOf, valueCount } from '../src/model/sweeps';

test.each([
  { text: '', count: 0 },
  { text: '0.1', count: 1 },
  { text: '0.1, 0.01', count: 2 },
  { text: '"a,b", c', count: 2 },
  { text: '["a,b", "c", "d"]', count: 3 },
  { text: '[1, ', count: 0 }
])('$text has $count values', ({ text, count }) => {
  expect(valueCount(text)).toBe(count);
});

test('each value is combined with each', () => {
  const swept = sweptOf(new Map([['lr', '0.1,0.01'], ['depth', '3,5,7'], ['seed', ' ']]));
  expect(swept).toEqual({ lr: '0.1,0.01', depth: '3,5,7' });
  expect(combinationCount(swept)).toBe(6);
  expect(combinationCount({})).toBe(0);
  expect(combinationCount({ lr: '1,2', names: '[' })).toBe(0);
});
