/** What the steps write while they run. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { LiveRun, OutputLine } from '../model/run';
import { plain } from '../model/text';

/** The text, scrolled to its end as long as the reader does not scroll away from it. */
export function Output(props: { live: LiveRun; trans: TranslationBundle }): React.ReactElement | null {
  return <Lines lines={props.live.output} label={props.trans.__('Output of the run')} />;
}

/** Lines of output under the names of their steps. */
export function Lines(props: {
  lines: readonly OutputLine[];
  label: string;
}): React.ReactElement | null {
  const { lines } = props;
  const box = React.useRef<HTMLPreElement>(null);
  const end = React.useRef(true);
  React.useLayoutEffect(() => {
    if (end.current && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [lines]);
  if (!lines.length) {
    return null;
  }
  return (
    <pre
      ref={box}
      className="jp-mlops-Output"
      role="log"
      tabIndex={0}
      aria-label={props.label}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        end.current = scrollTop + clientHeight > scrollHeight - 8;
      }}
    >
      {lines.map((line, index) => (
        <React.Fragment key={index}>
          {line.step !== (lines[index - 1]?.step ?? '') && line.step && (
            <span className="jp-mlops-Output-step">{`── ${line.step}\n`}</span>
          )}
          <span data-stream={line.stream}>{plain(line.text)}</span>
          {line.stream === 'display' && !line.text.endsWith('\n') && '\n'}
        </React.Fragment>
      ))}
    </pre>
  );
}
