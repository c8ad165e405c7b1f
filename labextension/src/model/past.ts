/** Recorded runs: their labels, what they reproduce, and where they are laid out. */

import type { Labels, Trace, TracedArtifact, TracedStep } from '../types';

/** Aliases as they are, tags with a hash. */
export function labelWords(labels: Labels): readonly string[] {
  return [...labels.aliases, ...labels.tags.map(tag => `#${tag}`)];
}

/** The run that a run was made to reproduce, or null. */
export function reproduced(reason: string): string | null {
  return /^reproduces (\S+)$/.exec(reason)?.[1] ?? null;
}

/** A folder beside the notebook, named after the run and what is done with it. */
export function folderFor(notebook: string | null, ...names: readonly string[]): string {
  const above = notebook?.includes('/') ? `${notebook.slice(0, notebook.lastIndexOf('/'))}/` : '';
  return above + names.join('-');
}

/** One execution of a trace with what it took and left. */
export interface TraceRow {
  readonly step: TracedStep;
  readonly took: readonly TracedArtifact[];
  readonly left: readonly TracedArtifact[];
}

/** The executions of a trace in the order in which bytes went through them. */
export function traceRows(trace: Trace): readonly TraceRow[] {
  const artifacts = new Map(trace.artifacts.map(one => [one.digest, one]));
  const known = (digests: readonly string[]): readonly TracedArtifact[] =>
    [...new Set(digests)].flatMap(digest => artifacts.get(digest) ?? []);
  return [...trace.steps]
    .sort((a, b) => a.distance - b.distance || a.started.localeCompare(b.started))
    .map(step => ({
      step,
      took: known(trace.edges.filter(edge => edge.target === step.execution).map(edge => edge.source)),
      left: known(trace.edges.filter(edge => edge.source === step.execution).map(edge => edge.target))
    }));
}

/** What bytes are called. */
export function artifactName(artifact: TracedArtifact): string {
  return artifact.names.filter(name => name).join(', ') || artifact.kind;
}
