/** An old notebook's conversion: its changes in the pieces that can be refused, and its verdict. */

import type { CellLevel, Conversion, Patch } from '../types';

/** The changes of one rule to one cell, which are accepted or refused together. */
export interface Piece {
  readonly name: string;
  readonly rule: string;
  readonly cell: number;
  readonly patches: readonly Patch[];
  /** False for what no notebook runs without. */
  readonly optional: boolean;
}

const NEEDED: readonly string[] = ['format', 'kernel'];

/** The pieces, in the order in which they were made. */
export function piecesOf(patches: readonly Patch[]): readonly Piece[] {
  const pieces = new Map<string, Patch[]>();
  for (const patch of patches) {
    const name = `${patch.rule}:${patch.cell}`;
    pieces.set(name, [...(pieces.get(name) ?? []), patch]);
  }
  return [...pieces].map(([name, own]) => ({
    name,
    rule: own[0]!.rule,
    cell: own[0]!.cell,
    patches: own,
    optional: !NEEDED.includes(own[0]!.rule)
  }));
}

/** How many cells have each level, such as `3 L2`. */
export function levelWords(cells: readonly CellLevel[]): readonly string[] {
  const counts = new Map<string, number>();
  cells.forEach(({ level }) => counts.set(level, (counts.get(level) ?? 0) + 1));
  return [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([level, count]) => `${count} ${level}`);
}

/** The cells that do not give what was stored. */
export function unevenCells(found: Conversion): readonly CellLevel[] {
  return found.cells.filter(({ level }) => !['L0', 'L2', 'L3'].includes(level));
}

/** A folder for the job, beside the notebook. */
export function jobFolder(path: string): string {
  return path.replace(/\.ipynb$/, '-job');
}
