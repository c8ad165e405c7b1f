/** The colour of a step: one of eight, in the order in which steps begin. */

export const HUES = 8;

/** Colour number of each step; neighbours differ. */
export function hues(steps: readonly string[]): ReadonlyMap<string, number> {
  return new Map(steps.map((step, index) => [step, index % HUES]));
}

/** The colour as CSS. */
export function colour(hue: number | undefined): string {
  return hue === undefined ? 'var(--jp-border-color1)' : `var(--jp-mlops-step-${hue})`;
}
