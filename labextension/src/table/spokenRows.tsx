import React from 'react';

import type { ITablePreview } from '../api/previewTypes';
import { useLake } from '../panel/context';
import { ColumnNames } from './columnNames';
import { show } from './gridModel';

const ROWS = 20;

/** The first rows for screen readers: they can't see what a canvas shows. */
export function SpokenRows({ table }: { table: ITablePreview }): React.JSX.Element {
  const { trans } = useLake();
  return (
    <table className="jp-Lake-spoken">
      <caption>{trans.__('First rows of %1', table.path)}</caption>
      <thead>
        <tr>
          <ColumnNames names={table.columns.map(({ name }) => name)} />
        </tr>
      </thead>
      <tbody>
        {table.rows.slice(0, ROWS).map((row, index) => (
          <tr key={index}>
            {row.map((value, column) => (
              <td key={column}>{show(value)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
