import { controlOf, parse, shown, valuesOf } from '../src/model/form';
import type { ParameterField } from '../src/types';

const field = (kinds: string[], choices: unknown[] = [], value: unknown = null): ParameterField => ({
  name: 'p',
  type: '',
  kinds,
  choices,
  default: value,
  help: '',
  cell_id: 'a'
});
const ok = (value: unknown) => ({ ok: true, value });
const bad = (problem: string) => ({ ok: false, problem });

describe('a text as a value', () => {
  test.each([
    { kinds: ['int'], text: ' 12 ', parsed: ok(12) },
    { kinds: ['int'], text: '1.5', parsed: bad('an integer is needed') },
    { kinds: ['int'], text: '99999999999999999999', parsed: bad('an integer is needed') },
    { kinds: ['float'], text: '1e-3', parsed: ok(0.001) },
    { kinds: ['float'], text: 'fast', parsed: bad('a number is needed') },
    { kinds: ['float'], text: '', parsed: bad('a number is needed') },
    { kinds: ['str'], text: '12', parsed: ok('12') },
    { kinds: ['str'], text: ' a ', parsed: ok(' a ') },
    { kinds: ['str', 'None'], text: 'None', parsed: ok(null) },
    { kinds: ['bool'], text: 'True', parsed: ok(true) },
    { kinds: ['bool'], text: 'yes', parsed: bad('true or false is needed') },
    { kinds: ['list'], text: '[1, "a"]', parsed: ok([1, 'a']) },
    { kinds: ['list'], text: '1, 2', parsed: bad('a list is needed, such as [1, 2]') },
    { kinds: ['dict'], text: '{"a": 1}', parsed: ok({ a: 1 }) },
    { kinds: ['dict'], text: '[1]', parsed: bad('an object is needed, such as {"a": 1}') },
    { kinds: ['int', 'str'], text: '3', parsed: ok(3) },
    { kinds: ['int', 'str'], text: 'three', parsed: ok('three') },
    { kinds: [], choices: ['a', 2], text: '2', parsed: ok(2) },
    { kinds: [], choices: ['a', 2], text: 'b', parsed: bad('none of the values that it can have') },
    { kinds: [], text: '[1]', parsed: ok([1]) },
    { kinds: [], text: 'word', parsed: ok('word') }
  ])('$kinds $choices: $text', ({ kinds, choices, text, parsed }) => {
    expect(parse(field(kinds, choices ?? []), text)).toEqual(parsed);
  });
});

describe('the control of a parameter', () => {
  test.each([
    { kinds: ['int'], control: 'number' },
    { kinds: ['int', 'float', 'None'], control: 'number' },
    { kinds: ['bool'], control: 'checkbox' },
    { kinds: ['bool', 'None'], control: 'text' },
    { kinds: ['str'], control: 'text' },
    { kinds: [], choices: ['a'], control: 'select' },
    { kinds: ['str'], choices: ['a'], control: 'text' },
    { kinds: [], control: 'text' }
  ])('$kinds $choices', ({ kinds, choices, control }) => {
    expect(controlOf(field(kinds, choices ?? []))).toBe(control);
  });
});

test('what is typed is sent, defaults are left out, problems are named', () => {
  const fields = [
    { ...field(['int']), name: 'n' },
    { ...field(['float']), name: 'lr' },
    { ...field(['str']), name: 's' }
  ];
  const texts = new Map([
    ['n', '3'],
    ['lr', 'fast'],
    ['gone', 'x']
  ]);
  const { values, problems } = valuesOf(fields, texts);
  expect([values, [...problems]]).toEqual([{ n: 3 }, [['lr', 'a number is needed']]]);
});

test('values as a person types them come back as they were', () => {
  const values = ['a', 1, 2.5, true, null, [1], { a: 1 }];
  const kinds = ['str', 'int', 'float', 'bool', 'None', 'list', 'dict'];
  expect(values.map((value, index) => parse(field([kinds[index]!]), shown(value)))).toEqual(values.map(ok));
});
