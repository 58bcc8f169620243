import React, { useState } from 'react';

import type { Value } from '../api/previewTypes';
import type { IChangedRow, IRowDiff } from '../api/rowTypes';
import { useAnswer } from '../model/useAnswer';
import { useLake } from '../panel/context';
import { LineForm } from '../panel/lineForm';
import { ErrorNotice, Reading } from '../panel/notice';
import { ColumnNames } from '../table/columnNames';
import { show } from '../table/gridModel';
import { count } from '../text/format';

export interface IRowsProps {
  repo: string;
  a: string;
  b: string;
  path: string;
}

/** The rows in which a table differs between two commits; a key tells them apart. */
export function Rows({ repo, a, b, path }: IRowsProps): React.JSX.Element {
  const { model, trans } = useLake();
  const [key, setKey] = useState('');
  const { value: found, error } = useAnswer([repo, a, b, path, key].join(' '), () =>
    model.client.rows(repo, a, b, path, key)
  );
  return (
    <section className="jp-Lake-rows" aria-label={trans.__('Rows')}>
      <LineForm
        word="KEY"
        label={trans.__('Columns that tell rows apart')}
        placeholder={trans.__('columns that tell rows apart, then Enter: id, day')}
        onEnter={setKey}
      />
      {error && error.kind !== 'dataset-not-found' && <ErrorNotice error={error} />}
      {!found && !error && <Reading />}
      {found && <Found found={found} />}
    </section>
  );
}

function Found({ found }: { found: IRowDiff }): React.JSX.Element {
  const { trans } = useLake();
  const { added, removed, changed, changed_columns } = found;
  const numbers = [
    trans._n('%2 row added', '%2 rows added', added, count(added)),
    trans._n('%2 removed', '%2 removed', removed, count(removed)),
    ...(changed === null ? [] : [trans._n('%2 changed', '%2 changed', changed, count(changed))])
  ];
  const columns = [
    ...found.columns_added.map(({ name, type }) => `+ ${name} ${type}`),
    ...found.columns_removed.map(({ name, type }) => `− ${name} ${type}`),
    ...found.columns_retyped.map(each => `~ ${each.name} ${each.old} → ${each.new}`),
    ...Object.entries(changed_columns).map(([name, rows]) =>
      trans._n('%2 differs in %1 row', '%2 differs in %1 rows', rows, name)
    )
  ];
  const shown = found.added_rows.length + found.removed_rows.length + found.changed_rows.length;
  const all = added + removed + (changed ?? 0);
  return (
    <>
      <p role="status">
        <strong>{numbers.join(', ')}</strong>
        {columns.length > 0 && <span className="jp-Lake-stale"> {columns.join(' · ')}</span>}
      </p>
      {shown > 0 && (
        <div
          className="jp-Lake-rowTable"
          tabIndex={0}
          role="group"
          aria-label={trans.__('Rows that differ')}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{trans.__('Row')}</th>
                <ColumnNames names={found.columns} />
              </tr>
            </thead>
            <tbody>
              {found.changed_rows.map((row, index) => (
                <Changed key={`~${index}`} row={row} found={found} />
              ))}
              {found.removed_rows.map((row, index) => (
                <Whole key={`-${index}`} row={row} kind="removed" word={trans.__('− removed')} />
              ))}
              {found.added_rows.map((row, index) => (
                <Whole key={`+${index}`} row={row} kind="added" word={trans.__('+ added')} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {all > shown && (
        <p className="jp-Lake-second">{trans.__('and %1 more', count(all - shown))}</p>
      )}
    </>
  );
}

function Whole(props: {
  row: Value[];
  kind: 'added' | 'removed';
  word: string;
}): React.JSX.Element {
  return (
    <tr className={`jp-mod-${props.kind}`}>
      <th scope="row">{props.word}</th>
      {props.row.map((value, index) => (
        <td key={index}>{show(value)}</td>
      ))}
    </tr>
  );
}

function Changed({ row, found }: { row: IChangedRow; found: IRowDiff }): React.JSX.Element {
  const { trans } = useLake();
  return (
    <tr className="jp-mod-changed">
      <th scope="row">{trans.__('~ changed')}</th>
      {found.columns.map(name => {
        const pair = row.values[name];
        const at = found.key.indexOf(name);
        return pair ? (
          <td key={name}>
            <del>{show(pair[0])}</del> → <ins>{show(pair[1])}</ins>
          </td>
        ) : (
          <td key={name} className="jp-Lake-second">
            {at >= 0 ? show(row.key[at] ?? null) : '·'}
          </td>
        );
      })}
    </tr>
  );
}
