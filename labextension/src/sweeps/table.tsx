/** A sweep as one table: what varies, and what came of it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { between, brief, duration } from '../model/text';
import { State } from '../panel/state';
import type { SweepView } from '../types';

/** The table. */
export function SweepTable(props: {
  view: SweepView;
  trans: TranslationBundle;
  openRun: (run: string) => void;
}): React.ReactElement {
  const { view, trans } = props;
  const { sweep, combinations } = view.report;
  return (
    <table className="jp-mlops-Table">
      <caption>{view.summary}</caption>
      <thead>
        <tr>
          {sweep.parameters.map(name => (
            <th scope="col" key={`parameter ${name}`}>
              <code>{name}</code>
            </th>
          ))}
          <th scope="col">{trans.__('State')}</th>
          {view.columns.map(column => (
            <th scope="col" key={`${column.step} ${column.name}`}>
              {column.head}
            </th>
          ))}
          <th scope="col">{trans.__('Duration')}</th>
          <th scope="col">{trans.__('Run')}</th>
        </tr>
      </thead>
      <tbody>
        {combinations.map(one => (
          <tr key={one.number}>
            {sweep.parameters.map(name => (
              <td key={`parameter ${name}`}>{brief(one.values[name])}</td>
            ))}
            <td title={one.error}>
              {one.state === 'missing' ? trans.__('not begun') : <State state={one.state} trans={trans} />}
            </td>
            {view.columns.map(column => (
              <td key={`${column.step} ${column.name}`}>{brief(one.metrics[column.step]?.[column.name] ?? '')}</td>
            ))}
            <td>{duration(between(one.started, one.ended))}</td>
            <td>
              {one.run && (
                <button type="button" className="jp-mlops-Link" onClick={() => props.openRun(one.run!)}>
                  {one.run}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
