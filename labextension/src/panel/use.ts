/** Hooks that tie React to signals and requests. */

import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Draw anew whenever the signal is emitted. */
export function useSignal<S, T>(signal: ISignal<S, T> | null | undefined): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    if (!signal) {
      return undefined;
    }
    signal.connect(redraw);
    redraw();
    return () => {
      signal.disconnect(redraw);
    };
  }, [signal]);
}

/** Call again and again while somebody can see the page. */
export function useEvery(milliseconds: number, call: () => void): void {
  React.useEffect(() => {
    const timer = window.setInterval(() => document.hidden || call(), milliseconds);
    return () => window.clearInterval(timer);
  }, []);
}

/** What a request answers; asked again when a dependency changes. */
export type Answer<T> =
  | { readonly kind: 'asked' }
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Ask, and draw with the answer; the last answer stays until the next is there. */
export function useAnswer<T>(ask: () => Promise<T>, deps: React.DependencyList): Answer<T> {
  const [answer, setAnswer] = React.useState<Answer<T>>({ kind: 'asked' });
  React.useEffect(() => {
    let current = true;
    ask().then(
      value => current && setAnswer({ kind: 'known', value }),
      (error: unknown) => current && setAnswer({ kind: 'failed', error })
    );
    return () => {
      current = false;
    };
  }, deps);
  return answer;
}
