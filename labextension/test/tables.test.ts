import { expect, test } from 'vitest';

import type { IChange, ICommitDetail, IEntry } from '../src/api/types';
import { tablesOf } from '../src/commands/tables';

function change(path: string, kind: IChange['kind'], rows: number | null): IChange {
  return { path, kind, rows, old_rows: null, bytes: 1, old_bytes: null };
}

function entry(path: string, kind: IEntry['kind']): IEntry {
  return { name: path, path, kind, folder: !path.includes('.'), files: 1, bytes: 1, rows: null };
}

test('what a commit changed is asked about first, and a folder of files is one table', () => {
  const changes = [
    change('flights/12.parquet', 'added', 5),
    change('flights/11.parquet', 'added', 5),
    change('raw/deep/x.parquet', 'changed', 5),
    change('gone.parquet', 'removed', null),
    change('read me.txt', 'added', null)
  ];
  const top = [entry('airlines.csv', 'table'), entry('flights', 'table'), entry('raw', 'file')];
  expect(tablesOf({ changes } as ICommitDetail, top)).toEqual([
    'flights',
    'raw/deep/x.parquet',
    'airlines.csv'
  ]);
});
