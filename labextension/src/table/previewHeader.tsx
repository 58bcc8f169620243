import React, { useState } from 'react';

import type { LakeError } from '../api/request';
import type { IPreview, ITablePreview } from '../api/previewTypes';
import { CommandIDs } from '../commandIds';
import { run, useLake } from '../panel/context';
import { ErrorNotice, TextButton } from '../panel/notice';
import { address } from '../text/addresses';
import { bytes, count } from '../text/format';
import { ColumnHeads } from './columnHeads';
import type { Grid } from './grid';
import { SpokenRows } from './spokenRows';

export interface IPreviewHeaderProps {
  repo: string;
  at: string;
  path: string;
  preview: IPreview | null;
  error: LakeError | null;
  busy: boolean;
  grid: Grid;
  onWhere: (where: string) => void;
}

/** One line on what is shown, the filter, and the columns' heads. */
export function PreviewHeader(props: IPreviewHeaderProps): React.JSX.Element {
  const { commands, trans } = useLake();
  const { repo, path, preview, error } = props;
  const args = { repo, ref: props.at, path };
  const table = preview?.kind === 'table' ? preview : null;
  return (
    <>
      <div className="jp-Lake-bar" role="toolbar" aria-label={trans.__('Preview')}>
        <span className="jp-Lake-title" title={preview?.address ?? path}>
          {address(repo, props.at, path)}
        </span>
        <span className="jp-Lake-second jp-Lake-grow" role="status">
          {preview ? about(preview, trans) : props.busy ? trans.__('reading…') : ''}
        </span>
        {table && (
          <TextButton
            strong
            label={trans.__('Insert query cell')}
            onClick={() => run(commands, CommandIDs.insertQuery, args)}
          />
        )}
        <TextButton
          label={trans.__('Copy address')}
          onClick={() => run(commands, CommandIDs.copyAddress, args)}
        />
        <TextButton
          label={trans.__('Lineage')}
          onClick={() => run(commands, CommandIDs.openLineage, args)}
        />
      </div>
      {table && <Where onWhere={props.onWhere} />}
      {error && <ErrorNotice error={error} />}
      {table && <ColumnHeads grid={props.grid} table={table} />}
      {table && <SpokenRows table={table} />}
    </>
  );
}

function Where({ onWhere }: { onWhere: (where: string) => void }): React.JSX.Element {
  const { trans } = useLake();
  const [text, setText] = useState('');
  return (
    <form
      className="jp-Lake-where"
      onSubmit={event => {
        event.preventDefault();
        onWhere(text);
      }}
    >
      <label>
        <span>WHERE</span>
        <input
          type="text"
          spellCheck={false}
          aria-label={trans.__('Rows for which this SQL expression holds')}
          placeholder={trans.__('an SQL expression over the columns, then Enter')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
    </form>
  );
}

type Trans = ReturnType<typeof useLake>['trans'];

function about(preview: IPreview, trans: Trans): string {
  const size = bytes(preview.bytes);
  if (preview.kind !== 'table') {
    return [preview.kind, size].join(' · ');
  }
  const files = trans._n('%1 file', '%1 files', preview.files);
  const columns = trans._n('%1 column', '%1 columns', preview.columns.length);
  return [rows(preview, trans), columns, files, size, ...preview.notes].join(' · ');
}

function rows(table: ITablePreview, trans: Trans): string {
  const total = table.total_rows === null ? '?' : count(table.total_rows);
  const shown = count(table.rows.length);
  if (table.matching_rows !== null) {
    return trans.__(
      'first %1 of %2 matching, of %3 rows',
      shown,
      count(table.matching_rows),
      total
    );
  }
  return table.total_rows === table.rows.length
    ? trans._n('%2 row', '%2 rows', table.total_rows, total)
    : trans.__('first %1 of %2 rows', shown, total);
}
