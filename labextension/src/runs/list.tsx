/** A list of runs, newest first: find, open, pick two to compare. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { matches } from '../model/runs';
import { between, duration, moment } from '../model/text';
import { State } from '../panel/state';
import type { RunSummary } from '../types';
import { LabelChips } from './labels';

/** The list. */
export function RunList(props: {
  runs: readonly RunSummary[];
  trans: TranslationBundle;
  /** True to say of which notebook each run is. */
  notebooks?: boolean;
  open: (run: string) => void;
  compare: (a: string, b: string) => void;
}): React.ReactElement {
  const { runs, trans } = props;
  const [query, setQuery] = React.useState('');
  const [picked, setPicked] = React.useState<readonly string[]>([]);
  const found = runs.filter(run => matches(run, query));
  const toggle = (run: string): void =>
    setPicked(picked.includes(run) ? picked.filter(name => name !== run) : [...picked.slice(-1), run]);
  const older = runs.filter(run => picked.includes(run.run)).reverse();
  return (
    <div className="jp-mlops-Runs">
      <div className="jp-mlops-Row">
        <input
          type="search"
          className="jp-mlops-Search"
          aria-label={trans.__('Find runs')}
          placeholder={trans.__('Find: state, parameter, change…')}
          value={query}
          onChange={event => setQuery(event.target.value)}
        />
        <button
          type="button"
          className="jp-mlops-Button jp-mod-small"
          disabled={older.length !== 2}
          title={trans.__('Pick two runs to compare them')}
          onClick={() => props.compare(older[0]!.run, older[1]!.run)}
        >
          {trans.__('Compare')}
        </button>
      </div>
      <ul className="jp-mlops-RunList" aria-label={trans.__('Runs')}>
        {found.map(run => (
          <li key={run.run} data-run={run.run} data-state={run.state}>
            <input
              type="checkbox"
              aria-label={trans.__('Compare %1', run.run)}
              checked={picked.includes(run.run)}
              onChange={() => toggle(run.run)}
            />
            <button type="button" className="jp-mlops-RunRow" title={run.run} onClick={() => props.open(run.run)}>
              <span className="jp-mlops-RunRow-head">
                <State state={run.state} trans={trans} />
                <span>{duration(between(run.started, run.ended))}</span>
                <span className="jp-mlops-RunRow-time">{moment(run.started)}</span>
              </span>
              <LabelChips labels={run.labels} trans={trans} />
              {props.notebooks && <span className="jp-mlops-RunRow-line">{run.path ?? run.notebook}</span>}
              <span className="jp-mlops-RunRow-line jp-mlops-Quiet">
                {run.changes.length ? trans.__('changed: %1', run.changes.join(', ')) : run.reason}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {!found.length && <p className="jp-mlops-Quiet">{trans.__('No run matches.')}</p>}
    </div>
  );
}
