/** What the routes under `/jupyter-lake/api/` answer. Times are ISO 8601 in UTC. */

export interface ILake {
  url: string;
  id: string;
  name: string;
  user: string;
  default_url: string;
}

export interface IBranch {
  name: string;
  commit: string;
  number: number;
  time: string;
  who: string;
  why: string;
}

export interface ITag {
  name: string;
  commit: string;
  time: string;
  who: string;
  message: string;
}

export interface IRepo {
  name: string;
  description: string;
  default_branch: string;
  branches: number;
  head: IBranch | null;
}

export interface IRefs {
  default_branch: string;
  branches: IBranch[];
  tags: ITag[];
}

/** How far a ref and the default branch have gone apart, in commits. */
export interface IStanding {
  ref: string;
  against: string;
  ahead: number;
  behind: number;
}

export interface IInput {
  repo: string;
  commit: string;
  path: string;
}

export interface IProvenance {
  run?: string;
  notebook?: string | null;
  cell?: string | null;
  execution_count?: number | null;
  variable?: string | null;
  inputs?: IInput[];
  user?: string | null;
}

export interface ICommit {
  repo: string;
  id: string;
  short: string;
  parents: string[];
  author: string;
  message: string;
  time: string;
  refs: string[];
}

export interface ICommitPage {
  repo: string;
  ref: string;
  head: string;
  commits: ICommit[];
  next: number | null;
}

export interface IChangeSummary {
  files: number;
  added: number;
  removed: number;
  changed: number;
  rows: number | null;
  paths: string[];
}

/** What a row of the list says of a commit besides its message. */
export interface IRowSummary extends IChangeSummary {
  made_by: IProvenance | null;
}

export interface IChange {
  path: string;
  kind: 'added' | 'removed' | 'changed';
  bytes: number | null;
  old_bytes: number | null;
  rows: number | null;
  old_rows: number | null;
}

export interface ICommitDetail extends ICommit {
  made_by: IProvenance | null;
  metadata: Record<string, unknown>;
  summary: IChangeSummary;
  changes: IChange[];
}

export interface IComparison {
  repo: string;
  a: { ref: string; commit: string };
  b: { ref: string; commit: string };
  summary: IChangeSummary;
  changes: IChange[];
}

/** A column that is new (no `old`), gone (no `new`), or of another type. */
export interface IColumnChange {
  column: string;
  old: string | null;
  new: string | null;
}

/** The columns of a changed table, and how they differ; null where nothing was there before. */
export interface ISchema {
  columns: number;
  changes: IColumnChange[] | null;
}

export type Schemas = Record<string, ISchema>;

export type Kind = 'table' | 'json' | 'image' | 'notebook' | 'text' | 'file';

export interface IEntry {
  name: string;
  path: string;
  folder: boolean;
  kind: Kind;
  files: number;
  bytes: number;
  rows: number | null;
}

export interface IFolderPage {
  repo: string;
  commit: string;
  short: string;
  path: string;
  entries: IEntry[];
  total: number;
  next: number | null;
}

/** Where files lie, the folder that they appear in, and what for. */
export interface IImport {
  url: string;
  path: string;
  message: string;
}

export interface IHeads {
  repos: string[];
  heads: Record<string, string>;
}

/** An input of a commit, and how many newer versions of it there are. */
export interface IInputState {
  repo: string;
  path: string;
  commit: string;
  behind: number;
}

/** Cells, by id, with the inputs that have moved on since they ran. */
export type StaleCells = Record<string, IInputState[]>;
