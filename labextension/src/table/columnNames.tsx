import React from 'react';

/** The heads of a table's columns. */
export function ColumnNames({ names }: { names: readonly string[] }): React.JSX.Element {
  return (
    <>
      {names.map(name => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </>
  );
}
