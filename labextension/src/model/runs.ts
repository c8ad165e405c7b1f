/** Runs in a list: what a search finds, and where a link leads. */

import type { RunSummary } from '../types';
import { labelWords } from './past';

/** True if every word is somewhere in what the list shows of the run. */
export function matches(run: RunSummary, query: string): boolean {
  const text = [
    run.run,
    run.state,
    run.reason,
    run.engine,
    ...run.changes,
    ...labelWords(run.labels),
    ...run.parameters.map(({ name, value }) => `${name}=${JSON.stringify(value)}`),
    ...run.steps.map(step => step.step)
  ]
    .join(' ')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

/** The step that a reader wants to see first: the failed one, else the last that ran. */
export function stepToShow(
  steps: readonly { readonly step: string; readonly state: string }[]
): string | null {
  const failed = steps.find(step => step.state === 'failed');
  const ran = steps.filter(step => step.state === 'succeeded' || step.state === 'reused');
  return (failed ?? ran.at(-1) ?? steps[0])?.step ?? null;
}

/** A run and a step in it, as the address of the page names them. */
export interface Link {
  readonly run: string;
  readonly step: string | null;
}

/** The link in a query such as `?mlops-run=…&mlops-step=…`, or null. */
export function linkOf(search: string): Link | null {
  const query = new URLSearchParams(search);
  const run = query.get('mlops-run');
  return run ? { run, step: query.get('mlops-step') } : null;
}

/** The query of a link. */
export function queryOf(link: Link): string {
  const query = new URLSearchParams({ 'mlops-run': link.run });
  if (link.step) {
    query.set('mlops-step', link.step);
  }
  return `?${query.toString()}`;
}
