import React from 'react';

import type { LakeError } from '../api/request';
import type { ILook, IPreview, ITablePreview } from '../api/previewTypes';
import { CommandIDs } from '../commandIds';
import { useLake } from '../panel/context';
import { LineForm } from '../panel/lineForm';
import { ErrorNotice } from '../panel/notice';
import { SubjectBar } from '../panel/subjectBar';
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
  look: Readonly<ILook>;
  onLook: (change: Partial<ILook>) => void;
}

const TABLE_BUTTONS = [CommandIDs.insertQuery, CommandIDs.copyAddress, CommandIDs.openLineage];
const FILE_BUTTONS = [CommandIDs.copyAddress, CommandIDs.openLineage];

/** One line on what is shown, the filter, and the columns' heads. */
export function PreviewHeader(props: IPreviewHeaderProps): React.JSX.Element {
  const { trans } = useLake();
  const { repo, path, preview, error, look, onLook } = props;
  const table = preview?.kind === 'table' ? preview : null;
  const waiting = props.busy ? [trans.__('reading…')] : [];
  return (
    <>
      <SubjectBar
        title={address(repo, props.at, path)}
        tooltip={preview?.address ?? path}
        status={[...waiting, ...(preview ? [about(preview, trans)] : [])].join(' · ')}
        buttons={table ? TABLE_BUTTONS : FILE_BUTTONS}
        menu={table ? 'table' : 'path'}
        strong={CommandIDs.insertQuery}
        args={{ repo, ref: props.at, path }}
      />
      {table && (
        <LineForm
          word="WHERE"
          label={trans.__('Rows for which this SQL expression holds')}
          placeholder={trans.__('an SQL expression over the columns, then Enter')}
          onEnter={where => onLook({ where })}
        />
      )}
      {error && <ErrorNotice error={error} />}
      {table && <ColumnHeads grid={props.grid} table={table} look={look} onLook={onLook} />}
      {table && <SpokenRows table={table} />}
    </>
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
  const sample = preview.summary_complete
    ? []
    : [trans.__('columns summed up from %1 rows', count(preview.summary_rows))];
  return [rows(preview, trans), columns, files, size, ...sample, ...preview.notes].join(' · ');
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
