import React from 'react';

import type { IChange, Schemas } from '../api/types';
import { CommandIDs } from '../commandIds';
import { useAnswer } from '../model/useAnswer';
import { run, useLake } from '../panel/context';
import { bytes, count, signed } from '../text/format';
import { SchemaSays } from './schemaSays';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;
const NONE: Schemas = {};

export interface IChangesProps {
  changes: IChange[];
  total: number;
  repo: string;
  /** The refs between which they lie; `from` is empty where there was nothing before. */
  from: string;
  to: string;
}

/** The paths that a commit changed, or in which two commits differ. */
export function Changes({ changes, total, repo, from, to }: IChangesProps): React.JSX.Element {
  const { model, trans } = useLake();
  // How columns differ takes reading files: it comes a moment after the list.
  const { value: schemas } = useAnswer([repo, from, to].join(' '), () =>
    model.client.schemas(repo, to, from)
  );
  return (
    <table className="jp-Lake-changes">
      <thead>
        <tr>
          <th scope="col">{trans.__('Change')}</th>
          <th scope="col">{trans.__('Path')}</th>
          <th scope="col">{trans.__('Columns')}</th>
          <th scope="col">{trans.__('Rows')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(change => (
          <ChangeRow
            key={change.path}
            change={change}
            schemas={schemas ?? NONE}
            repo={repo}
            from={from}
            to={to}
          />
        ))}
        {total > changes.length && (
          <tr>
            <td colSpan={5}>{trans.__('and %1 more', count(total - changes.length))}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function ChangeRow(props: {
  change: IChange;
  schemas: Schemas;
  repo: string;
  from: string;
  to: string;
}): React.JSX.Element {
  const { commands, trans } = useLake();
  const { change, repo, from, to } = props;
  const { kind, path } = change;
  const words = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    changed: trans.__('changed')
  };
  const schema = props.schemas[path];
  const rows = rowsOf(change);
  const link = (label: string, name: string, command: string, args: Record<string, string>) => (
    <button
      type="button"
      className="jp-Lake-link"
      aria-label={name}
      onClick={() => run(commands, command, { repo, path, ...args })}
    >
      {label}
    </button>
  );
  return (
    <tr className={`jp-mod-${kind}`}>
      <td>
        <span className="jp-Lake-sign">{SIGNS[kind]}</span> {words[kind]}
      </td>
      <td title={path}>
        {link(path, trans.__('Preview %1', path), CommandIDs.openPreview, {
          ref: kind === 'removed' ? from : to
        })}
      </td>
      <td>{schema && <SchemaSays schema={schema} />}</td>
      <td className="jp-Lake-changedRows" data-unit={trans.__('rows')}>
        {rows && kind === 'changed'
          ? link(rows, trans.__('Compare the rows of %1', path), CommandIDs.compare, {
              ref: to,
              other: from
            })
          : rows}
      </td>
      <td>{bytes(change.bytes ?? change.old_bytes ?? 0)}</td>
    </tr>
  );
}

/** How many rows came or went; of a table with as many as before, that it may still differ. */
function rowsOf({ rows: now, old_rows: before }: IChange): string {
  if (now === null && before === null) {
    return '';
  }
  const more = (now ?? 0) - (before ?? 0);
  return more ? signed(more) : '±0';
}
