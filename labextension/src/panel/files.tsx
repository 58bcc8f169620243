import {
  caretDownIcon,
  caretRightIcon,
  fileIcon,
  folderIcon,
  imageIcon,
  jsonIcon,
  notebookIcon,
  spreadsheetIcon,
  textEditorIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import React, { useCallback } from 'react';

import type { IEntry, Kind } from '../api/types';
import { CommandIDs } from '../commandIds';
import type { IListRow } from '../list/virtualList';
import { VirtualList } from '../list/virtualList';
import type { IRow } from '../model/tree';
import { useSignal } from '../model/useSignal';
import { bytes, count } from '../text/format';
import { run, useLake } from './context';
import { LongName } from './longName';
import { openMenu } from './menu';
import { EmptyNotice, Reading } from './notice';
import { SectionTrouble } from './sectionTrouble';

const ROW_HEIGHT = 24;

const ICONS: Record<Kind, LabIcon> = {
  table: spreadsheetIcon,
  json: jsonIcon,
  image: imageIcon,
  notebook: notebookIcon,
  text: textEditorIcon,
  file: fileIcon
};

interface IFileRow extends IListRow {
  row: IRow;
}

/** The files of the chosen commit; a folder is read when it is opened. */
export function Files(): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { tree, selection } = model;
  useSignal(tree, selection);
  // A long folder is read on when its last known line comes into view.
  const onWindow = useCallback(
    (first: number, last: number) => {
      const shown = tree.rows().slice(first, last);
      shown.filter(row => row.note === 'more').forEach(row => void tree.more(row.folder));
    },
    [tree]
  );
  if (!tree.ready) {
    return tree.busy ? <Reading /> : <SectionTrouble error={tree.error} known={false} />;
  }
  const lines = tree.rows();
  if (!lines.length) {
    return <EmptyNotice what={trans.__('There are no files.')} />;
  }
  const rows = lines.map((row): IFileRow => ({
    key: row.key,
    level: row.depth + 1,
    expanded: row.entry?.folder ? row.open : undefined,
    row
  }));
  const { repo } = selection.now;
  const argsOf = (path: string) => ({ repo, ref: tree.short, path });
  const open = ({ row }: IFileRow) => {
    const { entry } = row;
    if (row.note === 'more') {
      void tree.more(row.folder);
    } else if (entry && (!entry.folder || entry.kind === 'table')) {
      run(commands, CommandIDs.openPreview, argsOf(entry.path));
    } else if (entry) {
      void tree.toggle(entry.path);
    }
  };
  return (
    <div className="jp-Lake-stack">
      <SectionTrouble error={tree.error} known />
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        role="tree"
        label={trans.__('Files of %1', repo)}
        selected={selection.now.path || null}
        onSelect={fileRow => {
          const { entry } = fileRow.row;
          if (entry) {
            selection.path(entry.path);
          } else {
            open(fileRow);
          }
        }}
        onOpen={open}
        onFold={({ row }) => void tree.toggle(row.key)}
        onMenu={({ row }, event) => {
          if (row.entry) {
            selection.path(row.entry.path);
            const subject = row.entry.kind === 'table' ? 'table' : 'path';
            openMenu(commands, event, subject, argsOf(row.entry.path));
          }
        }}
        onWindow={onWindow}
        draw={({ row }) => <FileRow row={row} />}
      />
    </div>
  );
}

function FileRow({ row }: { row: IRow }): React.JSX.Element {
  const { model, trans } = useLake();
  const { entry } = row;
  const indent = { paddingLeft: row.depth * 14 };
  if (!entry) {
    const words = {
      loading: trans.__('reading…'),
      more: trans.__('reading more…'),
      error: trans.__('could not be read; close and open to try again')
    };
    return (
      <span className="jp-Lake-second jp-Lake-note" style={indent}>
        {row.note && words[row.note]}
      </span>
    );
  }
  const Caret = row.open ? caretDownIcon : caretRightIcon;
  const Icon = entry.folder
    ? entry.kind === 'table'
      ? spreadsheetIcon
      : folderIcon
    : ICONS[entry.kind];
  return (
    <>
      <span className="jp-Lake-indent" style={indent} />
      {entry.folder ? (
        <span
          className="jp-Lake-fold"
          onClick={event => {
            event.stopPropagation();
            void model.tree.toggle(entry.path);
          }}
        >
          <Caret.react tag="span" className="jp-Lake-caret" />
        </span>
      ) : (
        <span className="jp-Lake-caret" />
      )}
      <Icon.react tag="span" className="jp-Lake-smallIcon" />
      <LongName name={entry.folder ? `${entry.name}/` : entry.name} title={entry.path} />
      <span className="jp-Lake-second jp-Lake-amount">{amount(entry, trans)}</span>
      <span className="jp-Lake-second jp-Lake-size">{bytes(entry.bytes)}</span>
    </>
  );
}

function amount(entry: IEntry, trans: ReturnType<typeof useLake>['trans']): string {
  if (entry.folder) {
    return trans._n('%2 file', '%2 files', entry.files, count(entry.files));
  }
  return entry.rows === null ? '' : trans._n('%2 row', '%2 rows', entry.rows, count(entry.rows));
}
