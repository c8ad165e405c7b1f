/** Metrics of the last runs as small plots. */

import type { RunSummary } from '../types';

/** One metric over the runs that have it, oldest first. */
export interface Series {
  readonly step: string;
  readonly name: string;
  readonly values: readonly { readonly run: string; readonly value: number }[];
}

/** Every number that the runs recorded, by step and name in the order of the newest run. */
export function seriesOf(runs: readonly RunSummary[]): readonly Series[] {
  const found = new Map<string, { step: string; name: string; values: { run: string; value: number }[] }>();
  for (const run of runs) {
    for (const step of run.steps) {
      for (const [name, value] of Object.entries(step.metrics)) {
        if (typeof value === 'number' && Number.isFinite(value)) {
          const key = JSON.stringify([step.step, name]);
          const series = found.get(key) ?? { step: step.step, name, values: [] };
          series.values.unshift({ run: run.run, value });
          found.set(key, series);
        }
      }
    }
  }
  return [...found.values()];
}

/** Points of a line in a box of the given size; a single value or equal values lie in the middle. */
export function points(
  values: readonly number[],
  width: number,
  height: number
): readonly { readonly x: number; readonly y: number }[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, index) => ({
    x: values.length > 1 ? index * step : width / 2,
    y: high === low ? height / 2 : height - ((value - low) / (high - low)) * height
  }));
}
