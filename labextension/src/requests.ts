/** Everything that is asked of the server extension; nothing else of the front end knows its routes. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type {
  BundleStart,
  BundleWritten,
  Comparison,
  ConversionReport,
  ConversionStart,
  ConversionStarted,
  JobStart,
  JobWritten,
  NotebookAnalysis,
  NotebookRequest,
  LabelChanges,
  LabelStart,
  OpeningStart,
  Pipelines,
  Problem,
  ReproductionReport,
  ReproductionStart,
  RestorationStart,
  RunDetail,
  RunPage,
  RunRestored,
  RunStart,
  RunStarted,
  RunState,
  RunSummary,
  ScheduleChange,
  ScheduleHistory,
  ScheduleRemoved,
  Schedules,
  ScheduleStart,
  ScheduleView,
  ServiceView,
  Status,
  StepLogText,
  StepOpened,
  Suggestions,
  Sweeps,
  SweepStart,
  SweepView,
  Tick,
  TimingPreview,
  Trace,
  VerificationReport,
  VerificationStart
} from './types';

/** A request that was not done; `problem` is what the server said. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem
  ) {
    super(problem.fix ? `${problem.message}\n${problem.fix}` : problem.message);
  }
}

/** Which runs a list holds. */
export interface RunQuery {
  readonly notebook?: string;
  readonly state?: RunState;
  readonly after?: string;
  readonly limit?: number;
}

/** Which schedules a list holds. */
export interface ScheduleQuery {
  readonly notebook?: string;
  readonly after?: string;
}

/** A timing that is being typed. */
export type TimingQuery = Pick<ScheduleStart, 'cron' | 'zone' | 'every' | 'at'>;

/** A typed client of the server extension. */
export class Requests {
  constructor(readonly settings: ServerConnection.ISettings) {}

  status(): Promise<Status> {
    return this.get('status');
  }

  analyse(body: NotebookRequest): Promise<NotebookAnalysis> {
    return this.post('analyses', body);
  }

  suggest(body: NotebookRequest): Promise<Suggestions> {
    return this.post('suggestions', body);
  }

  runs(query: RunQuery = {}): Promise<RunPage> {
    return this.get('runs', { ...query });
  }

  start(body: RunStart): Promise<RunStarted> {
    return this.post('runs', body);
  }

  run(run: string): Promise<RunDetail> {
    return this.get(route('runs', run));
  }

  cancel(run: string): Promise<RunSummary> {
    return this.post(route('runs', run, 'cancel'), {});
  }

  stepNotebook(run: string, step: string): Promise<object> {
    return this.get(route('runs', run, 'steps', step, 'notebook'));
  }

  stepLog(run: string, step: string): Promise<StepLogText> {
    return this.get(route('runs', run, 'steps', step, 'log'));
  }

  compare(a: string, b: string): Promise<Comparison> {
    return this.get('comparisons', { a, b });
  }

  pipelines(): Promise<Pipelines> {
    return this.get('pipelines');
  }

  bundle(body: BundleStart): Promise<BundleWritten> {
    return this.post('bundles', body);
  }

  verify(body: VerificationStart): Promise<RunStarted> {
    return this.post('verifications', body);
  }

  verification(run: string): Promise<VerificationReport> {
    return this.get(route('verifications', run));
  }

  trace(of: string): Promise<Trace> {
    return this.get('traces', { of });
  }

  convert(body: ConversionStart): Promise<ConversionStarted> {
    return this.post('conversions', body);
  }

  conversion(name: string): Promise<ConversionReport> {
    return this.get(route('conversions', name));
  }

  cancelConversion(name: string): Promise<ConversionReport> {
    return this.post(route('conversions', name, 'cancel'), {});
  }

  writeJob(name: string, body: JobStart): Promise<JobWritten> {
    return this.post(route('conversions', name, 'job'), body);
  }

  reproduce(body: ReproductionStart): Promise<RunStarted> {
    return this.post('reproductions', body);
  }

  reproduction(run: string): Promise<ReproductionReport> {
    return this.get(route('reproductions', run));
  }

  restore(body: RestorationStart): Promise<RunRestored> {
    return this.post('restorations', body);
  }

  openStep(body: OpeningStart): Promise<StepOpened> {
    return this.post('openings', body);
  }

  label(body: LabelStart): Promise<LabelChanges> {
    return this.post('labels', body);
  }

  schedules(query: ScheduleQuery = {}): Promise<Schedules> {
    return this.get('schedules', { ...query });
  }

  addSchedule(body: ScheduleStart): Promise<ScheduleView> {
    return this.post('schedules', body);
  }

  changeSchedule(name: string, body: ScheduleChange): Promise<ScheduleView> {
    return this.ask(route('schedules', name), { method: 'PATCH', body: JSON.stringify(body) });
  }

  removeSchedule(name: string): Promise<ScheduleRemoved> {
    return this.ask(route('schedules', name), { method: 'DELETE' });
  }

  pauseSchedule(name: string): Promise<ScheduleView> {
    return this.post(route('schedules', name, 'pause'), {});
  }

  resumeSchedule(name: string): Promise<ScheduleView> {
    return this.post(route('schedules', name, 'resume'), {});
  }

  runNow(name: string): Promise<Tick> {
    return this.post(route('schedules', name, 'ticks'), {});
  }

  ticks(name: string, limit: number): Promise<ScheduleHistory> {
    return this.get(route('schedules', name, 'ticks'), { limit });
  }

  timing(query: TimingQuery): Promise<TimingPreview> {
    return this.get('timings', { ...query });
  }

  sweeps(notebook?: string): Promise<Sweeps> {
    return this.get('sweeps', { notebook });
  }

  beginSweep(body: SweepStart): Promise<SweepView> {
    return this.post('sweeps', body);
  }

  sweep(name: string): Promise<SweepView> {
    return this.get(route('sweeps', name));
  }

  cancelSweep(name: string): Promise<SweepView> {
    return this.post(route('sweeps', name, 'cancel'), {});
  }

  service(): Promise<ServiceView> {
    return this.get('service');
  }

  startService(): Promise<ServiceView> {
    return this.post('service', {});
  }

  /** Where a browser finds the run as one page. */
  reportUrl(run: string): string {
    return this.page(route('runs', run, 'report'));
  }

  /** Where a browser finds a trace as one page. */
  tracePageUrl(of: string): string {
    return this.page('traces/page', { of });
  }

  /** Where a browser finds a sweep's table as one page. */
  sweepPageUrl(name: string): string {
    return this.page(route('sweeps', name, 'page'));
  }

  /** Where a browser finds a comparison as one page. */
  comparisonPageUrl(a: string, b: string): string {
    return this.page('comparisons/page', { a, b });
  }

  /** A socket that sends every event of the run, from its beginning. */
  events(run: string): WebSocket {
    const { wsUrl, token, appendToken, WebSocket } = this.settings;
    const query = appendToken && token ? `?token=${encodeURIComponent(token)}` : '';
    return new WebSocket(URLExt.join(wsUrl, 'mlops', route('runs', run, 'events')) + query);
  }

  private page(path: string, query: Record<string, string> = {}): string {
    const { baseUrl, token, appendToken } = this.settings;
    const search = new URLSearchParams({ ...query, ...(appendToken && token && { token }) }).toString();
    return URLExt.join(baseUrl, 'mlops', path) + (search && `?${search}`);
  }

  private get<T>(path: string, query: Record<string, unknown> = {}): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return this.ask(given.length ? `${path}?${search.toString()}` : path, { method: 'GET' });
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.ask(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'mlops', path);
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    const text = await response.text();
    if (!response.ok) {
      throw new RequestError(response.status, problemOf(text, response));
    }
    return JSON.parse(text) as T;
  }
}

function route(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function problemOf(text: string, response: Response): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    if (problem && typeof problem === 'object' && 'message' in problem) {
      return { error: response.statusText, ...problem } as Problem;
    }
  } catch {
    // what answers is not the extension
  }
  return { error: 'Error', message: `${response.status} ${response.statusText}` };
}

/** What went wrong, as sentences for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
