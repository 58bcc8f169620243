import React from 'react';

import type { IColumnChange, ISchema } from '../api/types';
import { useLake } from '../panel/context';

const SHOWN = 2;

/** What a change did to a table's columns, in a few words; all of it in the tooltip. */
export function SchemaSays({ schema }: { schema: ISchema }): React.JSX.Element {
  const { trans } = useLake();
  const { columns, changes } = schema;
  const many = trans._n('%1 column', '%1 columns', columns);
  if (!changes) {
    return <span className="jp-Lake-second">{many}</span>;
  }
  if (!changes.length) {
    return (
      <span className="jp-Lake-second" title={many}>
        {trans.__('schema unchanged')}
      </span>
    );
  }
  const lines = changes.map(says);
  const rest = lines.length - SHOWN;
  return (
    <span className="jp-Lake-stale" title={lines.join('\n')}>
      {lines.slice(0, SHOWN).join(', ')}
      {rest > 0 && `, ${trans.__('and %1 more', rest)}`}
    </span>
  );
}

function says({ column, old, new: now }: IColumnChange): string {
  if (old === null) {
    return `+ ${column} ${now}`;
  }
  return now === null ? `− ${column}` : `~ ${column} ${old} → ${now}`;
}
