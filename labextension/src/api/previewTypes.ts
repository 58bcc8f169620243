export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Which rows of a table to show, and in which order. */
export interface ILook {
  where: string;
  order: string;
  descending: boolean;
  limit: number;
}

export interface IBin {
  from: number | string;
  to: number | string;
  count: number;
}

export interface ITop {
  value: Value;
  count: number;
}

export interface IColumn {
  name: string;
  type: string;
  nulls: number | null;
  distinct: number | null;
  min: Value;
  max: Value;
  histogram: IBin[] | null;
  top: ITop[] | null;
}

interface IPreviewBase {
  address: string;
  repo: string;
  commit: string;
  short: string;
  path: string;
  files: number;
  bytes: number;
}

export interface ITablePreview extends IPreviewBase {
  kind: 'table';
  format: string;
  columns: IColumn[];
  rows: Value[][];
  total_rows: number | null;
  matching_rows: number | null;
  summary_rows: number;
  summary_complete: boolean;
  notes: string[];
}

export interface ITextPreview extends IPreviewBase {
  kind: 'text' | 'json';
  text: string;
  truncated: boolean;
}

export interface INotebookPreview extends IPreviewBase {
  kind: 'notebook';
  cells: { type: string; source: string; outputs: string[] }[];
  language: string;
  truncated: boolean;
}

export interface IImagePreview extends IPreviewBase {
  kind: 'image';
  mime: string;
  data: string | null;
}

export interface IBinaryPreview extends IPreviewBase {
  kind: 'binary';
  mime: string;
  hex: string;
}

export type FilePreview = ITextPreview | INotebookPreview | IImagePreview | IBinaryPreview;
export type IPreview = ITablePreview | FilePreview;
