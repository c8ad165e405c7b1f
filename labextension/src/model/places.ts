/** Which step each code cell belongs to, from the tags at once and from the last analysis where tags do not say. */

import { readTags } from './tags';
import type { CellPlace, PlaceRole } from '../types';

/** What of a cell decides where it belongs. */
export interface TaggedCell {
  readonly id: string;
  readonly code: boolean;
  readonly tags: readonly string[];
}

/** Where one code cell belongs, as the notebook shows it. */
export interface Place {
  readonly role: PlaceRole;
  readonly step: string | null;
  /** True for the cell that begins its step, or begins it again. */
  readonly first: boolean;
}

const OUTSIDE: readonly (PlaceRole | null)[] = ['parameters', 'shared', 'skip'];

/**
 * Place of every code cell by id.
 *
 * Without any tag there is no pipeline to show, so nothing has a place. An untagged cell above the first step is what the
 * last analysis said of it, and nothing until then: only Python can tell definitions from work.
 */
export function placesOf(
  cells: readonly TaggedCell[],
  known: readonly CellPlace[] = []
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const code = cells.filter(cell => cell.code);
  const read = code.map(cell => readTags(cell.tags));
  if (!read.some(tags => tags.step !== null || tags.role !== null)) {
    return places;
  }
  const analysed = new Map(known.map(place => [place.cell_id, place]));
  let current: string | null = null;
  let shown: string | null = null;
  code.forEach((cell, index) => {
    const tags = read[index]!;
    current = tags.step ?? current;
    let role: PlaceRole = tags.role ?? 'code';
    let step = OUTSIDE.includes(role) ? null : current;
    if (current === null && tags.role === null) {
      const place = analysed.get(cell.id);
      if (!place) {
        return;
      }
      role = place.role;
      step = place.step;
    }
    places.set(cell.id, { role, step, first: step !== null && step !== shown });
    shown = step ?? shown;
  });
  return places;
}

/** Names of the steps in the order in which they begin. */
export function stepNames(places: ReadonlyMap<string, Place>): readonly string[] {
  const names = new Set<string>();
  for (const place of places.values()) {
    if (place.step !== null) {
      names.add(place.step);
    }
  }
  return [...names];
}
