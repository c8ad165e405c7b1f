import { readFileSync } from 'fs';
import { join } from 'path';

import { HUES, hues } from '../src/model/palette';
import { VERSION } from '../src/version';

const root = join(__dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf-8');

test('both halves and both packages have one version', () => {
  const python = /__version__ = "(.*)"/.exec(read('jupyter_mlops', '__init__.py'))?.[1];
  const npm = (JSON.parse(read('package.json')) as { version: string }).version;
  expect([VERSION, npm]).toEqual([python, python]);
});

describe('contrast of the step colours', () => {
  const css = read('labextension', 'style', 'palette.css');
  const colours = [...css.matchAll(/--jp-mlops-step-(\d): (#[0-9a-f]{6});/g)].map(found => found[2]!);
  const backgrounds = { light: '#ffffff', grey: '#f5f5f5', dark: '#212121', darker: '#111111', black: '#000000' };

  test('there are as many as the model deals out', () => {
    expect([colours.length, new Set(colours).size]).toEqual([HUES, HUES]);
  });

  test.each(Object.entries(backgrounds))('on %s', (_, background) => {
    expect(colours.map(colour => contrast(colour, background) >= 3)).toEqual(colours.map(() => true));
  });
});

test('neighbouring steps have different colours', () => {
  const steps = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const dealt = [...hues(steps).values()];
  expect(dealt.slice(1).every((hue, index) => hue !== dealt[index])).toBe(true);
});

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map(at => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
