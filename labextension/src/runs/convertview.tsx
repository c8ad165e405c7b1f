/** An old notebook on its way to a job: tried, looked at, accepted piece by piece, written. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { jobFolder, levelWords, piecesOf, unevenCells, type Piece } from '../model/conversion';
import { messageOf } from '../requests';
import type { IPipelines } from '../tokens';
import type { Conversion, ConversionReport } from '../types';

const LOOK_MS = 1000;

/** The preview. */
export function ConvertView(props: {
  pipelines: IPipelines;
  path: string;
  openNotebook: (path: string) => void;
}): React.ReactElement {
  const { pipelines, path } = props;
  const { requests, trans } = pipelines;
  const [report, setReport] = React.useState<ConversionReport | null>(null);
  const [refused, setRefused] = React.useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = React.useState<ReadonlySet<string>>(new Set());
  const [steps, setSteps] = React.useState(true);
  const [network, setNetwork] = React.useState(false);
  const [problem, setProblem] = React.useState('');
  const [folder, setFolder] = React.useState(jobFolder(path));
  const act = (work: () => Promise<void>): void => {
    setProblem('');
    work().catch((error: unknown) => setProblem(messageOf(error)));
  };
  const begin = (): void =>
    act(async () => {
      const without = [...refused];
      const { conversion } = await requests.convert({
        path,
        steps,
        allow_network: network,
        engine: pipelines.settings.values.engine,
        refused: without
      });
      setWanted(new Set(without));
      setReport(await requests.conversion(conversion));
    });
  const running = report?.state === 'running';
  React.useEffect(() => {
    if (!report || report.state !== 'running') {
      return undefined;
    }
    const next = window.setTimeout(() => {
      act(async () => setReport(await requests.conversion(report.conversion)));
    }, LOOK_MS);
    return () => window.clearTimeout(next);
  }, [report]);
  const found = report?.found ?? null;
  const changed = refused.size !== wanted.size || [...refused].some(name => !wanted.has(name));
  return (
    <div className="jp-mlops-Convert" data-state={found?.state ?? report?.state ?? 'new'}>
      <h2>{trans.__('Convert %1', path)}</h2>
      <p className="jp-mlops-Quiet">
        {trans.__('The notebook is only read. It is tried in several environments, mended, and compared with its stored outputs.')}
      </p>
      <div className="jp-mlops-Row">
        <label>
          <input type="checkbox" checked={steps} disabled={running} onChange={event => setSteps(event.target.checked)} />
          {trans.__('Propose steps')}
        </label>
        <label>
          <input type="checkbox" checked={network} disabled={running} onChange={event => setNetwork(event.target.checked)} />
          {trans.__('Allow the network; what is read there is kept')}
        </label>
        <span className="jp-mlops-Spring" />
        {running ? (
          <button
            type="button"
            className="jp-mlops-Button jp-mod-warn"
            onClick={() => act(async () => setReport(await requests.cancelConversion(report.conversion)))}
          >
            {trans.__('Cancel conversion')}
          </button>
        ) : (
          <button
            type="button"
            className={`jp-mlops-Button${found && !changed ? '' : ' jp-mod-primary'}`}
            onClick={begin}
          >
            {found ? trans.__('Convert again') : trans.__('Try the conversion')}
          </button>
        )}
      </div>
      {problem && <p className="jp-mlops-Notice" role="alert">{problem}</p>}
      {report && !found && (
        <section role="status" aria-label={trans.__('Progress')}>
          <p>{stateWords(report, trans)}</p>
          <pre className="jp-mlops-Diff">{report.lines.slice(-12).join('\n')}</pre>
        </section>
      )}
      {found && <Verdict found={found} trans={trans} />}
      {found && (
        <Pieces
          pieces={piecesOf(found.patches)}
          gone={[...wanted]}
          refused={refused}
          trans={trans}
          onToggle={name => setRefused(toggled(refused, name))}
        />
      )}
      {found && (
        <form
          className="jp-mlops-Row"
          onSubmit={event => {
            event.preventDefault();
            act(async () => props.openNotebook((await requests.writeJob(report!.conversion, { folder })).notebook));
          }}
        >
          <label htmlFor="jp-mlops-job">{trans.__('Folder')}</label>
          <input id="jp-mlops-job" value={folder} onChange={event => setFolder(event.target.value)} />
          <button type="submit" className="jp-mlops-Button jp-mod-primary" disabled={changed || !folder}>
            {trans.__('Write the job')}
          </button>
          {changed && <span className="jp-mlops-Quiet">{trans.__('Convert again first: your choice has changed.')}</span>}
        </form>
      )}
    </div>
  );
}

function Verdict(props: { found: Conversion; trans: TranslationBundle }): React.ReactElement {
  const { found, trans } = props;
  const { oracle, environment } = found;
  const facts: readonly (readonly [string, string])[] = [
    [trans.__('Result'), found.cause ? `${found.state}: ${found.cause}` : found.state],
    [trans.__('Next'), found.cause ? found.next : ''],
    [trans.__('Stored texts equal'), trans.__('%1 of %2', oracle.equal_l2, oracle.text_outputs)],
    [trans.__('Images alike'), trans.__('%1 of %2', oracle.equal_images, oracle.images)],
    [trans.__('Cells'), levelWords(found.cells).join(', ')],
    [trans.__('Environment'), environment ? `${environment.name} (${environment.source})` : ''],
    [trans.__('Steps'), found.steps.join(', ')]
  ];
  return (
    <section aria-label={trans.__('Verdict')}>
      <table className="jp-mlops-Table">
        <tbody>
          {facts.filter(([, value]) => value).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unevenCells(found).map(cell => (
        <p key={cell.id}>{trans.__('cell %1 (%2): %3', cell.cell, cell.level, cell.why)}</p>
      ))}
    </section>
  );
}

function Pieces(props: {
  pieces: readonly Piece[];
  gone: readonly string[];
  refused: ReadonlySet<string>;
  trans: TranslationBundle;
  onToggle: (name: string) => void;
}): React.ReactElement {
  const { pieces, refused, trans } = props;
  const box = (name: string, optional: boolean, words: string): React.ReactElement => (
    <label>
      <input
        type="checkbox"
        checked={!refused.has(name)}
        disabled={!optional}
        onChange={() => props.onToggle(name)}
      />
      {words}
    </label>
  );
  const where = (cell: number): string => (cell ? trans.__('cell %1', cell) : trans.__('the notebook'));
  return (
    <section aria-label={trans.__('Changes')}>
      <h3>{trans.__('Changes')}</h3>
      <ul className="jp-mlops-Pieces">
        {pieces.map(({ name, rule, cell, patches, optional }) => (
          <li key={name} data-piece={name}>
            {box(name, optional, `${rule}, ${where(cell)}`)}
            {patches.map((patch, index) => (
              <details key={index}>
                <summary>{trans.__('%1 (%2 % sure)', patch.reason, Math.round(patch.confidence * 100))}</summary>
                {patch.before && <pre aria-label={trans.__('Before')} data-side="before">{patch.before}</pre>}
                {patch.after && <pre aria-label={trans.__('After')} data-side="after">{patch.after}</pre>}
              </details>
            ))}
          </li>
        ))}
        {props.gone.map(name => (
          <li key={name} data-piece={name}>
            {box(name, true, trans.__('%1: refused', name))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names);
  if (!next.delete(name)) {
    next.add(name);
  }
  return next;
}

function stateWords(report: ConversionReport, trans: TranslationBundle): string {
  return {
    running: trans.__('Converting…'),
    done: '',
    cancelled: trans.__('It was cancelled.'),
    failed: report.message,
    lost: trans.__('The process that converted it died.')
  }[report.state];
}
