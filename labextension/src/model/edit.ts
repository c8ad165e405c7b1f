/** The one-click fix of a finding, applied to the text and the tags of its cell. */

import type { Edit } from '../types';

/** What an edit can change. */
export interface Editable {
  readonly source: string;
  readonly tags: readonly string[];
}

/** The cell after the edit, or null if the cell has changed since and the edit no longer fits. */
export function applyEdit(cell: Editable, edit: Edit): Editable | null {
  switch (edit.kind) {
    case 'replace-line': {
      const lines = cell.source.split('\n');
      const index = (edit.line ?? 0) - 1;
      if (lines[index] !== edit.old) {
        return null;
      }
      lines[index] = edit.new;
      return { ...cell, source: lines.join('\n') };
    }
    case 'add-tag':
      return cell.tags.includes(edit.new) ? null : { ...cell, tags: [...cell.tags, edit.new] };
    case 'remove-tag':
      return cell.tags.includes(edit.old)
        ? { ...cell, tags: cell.tags.filter(tag => tag !== edit.old) }
        : null;
    case 'replace-tag':
      return cell.tags.includes(edit.old)
        ? { ...cell, tags: cell.tags.map(tag => (tag === edit.old ? edit.new : tag)) }
        : null;
  }
}
