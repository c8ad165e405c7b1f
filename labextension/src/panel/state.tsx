/** States as glyph and word; colour is never the only sign. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Any state of a run, a step or a comparison. */
export type AnyState = string;

const GLYPHS: Readonly<Record<string, string>> = {
  pending: '○',
  queued: '○',
  starting: '○',
  missed: '–',
  active: '●',
  paused: '‖',
  ended: '■',
  invalid: '✗',
  running: '●',
  succeeded: '✓',
  reused: '↺',
  failed: '✗',
  skipped: '–',
  cancelled: '■',
  lost: '?'
};

/** The glyph of a state. */
export function glyph(state: AnyState): string {
  return GLYPHS[state] ?? '';
}

/** The word of a state. */
export function stateWord(trans: TranslationBundle, state: AnyState): string {
  switch (state) {
    case 'pending':
    case 'queued':
      return trans.__('waiting');
    case 'starting':
      return trans.__('starting');
    case 'missed':
      return trans.__('missed');
    case 'active':
      return trans.__('active');
    case 'paused':
      return trans.__('paused');
    case 'ended':
      return trans.__('ended');
    case 'invalid':
      return trans.__('set aside');
    case 'running':
      return trans.__('running');
    case 'succeeded':
      return trans.__('succeeded');
    case 'reused':
      return trans.__('reused');
    case 'failed':
      return trans.__('failed');
    case 'skipped':
      return trans.__('skipped');
    case 'cancelled':
      return trans.__('cancelled');
    case 'lost':
      return trans.__('lost');
    default:
      return state;
  }
}

/** Glyph and word. */
export function State(props: { state: AnyState; trans: TranslationBundle; short?: boolean }): React.ReactElement {
  const word = stateWord(props.trans, props.state);
  return (
    <span className="jp-mlops-State" data-state={props.state} title={word}>
      <span className="jp-mlops-State-glyph" aria-hidden="true">
        {glyph(props.state)}
      </span>
      {props.short ? <span className="jp-mlops-Hidden">{word}</span> : <span>{word}</span>}
    </span>
  );
}
