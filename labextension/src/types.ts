// Made from the Python model by scripts/generate-types; edit the model.

export type AlertKind =
  | 'alert'
  | 'hook';

export type AlertState =
  | 'active'
  | 'paused'
  | 'invalid';

export type ArtifactKind =
  | 'file'
  | 'variables'
  | 'figure'
  | 'executed notebook'
  | 'source notebook'
  | 'stage notebook'
  | 'lock';

export type Basis =
  | 'possible'
  | 'observed';

export type Became =
  | 'changed'
  | 'gone'
  | 'new';

export type CauseKind =
  | 'code'
  | 'data'
  | 'parameter'
  | 'seed'
  | 'engine'
  | 'packages'
  | 'python'
  | 'package'
  | 'image'
  | 'system'
  | 'setting'
  | 'environment'
  | 'host'
  | 'unknown';

export type CellState =
  | 'same'
  | 'differs'
  | 'refused'
  | 'not deterministic'
  | 'not run';

export type CombinationState =
  | 'missing'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'lost';

export type ConsequenceKind =
  | 'outcome'
  | 'metric'
  | 'output'
  | 'file'
  | 'variable'
  | 'state';

export type ConversionState =
  | 'converted'
  | 'refused';

export type DeliveryState =
  | 'queued'
  | 'sending'
  | 'delivered'
  | 'failed'
  | 'withheld'
  | 'cancelled';

export type Effect =
  | 'bound'
  | 'may be bound'
  | 'may be changed'
  | 'may be deleted'
  | 'created'
  | 'changed'
  | 'joined'
  | 'deleted';

export type EngineName =
  | 'auto'
  | 'docker'
  | 'local';

export type EntryState =
  | 'begun'
  | 'done'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'lost';

export type FileEffect =
  | 'may be written'
  | 'written'
  | 'deleted';

export type How =
  | 'made'
  | 'read'
  | 'received';

export type ItemKind =
  | 'step'
  | 'cell'
  | 'variables'
  | 'file'
  | 'metric';

export type LabelKind =
  | 'tag'
  | 'note'
  | 'alias';

export type LedgerProblemKind =
  | 'changed entry'
  | 'removed entry'
  | 'moved entry'
  | 'broken chain'
  | 'truncated ledger'
  | 'false checkpoint'
  | 'unsigned ledger'
  | 'changed object'
  | 'removed object'
  | 'run not in the ledger';

export type Level =
  | 'L0'
  | 'L1'
  | 'L2'
  | 'L3'
  | 'differs'
  | 'varies'
  | 'not reached';

export type Missed =
  | 'skip'
  | 'once'
  | 'all';

export type Origin =
  | 'default'
  | 'command line'
  | 'file'
  | 'request'
  | 'earlier run';

export type Outside =
  | 'parameters'
  | 'shared';

export type Overlap =
  | 'skip'
  | 'queue'
  | 'cancel'
  | 'allow';

export type PlaceRole =
  | 'parameters'
  | 'shared'
  | 'code'
  | 'check'
  | 'metrics'
  | 'skip';

export type Role =
  | 'code'
  | 'check'
  | 'metrics';

export type RunState =
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'lost';

export type ScheduleState =
  | 'active'
  | 'paused'
  | 'ended'
  | 'invalid';

export type Severity =
  | 'error'
  | 'warning';

export type StepState =
  | 'pending'
  | 'running'
  | 'succeeded'
  | 'reused'
  | 'failed'
  | 'skipped'
  | 'cancelled';

export type SweepState =
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'incomplete';

export type TickState =
  | 'queued'
  | 'starting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'lost'
  | 'skipped'
  | 'missed';

export type TimingKind =
  | 'cron'
  | 'interval'
  | 'once'
  | 'event';

export type Use =
  | 'may read'
  | 'read'
  | 'not read';

export type Verdict =
  | 'identical'
  | 'equal'
  | 'not deterministic'
  | 'differs';

export type Way =
  | 'message'
  | 'webhook'
  | 'command'
  | 'github';

/** Something that a run needs to be made again and that the file does not hold. */
export interface Absent {
  /** `file`, `packages` or `image`. */
  readonly kind: string;
  /** path of the file, digest of the lock, id of the image. */
  readonly name: string;
  /** one sentence. */
  readonly why: string;
  /** of the bytes, where it is known. */
  readonly digest: string | null;
}

/**
 * Somebody who is told of runs: a person, by a message; or a program, which is a hook.
 *
 * Field names don't change.
 */
export interface Alert {
  /** unique in a store, among alerts and hooks. */
  readonly name: string;
  /** `message` to people through Apprise; `webhook`, `command` or `github` (a repository dispatch) for programs. */
  readonly way: Way;
  /** where it goes: the command, the address of the repository, or where the URL is kept: `env:NAME`, `file:PATH`, or `kept:FILE` in the store's private folder. */
  readonly to: string;
  /** `to` for people, without secrets. */
  readonly shown: string;
  /** where the key of a webhook's signature or GitHub's token is kept, or empty. */
  readonly secret: string;
  /** what it is told of: `failure`, `recovery`, `lateness`, `duration` (or `duration:3`), `metric:accuracy<0.9`, `success`. */
  readonly on: readonly string[];
  /** conditions such as `accuracy>=0.9` without which a success is not told. */
  readonly checks: readonly string[];
  /** absolute path: only its runs; None: those of all. */
  readonly notebook: string | null;
  /** only the runs of the schedule of this name; None: those of all. */
  readonly schedule: string | null;
  /** True for runs that no schedule made, too. */
  readonly by_hand: boolean;
  /** seconds after which a tick that has not begun is late. */
  readonly begins_within: number;
  /** seconds after which a run that has not ended is late, or None. */
  readonly ends_within: number | null;
  /** seconds after which the same trouble is told again while it lasts. */
  readonly repeat: number;
  /** of a repository dispatch. */
  readonly event_type: string;
  /** who made it. */
  readonly user: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** absolute path of the file that it was applied from; empty if it was made by hand. */
  readonly file: string;
}

/** What is to change of an alert or a hook; what is null or left out stays as it is. */
export interface AlertChange {
  /** as of a new one; alerts stay alerts and hooks stay hooks. */
  readonly way?: Way | null;
  /** as of a new one. */
  readonly to?: string | null;
  /** as of a new one. */
  readonly secret?: string | null;
  /** as of a new one. */
  readonly on?: readonly string[] | null;
  /** as of a new one. */
  readonly checks?: readonly string[] | null;
  /** as of a new one; empty for all. */
  readonly path?: string | null;
  /** as of a new one; empty for all. */
  readonly schedule?: string | null;
  /** as of a new one. */
  readonly by_hand?: boolean | null;
  /** as of a new one; `ends_within` may be `never`. */
  readonly begins_within?: string | null;
  /** as of a new one; `ends_within` may be `never`. */
  readonly ends_within?: string | null;
  /** as of a new one; `ends_within` may be `never`. */
  readonly repeat?: string | null;
  /** as of a new one. */
  readonly event_type?: string | null;
}

/** An alert or a hook that is gone; its history stays. */
export interface AlertRemoved {
  /** its name. */
  readonly removed: string;
}

/** An alert or a hook as it stands. Field names don't change. */
export interface AlertReport {
  /** what was asked for; None if what is on record of it cannot be read. */
  readonly alert: Alert | null;
  /** of the alert. */
  readonly name: string;
  /** `alert` or `hook`. */
  readonly kind: AlertKind;
  /** `active`, `paused` or `invalid`: set aside. */
  readonly state: AlertState;
  /** why it was set aside, or empty. */
  readonly why: string;
  /** what is wrong now, as far as this alert knows. */
  readonly troubles: readonly Trouble[];
  /** how many deliveries wait, and how many were given up. */
  readonly waiting: number;
  /** how many deliveries wait, and how many were given up. */
  readonly failed: number;
  /** its latest delivery, or None. */
  readonly last: Delivery | null;
}

/** Somebody who is to be told of what becomes of runs. Durations are texts, such as `5m`. */
export interface AlertStart {
  /** unique among alerts and hooks. */
  readonly name: string;
  /** `message` to people, which makes it an alert; `webhook`, `command` or `github` for programs, which makes it a hook. */
  readonly way: Way;
  /** Apprise's URL, the webhook's URL, the command, or `OWNER/NAME` of the repository; better `env:NAME` or `file:PATH` on the server, where a URL is kept. */
  readonly to: string;
  /** key of a webhook's signature or GitHub's token: better `env:NAME` or `file:PATH`. */
  readonly secret?: string | null;
  /** what it is told of, such as `failure` or `metric:accuracy<0.9`; null for what is usual. */
  readonly on?: readonly string[] | null;
  /** conditions such as `accuracy>=0.9` without which a success is not told. */
  readonly checks?: readonly string[] | null;
  /** only runs of the notebook there, relative to the contents root. */
  readonly path?: string | null;
  /** only runs of the schedule of this name. */
  readonly schedule?: string | null;
  /** True for runs that no schedule made, too. */
  readonly by_hand?: boolean | null;
  /** a tick that begins later is late; null for `5m`. */
  readonly begins_within?: string | null;
  /** a run that ends later is late; null for `never`. */
  readonly ends_within?: string | null;
  /** the same trouble is told again after it; `0` for each run, null for `1d`. */
  readonly repeat?: string | null;
  /** of a repository dispatch; null for `jupyter-mlops`. */
  readonly event_type?: string | null;
}

/** An alert or a hook as it stands. */
export interface AlertView {
  /** what was asked for, its state, what is wrong now and its latest delivery. */
  readonly report: AlertReport;
  /** the notebook of which it tells, relative to the contents root; null for all notebooks, and for one that lies elsewhere. */
  readonly path: string | null;
}

/** Alerts and hooks. */
export interface Alerts {
  /** by name. */
  readonly alerts: readonly AlertView[];
}

/** All that an alias ever named, the first move first. */
export interface AliasHistory {
  readonly moves: readonly AliasMove[];
}

/** One entry in the history of an alias. Field names don't change. */
export interface AliasMove {
  /** orders the changes of all labels. */
  readonly number: number;
  /** its name. */
  readonly alias: string;
  /** what it named before and named then; None: nothing. */
  readonly old: string | null;
  /** what it named before and named then; None: nothing. */
  readonly new: string | null;
  /** who, where and when. */
  readonly user: string;
  /** who, where and when. */
  readonly host: string;
  /** who, where and when. */
  readonly time: string;
}

/** How a run came into a store in which it was not made. */
export interface Arrival {
  /** who took it in, and where; the run's own say who made it. */
  readonly user: string;
  /** who took it in, and where; the run's own say who made it. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** digest of the file that it was in. */
  readonly file: string;
}

/** The certificate of bytes: the execution that made them. */
export interface Birth {
  /** when, by which step, under which name. */
  readonly made: Sighting;
  /** digests of code, stage notebook and source notebook. */
  readonly code: string;
  /** digests of code, stage notebook and source notebook. */
  readonly stage: string;
  /** digests of code, stage notebook and source notebook. */
  readonly source: string;
  /** absolute path of the source notebook then. */
  readonly notebook: string;
  /** what it ran in. */
  readonly environment: Environment;
  /** of the run. */
  readonly reason: string;
  /** why the step was run rather than reused. */
  readonly why: string;
  /** who and where. */
  readonly user: string;
  /** who and where. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly ended: string;
  /** the cell that made them, if that is known: it shows the figure, is the only one of the step, or is the only one that mentions the file by its name. */
  readonly cell: CellCode | null;
  /** the code of the step, its own cells in order; none if it is not in the store. */
  readonly cells: readonly CellCode[];
  /** values that the step received. */
  readonly parameters: { readonly [name: string]: unknown };
  /** what it read, with digests. */
  readonly files: readonly FileRef[];
  /** of the run. */
  readonly git: GitState | null;
}

/** A saved notebook that is to be compiled to a folder. */
export interface BundleStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** where to write, relative to the contents root: a folder that does not exist, is empty, or holds an earlier pipeline. */
  readonly folder: string;
  /** True to lock the environment, for which the package index is asked. */
  readonly lock?: boolean;
  /** as of a run. */
  readonly environment?: string | null;
}

/** A pipeline folder. */
export interface BundleWritten {
  /** relative to the contents root. */
  readonly folder: string;
  /** digest of the compiled pipeline. */
  readonly pipeline: string;
  /** names of the steps. */
  readonly steps: readonly string[];
  /** of the environment's lock, one sentence each. */
  readonly warnings: readonly string[];
  /** warnings about the notebook. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Something that one run was given otherwise than the other. */
export interface Cause {
  /** 1 for the first; causes of earlier steps come first. */
  readonly number: number;
  /** what it is. `seed` is a parameter or an environment variable that seeds; `host` is another machine; `unknown` is what makes a step give something else although all that is on record of it is equal. */
  readonly kind: CauseKind;
  /** of the parameter, package, setting or file; `cell 7` or `step fit` for code. */
  readonly name: string;
  /** those that it was given to, in notebook order; none for a parameter that no compared step received. */
  readonly steps: readonly string[];
  /** what it was in each run, as far as it is short: for files their digests. */
  readonly a: unknown;
  /** what it was in each run, as far as it is short: for files their digests. */
  readonly b: unknown;
  /** a sentence such as `parameter lr 0.1 → 0.2`. */
  readonly text: string;
  /** for code the lines that differ, as a unified diff. */
  readonly diff: string;
  /** for a file that is a table, what differs in it; null if it cannot be read any more. */
  readonly table: TableDiff | null;
}

/** A cell of a step. */
export interface CellCode {
  /** 1-based position in the source notebook; None if it is not there. */
  readonly cell: number | null;
  /** its nbformat id. */
  readonly id: string;
  /** the code as it ran. */
  readonly source: string;
}

/** The exception that ended a step. */
export interface CellError {
  /** exception class name, or `OutOfMemory`, `Timeout`, `Refused`, `EngineLost` … */
  readonly kind: string;
  /** exception text; for `OutOfMemory` limit and peak. */
  readonly message: string;
  /** 1-based position of the cell in the source notebook, or None if no cell raised (killed for memory, timed out, could not start). */
  readonly cell: number | null;
  /** the cell's nbformat id. */
  readonly cell_id: string | null;
  /** 1-based line within the cell. */
  readonly line: number | null;
  /** as the notebook shows it, without colour. */
  readonly traceback: string;
  /** True if a `check` cell raised. */
  readonly check: boolean;
  /** of what the pipeline refuses, such as `ML602`, or empty; `docs/diagnostics` explains it. */
  readonly code: string;
}

/** What became of one code cell. */
export interface CellLevel {
  /** the cell's nbformat id in the converted notebook. */
  readonly id: string;
  /** 1-based position in the old notebook. */
  readonly cell: number;
  /** how its outputs compare. */
  readonly level: Level;
  /** one sentence, where it is not equal. */
  readonly why: string;
}

/** What one code cell is in the pipeline. */
export interface CellPlace {
  /** its nbformat id, or `cell-<position>` where it has none. */
  readonly cell_id: string;
  /** 1-based position among all cells of the notebook. */
  readonly cell: number;
  /** what it is; a cell without text is `code` of the step that it stands in. */
  readonly role: PlaceRole;
  /** the step that it belongs to, or null for one that belongs to all or to none. */
  readonly step: string | null;
  /** True for the cell that begins the step, or begins it again. */
  readonly first: boolean;
}

/** What became of one cell. Field names don't change. */
export interface CellVerdict {
  /** 1-based position among all cells of the notebook. */
  readonly cell: number;
  /** the cell's nbformat id. */
  readonly cell_id: string;
  /** the step that it belongs to; empty for a shared cell. */
  readonly step: string;
  /** `same`; `differs`; `refused` if what the cell needs cannot cross to its step; `not deterministic` if two runs in one kernel differ from one another; `not run` if an error ended the notebook before it in one kernel, too. */
  readonly state: CellState;
  /** one sentence, empty for `same`. */
  readonly why: string;
  /** of the refusal, such as `ML602`, or empty. */
  readonly code: string;
  /** the first difference as a unified diff, or empty. */
  readonly diff: string;
}

/** What a collection took away, or would take. Field names don't change. */
export interface Collected {
  /** True if nothing was removed. */
  readonly dry_run: boolean;
  /** that were followed. */
  readonly rules: Rules;
  /** names of the runs that go. */
  readonly runs: readonly string[];
  /** why each other run stays, by its name. */
  readonly kept: { readonly [name: string]: string };
  /** how many objects go: those of the runs, and what nothing on record refers to. */
  readonly objects: number;
  /** of the objects. */
  readonly bytes: number;
  /** how many of them are only moved aside, until the runs in `waiting_for` end and the next collection. */
  readonly waiting: number;
  /** names of runs under way. */
  readonly waiting_for: readonly string[];
}

/** A collection of garbage that is to be made. */
export interface CollectionStart {
  /** keep so many newest runs of each notebook; 0 for no such rule. */
  readonly keep_last?: number;
  /** keep the runs of so many last days; 0 for no such rule. Without either rule those of the settings hold. */
  readonly keep_days?: number;
}

/** A column that two tables don't have alike. */
export interface ColumnPair {
  /** its name. */
  readonly name: string;
  /** its types; null where a table lacks it. */
  readonly a: string | null;
  /** its types; null where a table lacks it. */
  readonly b: string | null;
  /** rows in which the values differ, if both tables have it and equally many rows. */
  readonly cells: number | null;
}

/** One combination of a sweep as it stands. Field names don't change. */
export interface Combination {
  /** from 1. */
  readonly number: number;
  /** of the parameters that vary. */
  readonly values: { readonly [name: string]: unknown };
  /** that of its newest run; `missing` if none was begun. */
  readonly state: CombinationState;
  /** that run's name, or None. */
  readonly run: string | null;
  /** ISO 8601, UTC, or None. */
  readonly started: string | null;
  /** ISO 8601, UTC, or None. */
  readonly ended: string | null;
  /** how many the run has. */
  readonly steps: number;
  /** how many of them rest on a result that was on record already. */
  readonly reused: number;
  /** by step, and by name. */
  readonly metrics: { readonly [name: string]: { readonly [name: string]: unknown } };
  /** why it failed, one sentence, or empty. */
  readonly error: string;
}

/** What differs between two runs. */
export interface Comparison {
  /** names of the runs. */
  readonly a: string;
  /** names of the runs. */
  readonly b: string;
  /** names of what differs in what both were given: parameters, files, packages, `engine`, `notebook`. */
  readonly changes: readonly string[];
  /** of both, in declaration order. */
  readonly parameters: readonly ValuePair[];
  /** of both, by step in notebook order. */
  readonly metrics: readonly ValuePair[];
  /** of both, in notebook order. */
  readonly steps: readonly StepPair[];
  /** what the runs were given otherwise; the first one in step order comes first. */
  readonly causes: readonly Cause[];
  /** what they gave otherwise, by step in notebook order. */
  readonly effects: readonly Consequence[];
}

/** Something that a step gave otherwise in one run than in the other. */
export interface Consequence {
  /** what it is; `outcome` is the step's state; `output` is what a cell put out; `state` is ambient, such as a generator of random numbers. */
  readonly kind: ConsequenceKind;
  /** the step that gave it; `StepPair.causes` says what may have led to it. */
  readonly step: string;
  /** of the metric, file or variables; `cell 7` for an output. */
  readonly name: string;
  /** what it was in each run, as far as it is short: for files and variables digests. */
  readonly a: unknown;
  /** what it was in each run, as far as it is short: for files and variables digests. */
  readonly b: unknown;
  /** a sentence such as `metric auc 0.91 → 0.93`. */
  readonly text: string;
  /** the first lines that differ, as a unified diff. */
  readonly diff: string;
  /** for a file that is a table, what differs in it. */
  readonly table: TableDiff | null;
  /** for an output, the cell's nbformat id in each run. */
  readonly cell_a: string;
  /** for an output, the cell's nbformat id in each run. */
  readonly cell_b: string;
}

/** What a step may see besides its variables and the project. */
export interface Containment {
  /** folders that it may only read. As compiled: as written, relative to the notebook's folder. In a `StepSpec` and a `Task`: as paths of a `FileRef`. */
  readonly data: readonly string[];
  /** what it gets by name. */
  readonly secrets: readonly Secret[];
  /** True to refuse it every read of something undeclared. */
  readonly hermetic: boolean;
}

/** What became of an old notebook. Field names don't change. */
export interface Conversion {
  /** `converted`, or `refused` if it does not run to its end. */
  readonly state: ConversionState;
  /** why it was refused, one sentence; empty if it was converted. */
  readonly cause: string;
  /** what to do next. */
  readonly next: string;
  /** absolute path of the old notebook, which was not touched. */
  readonly old: string;
  /** of its bytes. */
  readonly digest: string;
  /** earliest and latest day on which it can have been written, and what tells it. */
  readonly written: readonly string[];
  /** the environment that was kept; None if none could be made. */
  readonly environment: Tried | null;
  /** all of them. */
  readonly tried: readonly Tried[];
  /** every change, in the order in which they were made. */
  readonly patches: readonly Patch[];
  /** how many stored outputs came out equal. */
  readonly oracle: OracleScore;
  /** each code cell. */
  readonly cells: readonly CellLevel[];
  /** the steps that were accepted. */
  readonly steps: readonly string[];
  /** True if the pipeline of these steps gives what the notebook gives in one kernel. */
  readonly staged: boolean;
  /** name of the run on record that proves it, or None. */
  readonly run: string | null;
  /** what the job reads, relative to its folder. */
  readonly files: readonly string[];
  /** absolute path of the converted notebook; of what was reached if it was refused. */
  readonly notebook: string;
  /** whether the old notebook runs as it stands; None if nobody asked. */
  readonly today: Today | null;
  /** the `files` with their digests; if it was refused, the one to be supplied. */
  readonly inputs: readonly Input[];
}

/** A conversion while it goes on, and when it has ended. */
export interface ConversionReport {
  /** its name. */
  readonly conversion: string;
  /** `running`; `done`; `cancelled`; `failed` if it is no notebook, or could not be tried; `lost` if its process died. */
  readonly state: 'running' | 'done' | 'cancelled' | 'failed' | 'lost';
  /** what was done, the newest last. */
  readonly lines: readonly string[];
  /** why it failed, or empty. */
  readonly message: string;
  /** what came of it, once it is done. */
  readonly found: Conversion | null;
}

/** An old notebook that is to be converted, to be looked at. */
export interface ConversionStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** where the job is proven. */
  readonly engine?: EngineName;
  /** False to keep all cells in one step. */
  readonly steps?: boolean;
  /** True to let it use the network; the files that it reads there are kept. */
  readonly allow_network?: boolean;
  /** changes, each as RULE, RULE:CELL or `all`. */
  readonly accepted?: readonly string[];
  /** changes, each as RULE, RULE:CELL or `all`. */
  readonly refused?: readonly string[];
}

/** A conversion that has begun; it goes on whatever becomes of the server. */
export interface ConversionStarted {
  /** its name. */
  readonly conversion: string;
}

/** The data flow of a pipeline. */
export interface DataFlow {
  /** what it was found by. */
  readonly basis: Basis;
  /** in notebook order. */
  readonly steps: readonly StepFlow[];
  /** by target, then by source, in notebook order. */
  readonly edges: readonly Edge[];
}

/** What an alert or a hook told, or is to tell. */
export interface Deliveries {
  /** the latest first. */
  readonly deliveries: readonly Delivery[];
}

/** One thing that somebody is told. Field names don't change. */
export interface Delivery {
  /** unique; a receiver that sees it twice was told of one thing twice. */
  readonly key: string;
  /** name of the alert or hook. */
  readonly alert: string;
  /** what is told. */
  readonly happening: Happening;
  /** `queued` (waits for its turn or its retry), `sending`; in the end `delivered`, `failed` (given up; it can be retried), `withheld` (a check did not pass) or `cancelled` (the alert was removed). */
  readonly state: DeliveryState;
  /** one sentence, such as why the last attempt failed; or empty. */
  readonly why: string;
  /** how many were begun. */
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** when it is tried next. */
  readonly ready: string;
  /** ISO 8601, UTC, or None. */
  readonly ended: string | null;
}

/** What a variable was when it was stored, in short. */
export interface Described {
  /** its class, such as `DataFrame` or `int`. */
  readonly type: string;
  /** how it reads, if that is short; else empty. */
  readonly text: string;
  /** of an array or table (rows, columns); the length of a text or container. */
  readonly shape: readonly number[];
  /** of the values of an array or a series. */
  readonly dtype: string;
  /** the first of a table. */
  readonly columns: readonly DescribedColumn[];
}

/** A column of a table that was a variable. */
export interface DescribedColumn {
  /** its name. */
  readonly name: string;
  /** of its values. */
  readonly type: string;
  /** equal for equal values; empty if the table is large or the values have none. */
  readonly digest: string;
}

/** One finding about a notebook, as `check`, `compile` and the panel show it. */
export interface Diagnostic {
  /** stable identifier such as `'ML301'`; `docs/diagnostics/ML301.md` explains it. */
  readonly code: string;
  /** what is wrong. */
  readonly message: string;
  /** what to do about it. */
  readonly fix: string;
  /** `'error'` stops compilation; `'warning'` does not. */
  readonly severity: Severity;
  /** 1-based position among all cells of the notebook, or None for the whole notebook. */
  readonly cell: number | null;
  /** the cell's nbformat id, or None. */
  readonly cell_id: string | null;
  /** 1-based line within the cell, or None. */
  readonly line: number | null;
  /** the fix as a change of one cell, where there is only one that can be meant. */
  readonly edit: Edit | null;
}

/** What passes from one step to another. */
export interface Edge {
  /** the step that wrote it last, or may have. */
  readonly source: string;
  /** the later step that reads it, or may. */
  readonly target: string;
  /** names, sorted. Observed: without those that are `not read`. */
  readonly variables: readonly string[];
  /** paths that the source writes and the target reads, sorted. */
  readonly files: readonly string[];
  /** any name may pass. */
  readonly everything: boolean;
}

/** One change of a cell that mends a finding. */
export interface Edit {
  /** the cell's nbformat id. */
  readonly cell_id: string;
  /** `replace-line`, `add-tag`, `remove-tag` or `replace-tag`. */
  readonly kind: 'replace-line' | 'add-tag' | 'remove-tag' | 'replace-tag';
  /** the line as it stands, or the tag that goes; where it is not, the edit is out of date. */
  readonly old: string;
  /** the line (or lines) as it should be, or the tag that comes. */
  readonly new: string;
  /** 1-based line within the cell, of `replace-line`. */
  readonly line: number | null;
}

/** Whether an engine answers. */
export interface EngineStatus {
  /** `local` or `docker`. */
  readonly name: string;
  /** True if steps can run there now. */
  readonly available: boolean;
  /** why not, or empty. */
  readonly message: string;
  /** what it can honour: `cpus`, `memory`, `pids`, `gpus`, `network_none`, `images`. */
  readonly capabilities: readonly string[];
}

/** One entry of the ledger. Field names don't change. */
export interface Entry {
  /** from 1, without a gap. */
  readonly number: number;
  /** digest of the entry before. */
  readonly previous: string;
  /** ISO 8601, UTC, by the clock of `host`. */
  readonly time: string;
  /** who and where. */
  readonly user: string;
  /** who and where. */
  readonly host: string;
  /** what is done, such as `run`, `cancel`, `delete`, `label`, `alias`, `import`, `repair`, `rebuild`, `settings`, `schedule`, `token`, `access`. */
  readonly action: string;
  /** what it is done to: the name of a run or an alias, a digest, a path. */
  readonly subject: string;
  /** `begun` stands before an action of some length, another word after it; what is done in one write has the word `done` alone, and it stands before that write. */
  readonly state: EntryState;
  /** number of the entry that tells of the beginning. */
  readonly begun: number | null;
  /** what else is to be known. */
  readonly details: { readonly [name: string]: unknown };
  /** digests of objects that the entry vouches for, or that it says are deleted. */
  readonly objects: readonly string[];
}

/** What a step ran in. */
export interface Environment {
  /** identity over engine, python, packages, lock, base and system; where the interpreter lies, and which build of equal content an image is, does not count. */
  readonly digest: string;
  /** `local` or `docker`. */
  readonly engine: string;
  /** version of the interpreter. */
  readonly python: string;
  /** name → version of what the notebook imports and its dependencies. */
  readonly packages: { readonly [name: string]: string };
  /** digest of the lock file, or None. */
  readonly lock: string | null;
  /** image id, or None. */
  readonly image: string | null;
  /** id of the image that it was built from, or None. */
  readonly base: string | null;
  /** path of the interpreter on the local engine, or None. */
  readonly interpreter: string | null;
  /** what the step's own settings make of it: `env`, `network`, `hermetic`, `data` folders as written, names of `secrets`. */
  readonly settings: { readonly [name: string]: unknown };
  /** where the packages were taken from, such as `uv.lock`; '' in older records. */
  readonly source: string;
  /** Debian packages that the notebook asked for. */
  readonly system: readonly string[];
  /** digest of the image's bill of materials (CycloneDX JSON), or None. */
  readonly sbom: string | null;
}

/** A run that is to be written to one file. */
export interface ExportStart {
  /** its name. */
  readonly run: string;
  /** where, relative to the contents root: it does not exist. */
  readonly file: string;
  /** True to take along the images that its steps ran in. */
  readonly images?: boolean;
}

/** What `export` wrote. */
export interface Exported {
  /** its path. */
  readonly file: string;
  /** of its bytes; equal runs in equal stores give equal files. */
  readonly digest: string;
  /** bytes. */
  readonly size: number;
  /** names of the runs, those that were asked for first. */
  readonly runs: readonly string[];
  /** how many. */
  readonly objects: number;
  /** what is needed to make the runs again and not in it. */
  readonly absent: readonly Absent[];
}

/** A file that reads otherwise than when the steps that read it were last run or reused. */
export interface FileChange {
  /** as in a `FileRef`. */
  readonly path: string;
  /** `changed`, `gone`, or `new`: it was missing then. */
  readonly became: Became;
  /** those that read it. */
  readonly steps: readonly string[];
}

/** A file that a step reads. */
export interface FileRead {
  /** possible: as the cell writes it. Observed: relative to the project root, or absolute; one that ends with `/` is the listing of a folder. */
  readonly path: string;
  /** the steps that write it: the last one before this step. */
  readonly sources: readonly string[];
}

/** A file in the working folder. */
export interface FileRef {
  /** relative to the project root, with `/`; absolute if it lies outside; a path that ends with `/` is the listing of a folder. */
  readonly path: string;
  /** of its bytes (of its sorted names, for a listing; of the path that it holds, for a link); None if the file was deleted. */
  readonly digest: string | null;
  /** bytes. */
  readonly size: number;
  /** of what stands there: a file that may be run is `executable`. */
  readonly kind: 'file' | 'executable' | 'link';
}

/** A file that a step writes or deletes. */
export interface FileWrite {
  readonly path: string;
  readonly effect: FileEffect;
}

/** Where the notebook stood in its repository when a run began. */
export interface GitState {
  /** full hash of HEAD. */
  readonly commit: string;
  /** its name, or '' for a detached HEAD. */
  readonly branch: string;
  /** True if the notebook or a tracked file differed from that commit. */
  readonly dirty: boolean;
}

/** Variables that share mutable objects, stored as one artifact so that identity survives. */
export interface Group {
  /** the variables, sorted. A name that starts with `@` is an ambient facet (`@random`, `@cwd` …) and stands alone in its group; `@shared:NAME` is the object that shared cells bound to NAME, as steps changed it. */
  readonly names: readonly string[];
  /** of the stored bytes. */
  readonly digest: string;
  /** bytes. */
  readonly size: number;
  /** global names that functions in the group read when they are called, and shared objects that it refers to. */
  readonly requires: readonly string[];
  /** the step whose execution produced this version. */
  readonly step: string;
}

/** What is told. Field names don't change. */
export interface Happening {
  /** what kind of thing happened. */
  readonly event: 'failure' | 'recovery' | 'lateness' | 'duration' | 'metric' | 'success' | 'test';
  /** what was found, one sentence each. */
  readonly texts: readonly string[];
  /** absolute path. */
  readonly notebook: string;
  /** the tick; None for a run that no schedule made. */
  readonly schedule: string | null;
  /** the tick; None for a run that no schedule made. */
  readonly due: string | null;
  /** name of the run; None if it never began. */
  readonly run: string | null;
}

/** A file with runs that is to be taken in. */
export interface ImportStart {
  /** relative to the contents root. */
  readonly file: string;
}

/** What `import` took in. */
export interface Imported {
  /** its path. */
  readonly file: string;
  /** of its bytes. */
  readonly digest: string;
  /** names of the runs that are new here. */
  readonly runs: readonly string[];
  /** names of those that were here already. */
  readonly known: readonly string[];
  /** how many objects were new. */
  readonly objects: number;
  /** ids of the images that were new to the Docker engine. */
  readonly images: readonly string[];
  /** what is needed to make the runs again and did not come with the file. */
  readonly absent: readonly Absent[];
}

/** A file that a notebook reads. */
export interface Input {
  /** relative to the job's folder; as it is written in the notebook if it is missing. */
  readonly path: string;
  /** `found` in the repository, `fetched` from the network and kept, or `missing`. */
  readonly state: 'found' | 'fetched' | 'missing';
  /** of its bytes, or None. */
  readonly digest: string | null;
}

/** A folder that a conversion's job is to be written to. */
export interface JobStart {
  /** a new one, relative to the contents root. */
  readonly folder: string;
}

/** The job of a conversion, in a folder of its own. */
export interface JobWritten {
  /** relative to the contents root. */
  readonly folder: string;
  /** relative to the contents root. */
  readonly notebook: string;
}

/** One change of one label; recorded as an immutable object. What holds is the latest change. */
export interface LabelChange {
  /** orders the changes of all labels, whatever the clock did; from 1. */
  readonly number: number;
  /** a name that no other change has. */
  readonly change: string;
  /** of the label. */
  readonly kind: LabelKind;
  /** of the tag or alias; empty for a note, of which a target has one. */
  readonly name: string;
  /** what is labelled; None where an alias was removed. */
  readonly target: Target | null;
  /** who, where and when (ISO 8601, UTC). */
  readonly user: string;
  /** who, where and when (ISO 8601, UTC). */
  readonly host: string;
  /** who, where and when (ISO 8601, UTC). */
  readonly time: string;
  /** True if the label is gone. */
  readonly removed: boolean;
  /** of a note. */
  readonly text: string;
}

/** Labels as they stand now, in the order of their changes. */
export interface LabelChanges {
  readonly changes: readonly LabelChange[];
}

/** A label that is to be put on a run, a step or an artifact, or to be removed. */
export interface LabelStart {
  /** `RUN[:STEP[:ARTIFACT]]`, an alias or a digest. */
  readonly target: string;
  /** of the label. */
  readonly kind: LabelKind;
  /** of the tag or the alias; empty for a note. */
  readonly name?: string;
  /** of the note. */
  readonly text?: string;
  /** True to take the label away. */
  readonly remove?: boolean;
}

/** The labels of a run, as `runs --json` gives them. Field names don't change. */
export interface Labels {
  /** in order of the alphabet. */
  readonly tags: readonly string[];
  /** its text, or empty. */
  readonly note: string;
  /** that name the run, one of its steps or artifacts, in order of the alphabet. */
  readonly aliases: readonly string[];
}

/** What a check of a ledger found. Field names don't change. */
export interface LedgerCheck {
  /** how many were read. */
  readonly entries: number;
  /** digest of the last one. */
  readonly last: string;
  /** how many signed statements were held against them. */
  readonly checkpoints: number;
  /** number of the last entry that a valid checkpoint covers, or 0. */
  readonly signed: number;
  /** digest of the public key by which signatures were checked, or ''. */
  readonly key: string;
  /** how many objects were looked at. */
  readonly objects: number;
  /** numbers of the entries that begin what has no end; that may still go on. */
  readonly unfinished: readonly number[];
  /** in the order of the entries; then objects and runs. */
  readonly problems: readonly LedgerProblem[];
}

/** Entries of the ledger, the newest first. */
export interface LedgerEntries {
  /** at most as many as asked for. */
  readonly entries: readonly Entry[];
}

/** One thing that is wrong with a ledger or with what it vouches for. */
export interface LedgerProblem {
  /** one of `LedgerProblemKind`. */
  readonly kind: LedgerProblemKind;
  /** one sentence. */
  readonly message: string;
  /** number of the entry that it is about, or None. */
  readonly entry: number | null;
  /** digest of the object, or name of the run, that it is about, or ''. */
  readonly object: string;
}

/** A metric that some combination has. */
export interface MetricColumn {
  /** of the metric. */
  readonly step: string;
  /** of the metric. */
  readonly name: string;
  /** its name, with the step's before it where two steps have a metric of that name. */
  readonly head: string;
}

/** A name that a step receives. */
export interface NameRead {
  /** the variable. */
  readonly name: string;
  /** the steps whose version it receives, in notebook order. Possible: the last step that may have written it, and the ones before, back to the first that binds it for certain or reads it itself. Observed: one step, or none for what no step left. */
  readonly sources: readonly string[];
  /** where the name may also come from: the `parameters` cell or a `shared` one. */
  readonly outside: Outside | null;
  /** what the step does with it. */
  readonly use: Use;
}

/** A name that a step binds, changes or deletes. */
export interface NameWrite {
  /** the variable. Observed: one that starts with `@` is ambient state. */
  readonly name: string;
  /** what becomes of it. */
  readonly effect: Effect;
  /** possible: a later step may read it. Observed: it was stored for later steps. */
  readonly carried: boolean;
}

/** What can be said about a notebook without running it, also while it has errors. */
export interface NotebookAnalysis {
  /** as asked for. */
  readonly path: string;
  /** True if there is no error among the diagnostics. */
  readonly runnable: boolean;
  /** every code cell, in notebook order. */
  readonly cells: readonly CellPlace[];
  /** in notebook order. */
  readonly steps: readonly StepOutline[];
  /** in declaration order. */
  readonly parameters: readonly ParameterField[];
  /** what may flow between the steps. */
  readonly flow: DataFlow;
  /** every finding, in cell order. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A notebook as it stands in an editor. */
export interface NotebookRequest {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** its unsaved content as nbformat JSON (outputs may be left out); null for the saved file. */
  readonly notebook?: { readonly [name: string]: unknown } | null;
}

/**
 * What became of the variables and of ambient state (names that start with `@`) in a step.
 *
 * Each tuple is sorted.
 */
export interface Observed {
  /** bound by the step, and not received; carried to later steps or not. */
  readonly created: readonly string[];
  /** received, and rebound or changed in place, or what they share objects with was. */
  readonly changed: readonly string[];
  /** received, left as they were, and stored anew with others that now share their objects. */
  readonly joined: readonly string[];
  /** received, and left as they were. */
  readonly unchanged: readonly string[];
  /** received, and unbound at the end. */
  readonly deleted: readonly string[];
  /** received only because they share objects with a name that the step reads: neither its code nor a function that was loaded with it names them. */
  readonly unused: readonly string[];
  /** the step may look any name up through text, so `unused` cannot be known. */
  readonly everything: boolean;
  /** in short what was stored, by name; of plain values, arrays and tables. */
  readonly values: { readonly [name: string]: Described };
}

/** A step of a run, ready to be debugged with what it received. Field names don't change. */
export interface OpenedStep {
  /** what was opened. */
  readonly run: string;
  /** what was opened. */
  readonly step: string;
  /** where its kernel runs, `docker` or `local`. */
  readonly engine: string;
  /** absolute path of what was laid out. */
  readonly folder: string;
  /** absolute path of the debugging notebook. */
  readonly notebook: string;
  /** name of its kernel, which is in `jupyter_path`. */
  readonly kernel: string;
  /** folder for `JUPYTER_PATH`. */
  readonly jupyter_path: string;
  /** what opens it in JupyterLab. */
  readonly command: readonly string[];
  /** what is otherwise than it was for the step. */
  readonly notes: readonly string[];
}

/** A step that is to be opened with what it received. */
export interface OpeningStart {
  /** names. */
  readonly run: string;
  /** names. */
  readonly step: string;
  /** where, relative to the contents root: it does not exist or is empty. */
  readonly folder: string;
  /** where its kernel runs; `auto`: where the step ran, or in a local kernel if that cannot be had, of which a note then tells. */
  readonly engine?: EngineName;
}

/** How many stored outputs came out equal. Field names don't change. */
export interface OracleScore {
  /** cells with stored text. */
  readonly text_outputs: number;
  /** those of them whose text is equal once normalised. */
  readonly equal_l2: number;
  /** stored images. */
  readonly images: number;
  /** those that look alike. */
  readonly equal_images: number;
}

/** A parameter as a form shows it. */
export interface ParameterField {
  /** the variable's name. */
  readonly name: string;
  /** annotation as written, or inferred from the default. */
  readonly type: string;
  /** the JSON types that the annotation allows besides `choices`: `int`, `float`, `bool`, `str`, `list`, `dict`, `None`. */
  readonly kinds: readonly string[];
  /** the values of a `Literal`. */
  readonly choices: readonly unknown[];
  /** the default. */
  readonly default: unknown;
  /** the comment behind or above the assignment. */
  readonly help: string;
  /** the cell that declares it. */
  readonly cell_id: string;
}

/** The value of a parameter in a run, and who set it. */
export interface ParameterValue {
  readonly name: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** One change to one cell. Field names don't change. */
export interface Patch {
  /** 1-based position among all cells of the old notebook; 0 for the notebook as a whole. */
  readonly cell: number;
  /** stable id of the rule that made it. */
  readonly rule: string;
  /** one sentence. */
  readonly reason: string;
  /** 1.0 if the change cannot alter what is computed, else how sure the rule is. */
  readonly confidence: number;
  /** the source as it was. */
  readonly before: string;
  /** the source as it is now. */
  readonly after: string;
}

/** A notebook that has runs on the store. */
export interface PipelineSummary {
  /** the notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** its absolute path. */
  readonly notebook: string;
  /** True if the file is there. */
  readonly exists: boolean;
  /** how many runs it has. */
  readonly runs: number;
  /** the newest of them. */
  readonly latest: RunSummary;
}

/** The notebooks that have runs on the store, the one that ran last first. */
export interface Pipelines {
  readonly pipelines: readonly PipelineSummary[];
}

/** Why a request was not done. */
export interface Problem {
  /** the kind of problem. */
  readonly error: string;
  /** what is wrong, and where. */
  readonly message: string;
  /** what to do about it. */
  readonly fix?: string;
  /** every finding about the notebook, if they are the problem. */
  readonly diagnostics?: readonly Diagnostic[];
  /** the parameter whose value is the problem. */
  readonly parameter?: string | null;
}

/** One thing that a step left, in the recorded run and again. Field names don't change. */
export interface ReproducedItem {
  /** the step's name. */
  readonly step: string;
  /** what it is; `step` is what became of the step itself. */
  readonly kind: ItemKind;
  /** of the step, the position of the cell, the variables, the path, or the metric. */
  readonly name: string;
  /** `identical`; `equal`: numbers agree within the tolerance, or pictures have the same pixels; `differs`; `not deterministic`: two runs that were made again differ. */
  readonly verdict: Verdict;
  /** 1-based position in the notebook, of a cell. */
  readonly cell: number | null;
  /** its nbformat id. */
  readonly cell_id: string | null;
  /** the first difference in one line, or how it is equal; empty for `identical`. */
  readonly why: string;
  /** the first lines that differ, of a cell; or empty. */
  readonly diff: string;
}

/** What came of running a recorded run again. Field names don't change. */
export interface Reproduction {
  /** the recorded run. */
  readonly run: string;
  /** names of the runs that were made; two where the first of them differed. */
  readonly again: readonly string[];
  /** where they ran. */
  readonly engine: string;
  /** the only step that was run again; empty for all. */
  readonly step: string;
  /** the worst of the items'. */
  readonly verdict: Verdict;
  /** the first item, in notebook order, that has that kind of trouble; null without one. */
  readonly first: ReproducedItem | null;
  /** all that was compared, in notebook order. */
  readonly items: readonly ReproducedItem[];
  /** what may explain a difference, and what could not be made as it was. */
  readonly notes: readonly string[];
}

/** A recorded run against its being run again, while or after that runs. */
export interface ReproductionReport {
  /** name of the first new run, which is recorded like any other. */
  readonly run: string;
  /** `running`; `done`; `cancelled`; `failed` if it could not be run again; `lost` if the process that compared them died. */
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'lost';
  /** why it failed, or empty. */
  readonly message: string;
  /** the verdict; null before it is known. */
  readonly found: Reproduction | null;
}

/** A recorded run that is to be run again from recorded bytes only. */
export interface ReproductionStart {
  /** its name. */
  readonly run: string;
  /** the only step that is to run, with what it received; null for all that ran. */
  readonly step?: string | null;
  /** where; `auto` is where the run ran. */
  readonly engine?: EngineName;
}

/** What a step asks of its engine; None means no request. */
export interface Resources {
  /** number of processors, may be fractional. */
  readonly cpus: number | null;
  /** bytes. */
  readonly memory: number | null;
  /** processes and threads. */
  readonly pids: number | null;
  /** whole devices. */
  readonly gpus: number | null;
  /** seconds for one attempt. */
  readonly timeout: number | null;
  /** further attempts after a failed one. */
  readonly retries: number;
  /** seconds before the first of these; each further pause is twice as long. */
  readonly backoff: number;
  /** `'none'` cuts the step off. */
  readonly network: 'default' | 'none';
}

/** A run whose working folder is to be laid out as it was. */
export interface RestorationStart {
  /** its name. */
  readonly run: string;
  /** where, relative to the contents root: it does not exist or is empty. */
  readonly folder: string;
}

/** A run's working folder, laid out again. Field names don't change. */
export interface Restored {
  /** the recorded run. */
  readonly run: string;
  /** absolute path of what was laid out. */
  readonly folder: string;
  /** absolute path of the notebook in it. */
  readonly notebook: string;
  /** paths of the files that the run's steps read, as in a `FileRef`. */
  readonly files: readonly string[];
  /** files that were only listed: they stand there, and hold nothing. */
  readonly empty: readonly string[];
  /** files and data folders that the run read and that lie elsewhere. */
  readonly outside: readonly string[];
  /** a sentence for each file that the store does not have. */
  readonly missing: readonly string[];
  /** what runs it again. */
  readonly command: readonly string[];
  /** where the folder is now that stood in its place, or ''. */
  readonly kept: string;
}

/** Deliveries that are to be sent anew. */
export interface RetryStart {
  /** of those that have failed; empty for all of the alert. */
  readonly keys?: readonly string[];
}

/** Which runs stay: what one of the rules keeps. Without any rule all runs stay. */
export interface Rules {
  /** so many of each notebook, the newest; 0: no such rule. */
  readonly keep_last: number;
  /** those that began in so many last days; 0: no such rule. */
  readonly keep_days: number;
  /** absolute path; runs of notebooks that are not below it stay; empty: none does so. */
  readonly folder: string;
}

/** One request to execute a pipeline, and what became of it. Field names don't change. */
export interface Run {
  /** the run's name, unique, sortable by time. */
  readonly run: string;
  /** `running`, `succeeded`, `failed`, `cancelled` or `lost` (its driver died). */
  readonly state: RunState;
  /** why the run was made. */
  readonly reason: string;
  /** absolute path of the source notebook. */
  readonly notebook: string;
  /** digest of the source notebook's exact bytes. */
  readonly source: string;
  /** digest of the compiled pipeline. */
  readonly pipeline: string;
  /** every declared parameter. */
  readonly parameters: readonly ParameterValue[];
  /** `local` or `docker`. */
  readonly engine: string;
  /** who and where. */
  readonly user: string;
  /** who and where. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly ended: string | null;
  /** one line that the user should see (such as: no Docker engine answers), or ''. */
  readonly notice: string;
  /** the state of the notebook's repository; None if it lies in none. */
  readonly git: GitState | null;
  /** in notebook order. */
  readonly steps: readonly StepReport[];
  /** files that had changed since the notebook's last run when this one began. */
  readonly changed: readonly FileChange[];
  /** how it came here, if it was made elsewhere. */
  readonly imported: Arrival | null;
  /** absolute path of the project root; '' in older records. */
  readonly root: string;
  /** digest of the sweep that it is a part of, or None. */
  readonly sweep: string | null;
}

/** One run, whole. */
export interface RunDetail {
  /** the run as it is recorded. */
  readonly record: Run;
  /** its notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** what flowed between its steps. */
  readonly flow: DataFlow;
  /** the command that runs the same again. */
  readonly command: string;
  /** of the run. */
  readonly labels: Labels;
}

/** One message of a run's websocket. */
export interface RunEvent {
  /** `run` and `step` when a state changes; `file-changed` for a file that is not what it was in the notebook's last run; `environment` for a line about what steps run in; `cell-started`, `output`, `cell-finished` and `cell-failed` of a cell; `end` after the last one. */
  readonly event: 'run' | 'step' | 'environment' | 'file-changed' | 'cell-started' | 'output' | 'cell-finished' | 'cell-failed' | 'end';
  /** the run's name. */
  readonly run: string;
  /** seconds since the epoch. */
  readonly time: number;
  /** the step's name. */
  readonly step?: string | null;
  /** of the run or the step. */
  readonly state?: string | null;
  /** one sentence about the step's state. */
  readonly why?: string | null;
  /** one line that the user should see. */
  readonly notice?: string | null;
  /** the cell's nbformat id. */
  readonly id?: string | null;
  /** 1-based position among all cells of the notebook. */
  readonly cell?: number | null;
  /** of the cell. */
  readonly role?: string | null;
  /** where the text was written. */
  readonly stream?: 'stdout' | 'stderr' | 'display' | null;
  /** of an output, or of a line about the environment. */
  readonly text?: string | null;
  /** how long the cell ran. */
  readonly seconds?: number | null;
  /** the exception that ended the step. */
  readonly error?: CellError | null;
  /** of the file that changed. */
  readonly path?: string | null;
  /** what became of it. */
  readonly became?: Became | null;
  /** names of the steps that read it. */
  readonly steps?: readonly string[] | null;
}

/** Runs, newest first. */
export interface RunPage {
  /** at most as many as asked for. */
  readonly runs: readonly RunSummary[];
  /** give it as `after` to get the runs that follow; null if there are none. */
  readonly next: string | null;
}

/** A run's working folder, laid out again. */
export interface RunRestored {
  /** what is there now. */
  readonly restored: Restored;
  /** relative to the contents root. */
  readonly folder: string;
  /** relative to the contents root. */
  readonly notebook: string;
}

/** A saved notebook that is to run as a pipeline. */
export interface RunStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** values by name; the rest have their defaults. */
  readonly parameters?: { readonly [name: string]: unknown };
  /** where steps run; `auto` takes Docker where it answers, else local kernels. */
  readonly engine?: EngineName;
  /** lock or requirements file for every step, from the notebook's folder, or `imports`; null for what the notebook's settings say. */
  readonly environment?: string | null;
  /** True to run every step, whatever is recorded. */
  readonly fresh?: boolean;
  /** the step from which on nothing is reused, or null. */
  readonly from_step?: string | null;
  /** the run to go on from: its parameters hold unless others are given. */
  readonly resume?: string | null;
  /** True to run every step without network and undeclared reads. */
  readonly hermetic?: boolean;
}

/** A run that has begun; it goes on whatever becomes of the server. */
export interface RunStarted {
  /** its name. */
  readonly run: string;
}

/** One run in a list. */
export interface RunSummary {
  /** its name. */
  readonly run: string;
  /** what became of it; `lost` if the process that drove it died. */
  readonly state: RunState;
  /** why it was made. */
  readonly reason: string;
  /** its notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** absolute path of its notebook. */
  readonly notebook: string;
  /** `local` or `docker`. */
  readonly engine: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly ended: string | null;
  /** one line that the user should see, or empty. */
  readonly notice: string;
  /** every declared one. */
  readonly parameters: readonly ParameterValue[];
  /** what it was given that the notebook's run before was not: names of parameters, files and packages, `engine`, `notebook`. */
  readonly changes: readonly string[];
  /** in notebook order. */
  readonly steps: readonly StepSummary[];
  /** of the run. */
  readonly labels: Labels;
}

/** A pipeline with parameters that is run when its timing says. Field names don't change. */
export interface Schedule {
  /** unique in a store. */
  readonly name: string;
  /** absolute path. */
  readonly notebook: string;
  /** when it is due. */
  readonly timing: Timing;
  /** what it waits for if its timing is `event`. */
  readonly trigger: Trigger | null;
  /** values by name; the notebook's defaults hold for others. */
  readonly parameters: { readonly [name: string]: unknown };
  /** `auto`, `docker` or `local`. */
  readonly engine: EngineName;
  /** as of a `RunRequest`. */
  readonly environment: string | null;
  /** digest of the notebook that is run; None runs it as it is saved then. */
  readonly revision: string | null;
  /** what becomes of ticks at which no service ran: none is made up for, one run stands for all of them, or each is made up for. */
  readonly missed: Missed;
  /** what becomes of a tick while the one before is not done: it is left out, waits, takes its place, or runs beside it. */
  readonly overlap: Overlap;
  /** seconds after which a run is stopped, or None. */
  readonly timeout: number | null;
  /** how often a run that failed or was lost is begun again. */
  readonly retries: number;
  /** seconds before the first retry; each further one waits twice as long. */
  readonly backoff: number;
  /** the most seconds by which a tick begins later; the same for the same tick. */
  readonly jitter: number;
  /** of ticks that wait, those with the highest begin first. */
  readonly priority: number;
  /** who made it. */
  readonly user: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** absolute path of the file that it was applied from; empty if it was made by hand. */
  readonly file: string;
}

/** What is to change of a schedule; what is null or left out stays as it is. */
export interface ScheduleChange {
  /** as of a new schedule. */
  readonly cron?: string | null;
  /** as of a new schedule. */
  readonly zone?: string | null;
  /** as of a new schedule. */
  readonly every?: string | null;
  /** as of a new schedule. */
  readonly at?: string | null;
  /** as of a new schedule. */
  readonly trigger?: TriggerStart | null;
  /** all values by name; the rest have their defaults. */
  readonly parameters?: { readonly [name: string]: unknown } | null;
  /** where steps run. */
  readonly engine?: EngineName | null;
  /** as of a run; empty for what the notebook's settings say. */
  readonly environment?: string | null;
  /** True to run the notebook as it is saved now, or as it was pinned before. */
  readonly pinned?: boolean | null;
  /** True to take the notebook as it is saved now. */
  readonly update?: boolean;
  /** as of a new schedule. */
  readonly missed?: Missed | null;
  /** as of a new schedule. */
  readonly overlap?: Overlap | null;
  /** as of a new schedule; `never` or `0` takes the rule away. */
  readonly timeout?: string | null;
  /** as of a new schedule. */
  readonly retries?: number | null;
  /** as of a new schedule; `never` or `0` takes the rule away. */
  readonly backoff?: string | null;
  /** as of a new schedule; `never` or `0` takes the rule away. */
  readonly jitter?: string | null;
  /** as of a new schedule. */
  readonly priority?: number | null;
}

/** What became of a schedule's ticks, the latest first. */
export interface ScheduleHistory {
  /** at most as many as asked for. */
  readonly ticks: readonly Tick[];
}

/** A schedule that is gone; its history stays. */
export interface ScheduleRemoved {
  /** its name. */
  readonly removed: string;
}

/** A schedule as it stands. Field names don't change. */
export interface ScheduleReport {
  /** what was asked for; None if what is on record of it cannot be read. */
  readonly schedule: Schedule | null;
  /** of the schedule. */
  readonly name: string;
  /** `active`; `paused`; `ended` (no tick is left); `invalid`: set aside. */
  readonly state: ScheduleState;
  /** why it was set aside, or what keeps it from seeing files, or empty. */
  readonly why: string;
  /** ISO 8601, UTC: its next tick, or None. */
  readonly next: string | null;
  /** its timing or trigger in plain language. */
  readonly plain: string;
  /** True if it runs another version of the notebook than the one that is saved. */
  readonly outdated: boolean;
  /** its latest tick, or None. */
  readonly last: Tick | null;
}

/**
 * A saved notebook that is to be run when its time has come, or something has happened.
 *
 * One of `cron`, `every`, `at` and `trigger` is given. Durations are texts, such as
 * `1h30m`.
 */
export interface ScheduleStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** of the schedule; null for the notebook's. */
  readonly name?: string | null;
  /** minute, hour, day of month, month, day of week; or `@daily`. */
  readonly cron?: string | null;
  /** IANA name of the time zone of `cron` and `at`; null for UTC. */
  readonly zone?: string | null;
  /** an interval. */
  readonly every?: string | null;
  /** once, such as `2026-12-24T18:00`. */
  readonly at?: string | null;
  /** what it waits for, if not for a time. */
  readonly trigger?: TriggerStart | null;
  /** values by name; the rest have their defaults. */
  readonly parameters?: { readonly [name: string]: unknown };
  /** where steps run. */
  readonly engine?: EngineName;
  /** as of a run. */
  readonly environment?: string | null;
  /** True to run the notebook as it is saved now, False as it is saved then. */
  readonly pinned?: boolean;
  /** what becomes of ticks while no service ran; null for what is usual. */
  readonly missed?: Missed | null;
  /** what becomes of a tick while the one before is not done; null for what is usual. */
  readonly overlap?: Overlap | null;
  /** a run that takes longer is stopped; null for never. */
  readonly timeout?: string | null;
  /** how often a run that failed or was lost is begun again. */
  readonly retries?: number;
  /** the pause before the first retry; it doubles. */
  readonly backoff?: string;
  /** ticks begin later by up to so much. */
  readonly jitter?: string | null;
  /** of the ticks that wait, the highest begins first. */
  readonly priority?: number;
}

/** A schedule as it stands. */
export interface ScheduleView {
  /** what was asked for, its state and its latest tick. */
  readonly report: ScheduleReport;
  /** its notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** its next ticks, ISO 8601 as clocks in its time zone show them then: one in a list, else five. */
  readonly times: readonly string[];
}

/** Schedules by name. */
export interface Schedules {
  /** at most as many as asked for. */
  readonly schedules: readonly ScheduleView[];
  /** give it as `after` to get those that follow; null if there are none. */
  readonly next: string | null;
}

/** A value that a step gets by name and that is never stored. */
export interface Secret {
  /** the environment variable that holds it. */
  readonly name: string;
  /** True to put it into a file; `<name>_FILE` then holds the file's path. */
  readonly file: boolean;
}

/** Whether a service runs what schedules are due. Field names don't change. */
export interface ServiceStatus {
  /** True if one serves the store, on whatever machine. */
  readonly running: boolean;
  /** ISO 8601, UTC: since when it does, or does not; None if none ever did. */
  readonly since: string | null;
  /** on which it runs, or empty. */
  readonly host: string;
  /** of its process there, or None. */
  readonly pid: number | null;
  /** True if the last one was told to end, False if it still runs or died. */
  readonly stopped: boolean;
}

/** The service that runs what is due. */
export interface ServiceView {
  /** whether one runs, and since when. */
  readonly status: ServiceStatus;
  /** True if this server starts one when there are schedules and none runs. */
  readonly automatic: boolean;
}

/** One execution that had to do with the bytes. */
export interface Sighting {
  /** it `made` them, `read` them from outside, or `received` them from a step before. */
  readonly how: How;
  /** what they were to it. */
  readonly kind: ArtifactKind;
  /** the path of a file, the names of variables, the id of a figure's cell, or ''. */
  readonly name: string;
  /** which one. */
  readonly execution: string;
  /** which one. */
  readonly run: string;
  /** which one. */
  readonly step: string;
  /** ISO 8601, UTC: the end of an execution that made them, else its beginning. */
  readonly time: string;
}

/** The installation behind the panel. */
export interface Status {
  /** of the server extension. */
  readonly version: string;
  /** version of its interpreter. */
  readonly python: string;
  /** folder of the store. */
  readonly store: string;
  /** why the store cannot be used, or empty. */
  readonly problem: string;
  /** what `auto` takes now. */
  readonly default_engine: string;
  /** every engine. */
  readonly engines: readonly EngineStatus[];
  /** what step images are built from. */
  readonly base_image: string;
  /** id of the events that tell of steps and runs on the server's event bus. */
  readonly schema: string;
}

/** What one step takes and leaves. */
export interface StepFlow {
  /** its name. */
  readonly step: string;
  /** names that it receives, sorted. */
  readonly reads: readonly NameRead[];
  /** names that it binds, changes or deletes, sorted. */
  readonly writes: readonly NameWrite[];
  /** names that it receives and leaves as they were; possible: as far as syntax shows. */
  readonly unchanged: readonly string[];
  /** sorted by path. Possible: literal paths only. */
  readonly files_read: readonly FileRead[];
  /** sorted by path. Possible: literal paths only. */
  readonly files_written: readonly FileWrite[];
  /** it may read and bind any name (`eval`, `globals()`, `%run`): `reads` and `writes` of the possible flow hold those that the code spells out. */
  readonly everything: boolean;
}

/** What a step wrote. */
export interface StepLogText {
  /** the run's name. */
  readonly run: string;
  /** the step's name. */
  readonly step: string;
  /** its events so far, oldest first. */
  readonly events: readonly { readonly [name: string]: unknown }[];
  /** True if no more will come. */
  readonly complete: boolean;
}

/** A step that can be debugged on what it received. */
export interface StepOpened {
  /** what is there now. */
  readonly opened: OpenedStep;
  /** relative to the contents root. */
  readonly folder: string;
  /** relative to the contents root. */
  readonly notebook: string;
}

/** One step as its tags and settings make it. */
export interface StepOutline {
  /** its name. */
  readonly step: string;
  /** ids of its cells that hold code, in notebook order. */
  readonly cells: readonly string[];
  /** the markdown directly above its first cell. */
  readonly description: string;
  /** what it asks of its engine. */
  readonly resources: Resources;
  /** an image of the user's own, or null. */
  readonly image: string | null;
  /** a Dockerfile of the user's own, or null. */
  readonly dockerfile: string | null;
  /** lock or requirements file of its own, or null. */
  readonly environment: string | null;
  /** environment variables that its settings set. */
  readonly environ: { readonly [name: string]: string };
  /** data folders, names of secrets, and whether it is hermetic. */
  readonly containment: Containment;
}

/** A step in two runs. */
export interface StepPair {
  /** its name. */
  readonly step: string;
  /** what became of it; null where a run has no such step. */
  readonly a: StepState | null;
  /** what became of it; null where a run has no such step. */
  readonly b: StepState | null;
  /** True if both rest on one execution: the one run reused the other's. */
  readonly same_execution: boolean;
  /** what of its code, parameters, environment, inputs and files differs; a sentence each, such as `parameter lr 0.1 → 0.2`. */
  readonly changes: readonly string[];
  /** numbers of the causes that it was given, or that reached it through what earlier steps left. */
  readonly causes: readonly number[];
}

/** One step of a run as `run --json` and `show --json` give it. Field names don't change. */
export interface StepReport {
  /** the step's name. */
  readonly step: string;
  /** what became of it. */
  readonly state: StepState;
  /** one sentence: why it ran, was reused, failed or was skipped. */
  readonly why: string;
  /** name of the execution whose outputs these are; for a reused step the earlier one. */
  readonly execution: string | null;
  /** identity of code, parameters, environment and inputs. */
  readonly key: string | null;
  /** path of the executed notebook, or None if the step did not run. */
  readonly notebook: string | null;
  /** variable groups received, and files read. */
  readonly inputs: readonly (Group | FileRef)[];
  /** variable groups left, and files written. */
  readonly outputs: readonly (Group | FileRef)[];
  /** what it ran in. */
  readonly environment: Environment | null;
  /** ISO 8601, UTC; of the execution whose outputs these are. */
  readonly started: string | null;
  /** ISO 8601, UTC; of the execution whose outputs these are. */
  readonly ended: string | null;
  /** by name. */
  readonly metrics: { readonly [name: string]: unknown };
  /** why it failed. */
  readonly error: CellError | null;
  /** how many attempts were started. */
  readonly attempts: number;
  /** bytes. */
  readonly peak_memory: number | null;
  /** digest of the recorded events. */
  readonly log: string | null;
  /** what became of the variables in that execution, if it is known. */
  readonly observed: Observed | null;
  /** what that execution fetched from the network, in the manner of `StepResult.urls`. */
  readonly urls: readonly string[];
}

/** One step of a run in a list. */
export interface StepSummary {
  /** its name. */
  readonly step: string;
  /** what became of it. */
  readonly state: StepState;
  /** one sentence: why it ran, was reused, failed or was skipped. */
  readonly why: string;
  /** ISO 8601, UTC; of the execution whose outputs these are. */
  readonly started: string | null;
  /** ISO 8601, UTC; of the execution whose outputs these are. */
  readonly ended: string | null;
  /** by name. */
  readonly metrics: { readonly [name: string]: unknown };
  /** why it failed. */
  readonly error: CellError | null;
}

/** Tags that a cell could get. */
export interface Suggestion {
  /** its nbformat id. */
  readonly cell_id: string;
  /** 1-based position among all cells of the notebook. */
  readonly cell: number;
  /** the tags. */
  readonly tags: readonly string[];
  /** why, in a few words. */
  readonly reason: string;
}

/** Tags proposed for a notebook. */
export interface Suggestions {
  /** as asked for. */
  readonly path: string;
  /** in cell order; cells that need no tag are left out. */
  readonly suggestions: readonly Suggestion[];
}

/** What is to be run; an immutable object, of which each of its runs knows the digest. */
export interface Sweep {
  /** unique, sortable by time. */
  readonly name: string;
  /** absolute path. */
  readonly notebook: string;
  /** digest of the notebook that every combination runs, whatever is saved meanwhile. */
  readonly source: string;
  /** names of those that vary. */
  readonly parameters: readonly string[];
  /** their values by name, each combination once. */
  readonly combinations: readonly { readonly [name: string]: unknown }[];
  /** values of others that differ from the notebook's defaults. */
  readonly fixed: { readonly [name: string]: unknown };
  /** as of a `RunRequest`. */
  readonly engine: EngineName;
  /** as of a `RunRequest`. */
  readonly environment: string | null;
  /** as of a `RunRequest`. */
  readonly hermetic: boolean;
  /** who and where. */
  readonly user: string;
  /** who and where. */
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly created: string;
}

/** A sweep as it stands. Field names don't change. */
export interface SweepReport {
  /** what was asked for. */
  readonly sweep: Sweep;
  /** `running` while somebody drives it; else `succeeded` if every combination has, `failed` if one has failed, `incomplete` otherwise. */
  readonly state: SweepState;
  /** in the order in which they are begun. */
  readonly combinations: readonly Combination[];
}

/** A saved notebook that is to run with many combinations of parameters. */
export interface SweepStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** values by name, as text such as `0.1,0.01`: each is run with each of the others. */
  readonly sweep?: { readonly [name: string]: string };
  /** combinations of typed values, each of which is run with each of those of `sweep`. */
  readonly rows?: readonly { readonly [name: string]: unknown }[];
  /** values that all have in common; the rest have their defaults. */
  readonly parameters?: { readonly [name: string]: unknown };
  /** where steps run. */
  readonly engine?: EngineName;
  /** as of a run. */
  readonly environment?: string | null;
  /** True to run every step without network and undeclared reads. */
  readonly hermetic?: boolean;
  /** the most runs that go on at once; null for one a processor. */
  readonly parallel?: number | null;
  /** True to begin further runs after one has failed. */
  readonly keep_going?: boolean;
}

/** A sweep in a list. */
export interface SweepSummary {
  /** its name. */
  readonly sweep: string;
  /** its notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** how it stands. */
  readonly state: SweepState;
  /** names of those that vary. */
  readonly parameters: readonly string[];
  /** one line: how many combinations there are, and what became of them. */
  readonly summary: string;
  /** ISO 8601, UTC. */
  readonly created: string;
}

/** A sweep as one table. */
export interface SweepView {
  /** what varies, and what came of each combination. */
  readonly report: SweepReport;
  /** its notebook relative to the contents root, or null if it lies elsewhere. */
  readonly path: string | null;
  /** the metrics of all combinations, each once. */
  readonly columns: readonly MetricColumn[];
  /** one line: how many combinations there are, and what became of them. */
  readonly summary: string;
}

/** Sweeps, newest first. */
export interface Sweeps {
  readonly sweeps: readonly SweepSummary[];
}

/** What differs between two tables. */
export interface TableDiff {
  /** how many rows they have. */
  readonly rows_a: number;
  /** how many rows they have. */
  readonly rows_b: number;
  /** rows that only the one has, by the columns of both and wherever they stand. */
  readonly only_a: number;
  /** rows that only the one has, by the columns of both and wherever they stand. */
  readonly only_b: number;
  /** those that differ. */
  readonly columns: readonly ColumnPair[];
}

/** What a label is put on. */
export interface Target {
  /** `RUN`, `RUN:STEP` or `RUN:STEP:ARTIFACT` with the run's whole name, or a digest. */
  readonly text: string;
  /** the run's name; None for a digest alone. */
  readonly run: string | null;
  /** of the artifact; None for a run or a step. */
  readonly digest: string | null;
}

/** One moment at which a schedule was due, and what became of it. Field names don't change. */
export interface Tick {
  /** its name. */
  readonly schedule: string;
  /** ISO 8601, UTC; a schedule has one tick at a moment. */
  readonly due: string;
  /** `queued` (waits for its turn or its retry), `starting`, `running`; in the end `succeeded`, `failed`, `cancelled`, `lost`, `skipped` (the one before was not done) or `missed` (no service ran, and it was not made up for). */
  readonly state: TickState;
  /** one sentence, or empty. */
  readonly why: string;
  /** number of the run that is under way or was the last, from 1. */
  readonly attempt: number;
  /** ISO 8601, UTC: when it may begin: jitter and pauses before retries are in it. */
  readonly ready: string;
  /** names of its runs, oldest first. */
  readonly runs: readonly string[];
  /** ISO 8601, UTC, or None. */
  readonly ended: string | null;
  /** what happened, of a schedule with a trigger; one sentence. */
  readonly cause: string;
  /** the values that it gave. */
  readonly parameters: { readonly [name: string]: unknown };
}

/** When a schedule is due. */
export interface Timing {
  /** `cron`, `interval` or `once`; `event` if a trigger says when. */
  readonly kind: TimingKind;
  /** five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name of the time zone in which `cron` is meant. */
  readonly zone: string;
  /** the length of an interval. */
  readonly seconds: number;
  /** ISO 8601, UTC: the moment of `once`; where intervals are counted from. */
  readonly start: string;
}

/** A timing that nothing has yet. */
export interface TimingPreview {
  /** as a schedule would keep it. */
  readonly timing: Timing;
  /** in plain language. */
  readonly plain: string;
  /** its next ticks, ISO 8601 as clocks in its time zone show them then. */
  readonly times: readonly string[];
}

/** Whether a notebook runs as it stands, with the newest releases of what it imports. */
export interface Today {
  /** True if every cell does. */
  readonly runs: boolean;
  /** what ends it, or empty. */
  readonly cause: string;
}

/** Where something comes from, and what was made of it, across runs. */
export interface Trace {
  /** the file, digest or run as it was asked for. */
  readonly asked: string;
  /** of the bytes; None for a run. */
  readonly digest: string | null;
  /** the run's name; None for bytes. */
  readonly run: string | null;
  /** the certificate, by the newest execution that made the bytes; None if they came from outside, and for a run. */
  readonly birth: Birth | null;
  /** how many executions made them, read or received them; `MOST_COUNTED` means so many or more. */
  readonly made: number;
  /** how many executions made them, read or received them; `MOST_COUNTED` means so many or more. */
  readonly taken: number;
  /** the newest of them, and the first one that made and the first one that took them. */
  readonly sightings: readonly Sighting[];
  /** the graph. Edges name executions and digests. */
  readonly steps: readonly TracedStep[];
  /** the graph. Edges name executions and digests. */
  readonly artifacts: readonly TracedArtifact[];
  /** the graph. Edges name executions and digests. */
  readonly edges: readonly TraceEdge[];
  /** True if the graph goes on beyond the depth or number that was asked for. */
  readonly cut: boolean;
}

/** From an execution to bytes that it made, or from bytes to an execution that took them. */
export interface TraceEdge {
  readonly source: string;
  readonly target: string;
}

/** Bytes in the graph: `names` are those under which its executions knew them. */
export interface TracedArtifact {
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly names: readonly string[];
}

/** An execution in the graph. */
export interface TracedStep {
  /** its names. */
  readonly execution: string;
  /** its names. */
  readonly run: string;
  /** its names. */
  readonly step: string;
  /** absolute path of the run's notebook. */
  readonly notebook: string;
  /** `succeeded` or `failed`. */
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** in steps from what was asked for: negative upstream, positive downstream. */
  readonly distance: number;
}

/** One environment that was tried. */
export interface Tried {
  /** `declared`, `dated` or `current`. */
  readonly name: string;
  /** what it was made from. */
  readonly source: string;
  /** X.Y. */
  readonly python: string;
  /** distribution → version; empty if it could not be made. */
  readonly packages: { readonly [name: string]: string };
  /** code cells that ran to their end. */
  readonly reached: number;
  /** against the stored outputs. */
  readonly score: OracleScore;
  /** what ended it, or empty. */
  readonly problem: string;
}

/** What a schedule waits for: each time it happens is a tick. Field names don't change. */
export interface Trigger {
  /** `schedule` or `notebook` (a run of it succeeded), `alias` (it was moved), `file` (one has landed) or `webhook` (something was posted). */
  readonly kind: 'schedule' | 'notebook' | 'alias' | 'file' | 'webhook';
  /** what is watched: a schedule's name, a notebook's absolute path, an alias, an absolute path or a URL with `*`; of a webhook its form: `json`, `github` or `alertmanager`. */
  readonly source: string;
  /** what of an event becomes a parameter's value, by the parameter's name; a path such as `$.run`. */
  readonly parameters: { readonly [name: string]: string };
  /** seconds for which a file has to stay as it is before it counts. */
  readonly settle: number;
  /** seconds between two looks for files. */
  readonly every: number;
  /** name of the secret by which a webhook knows its sender. */
  readonly secret: string;
  /** the most events of a webhook in a minute. */
  readonly rate: number;
}

/** What a schedule waits for; one of `after`, `alias`, `file` and `webhook` is given. */
export interface TriggerStart {
  /** a schedule's name, or a notebook relative to the contents root: each time a run of it has succeeded. */
  readonly after?: string | null;
  /** each time it is moved. */
  readonly alias?: string | null;
  /** a path relative to the contents root, or a URL, with `*`: each time a file with new content has landed there. */
  readonly file?: string | null;
  /** each time something of this form is posted to the service: `json`, `github` or `alertmanager`. */
  readonly webhook?: string | null;
  /** what of an event becomes a parameter's value, by the parameter's name, such as `$.digest`. */
  readonly map?: { readonly [name: string]: string };
  /** a file counts once it has not changed for so long. */
  readonly settle?: string | null;
  /** between two looks for files. */
  readonly poll?: string | null;
  /** name of the secret by which a webhook knows its sender. */
  readonly secret?: string | null;
  /** the most events of a webhook in a minute. */
  readonly rate?: number | null;
}

/** What is wrong with a pipeline since when, as an alert knows it. */
export interface Trouble {
  /** name of the schedule, or path of the notebook. */
  readonly subject: string;
  /** `failure`, `lateness`, `duration` or `metric`. */
  readonly event: 'failure' | 'recovery' | 'lateness' | 'duration' | 'metric' | 'success' | 'test';
  /** what makes it the same trouble as before. */
  readonly cause: string;
  /** ISO 8601, UTC: when it began, and when it was told last. */
  readonly since: string;
  /** ISO 8601, UTC: when it began, and when it was told last. */
  readonly told: string;
}

/** A parameter or metric in two runs. */
export interface ValuePair {
  /** its name. */
  readonly name: string;
  /** the step whose metric it is; empty for a parameter. */
  readonly step: string;
  /** its values; null where a run has none. */
  readonly a: unknown;
  /** its values; null where a run has none. */
  readonly b: unknown;
  /** True if both runs have it with one value. */
  readonly equal: boolean;
  /** who set the parameter; null for a metric, or where a run has none. */
  readonly a_origin: Origin | null;
  /** who set the parameter; null for a metric, or where a run has none. */
  readonly b_origin: Origin | null;
}

/** A notebook in one kernel against its pipeline, while or after both run. */
export interface VerificationReport {
  /** name of the pipeline's run, which is recorded like any other. */
  readonly run: string;
  /** `running`; `done`; `cancelled`; `failed` if both could not be run; `lost` if the process that compared them died. */
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'lost';
  /** True if no cell differs or was refused; null before it is known. */
  readonly same: boolean | null;
  /** why it failed, or empty. */
  readonly message: string;
  /** the compared cells in notebook order. */
  readonly cells: readonly CellVerdict[];
}

/** A saved notebook whose pipeline is to be compared with the notebook in one kernel. */
export interface VerificationStart {
  /** where it is, relative to the contents root. */
  readonly path: string;
  /** values by name; the rest have their defaults. */
  readonly parameters?: { readonly [name: string]: unknown };
  /** where both run. */
  readonly engine?: EngineName;
  /** as of a run. */
  readonly environment?: string | null;
}
