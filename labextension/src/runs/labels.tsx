/** Aliases and tags of a run. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { labelWords } from '../model/past';
import type { Labels } from '../types';

/** A chip for each; nothing without one. */
export function LabelChips({ labels, trans }: { labels: Labels; trans: TranslationBundle }): React.ReactElement | null {
  const words = labelWords(labels);
  return words.length ? (
    <span className="jp-mlops-Labels" aria-label={trans.__('Labels')} title={labels.note}>
      {words.map(word => (
        <span key={word} className="jp-mlops-Label-chip">
          {word}
        </span>
      ))}
    </span>
  ) : null;
}
