import { DataModel } from '@lumino/datagrid';

import type { ITablePreview, Value } from '../api/previewTypes';

/** The first rows of a table, as Lumino's data grid reads them. */
export class GridModel extends DataModel {
  constructor(private readonly table: ITablePreview) {
    super();
  }

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this.table.rows.length : 0;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this.table.columns.length : 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): string {
    return region === 'body' ? show(this.table.rows[row]?.[column] ?? null) : String(row + 1);
  }

  /** Whether a cell holds nothing, which is not the same as an empty text. */
  missing(row: number, column: number): boolean {
    return (this.table.rows[row]?.[column] ?? null) === null;
  }

  /** Whether a column holds numbers, which stand to the right. */
  numeric(column: number): boolean {
    return isNumeric(this.table.columns[column]?.type ?? '');
  }
}

/** Whether a type of DuckDB's is one of numbers. */
export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL(\(.*\))?)$/.test(type);
}

/** A value as a line of text. */
export function show(value: Value): string {
  if (value === null) {
    return 'null';
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
