/** Recorded runs: their labels, what they reproduce, and where they are laid out. */

import type { Labels, Trace, TracedArtifact, TracedStep } from '../types';

/** An alias or a tag, and the word that stands for it. */
export interface NamedLabel {
  readonly kind: 'alias' | 'tag';
  readonly name: string;
  readonly word: string;
}

/** Aliases as they are, then tags with a hash. */
export function labelsOf(labels: Labels): readonly NamedLabel[] {
  return [
    ...labels.aliases.map(name => ({ kind: 'alias', name, word: name }) as const),
    ...labels.tags.map(name => ({ kind: 'tag', name, word: `#${name}` }) as const)
  ];
}

/** The words of aliases and tags. */
export function labelWords(labels: Labels): readonly string[] {
  return labelsOf(labels).map(({ word }) => word);
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
