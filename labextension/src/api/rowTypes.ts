import type { Value } from './previewTypes';

/** A row that has changed: its key, and of each column that differs the old and the new value. */
export interface IChangedRow {
  key: Value[];
  values: Record<string, [Value, Value]>;
}

/** How a table differs between two commits; `changed` is null where no key tells rows apart. */
export interface IRowDiff {
  repo: string;
  old: string;
  new: string;
  path: string;
  key: string[];
  columns: string[];
  columns_added: { name: string; type: string }[];
  columns_removed: { name: string; type: string }[];
  columns_retyped: { name: string; old: string; new: string }[];
  old_rows: number | null;
  new_rows: number | null;
  added: number;
  removed: number;
  changed: number | null;
  added_rows: Value[][];
  removed_rows: Value[][];
  changed_rows: IChangedRow[];
  changed_columns: Record<string, number>;
}
