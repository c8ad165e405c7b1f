/** A metric over the last runs, as a line with its last value. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { points, seriesOf, type Series } from '../model/metrics';
import { brief } from '../model/text';
import type { RunSummary } from '../types';

const WIDTH = 96;
const HEIGHT = 20;

/** Every metric of the runs. */
export function Metrics(props: {
  runs: readonly RunSummary[];
  trans: TranslationBundle;
}): React.ReactElement | null {
  const series = seriesOf(props.runs);
  if (!series.length) {
    return null;
  }
  return (
    <section className="jp-mlops-Metrics" aria-label={props.trans.__('Metrics of the last runs')}>
      {series.map(one => (
        <div key={`${one.step} ${one.name}`} className="jp-mlops-Metric">
          <span className="jp-mlops-Metric-name" title={`${one.step} · ${one.name}`}>
            {one.name}
          </span>
          <Sparkline series={one} trans={props.trans} />
          <span className="jp-mlops-Metric-value">{brief(one.values.at(-1)?.value)}</span>
        </div>
      ))}
    </section>
  );
}

function Sparkline({ series, trans }: { series: Series; trans: TranslationBundle }): React.ReactElement {
  const values = series.values.map(({ value }) => value);
  const line = points(values, WIDTH - 6, HEIGHT - 6).map(({ x, y }) => ({ x: x + 3, y: y + 3 }));
  const last = line.at(-1);
  const said = trans.__('%1 over %2 runs: %3', series.name, values.length, values.map(v => brief(v)).join(', '));
  return (
    <svg role="img" aria-label={said} width={WIDTH} height={HEIGHT} className="jp-mlops-Sparkline">
      <title>{said}</title>
      <polyline points={line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {last && <circle cx={last.x} cy={last.y} r={2.5} />}
    </svg>
  );
}
