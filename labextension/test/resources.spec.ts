import { fits, SETTINGS, textOf, withTexts } from '../src/model/resources';

const setting = (key: string) => SETTINGS.find(one => one.key === key)!;

test.each([
  { key: 'cpus', text: '0.5', fit: true },
  { key: 'cpus', text: '0', fit: false },
  { key: 'cpus', text: 'two', fit: false },
  { key: 'retries', text: '2', fit: true },
  { key: 'retries', text: '1.5', fit: false },
  { key: 'memory', text: '4Gi', fit: true },
  { key: 'gpus', text: '', fit: true }
])('$key $text', ({ key, text, fit }) => {
  expect(fits(setting(key), text)).toBe(fit);
});

test.each([
  { before: {}, texts: { cpus: '2', memory: ' 4Gi ' }, after: { cpus: 2, memory: '4Gi' } },
  { before: { cpus: 2, env: { A: '1' } }, texts: { cpus: '' }, after: { env: { A: '1' } } },
  { before: { memory: 1024 }, texts: { memory: '1024' }, after: { memory: 1024 } },
  { before: { data: ['x'] }, texts: { network: 'none' }, after: { data: ['x'], network: 'none' } },
  { before: { cpus: 2 }, texts: {}, after: { cpus: 2 } }
])('$before with $texts', ({ before, texts, after }) => {
  expect(withTexts(before, new Map(Object.entries(texts)))).toEqual(after);
});

test('what the dialog cannot show is left out', () => {
  expect(textOf({ memory: ['x'] }, setting('memory'))).toBe('');
});
