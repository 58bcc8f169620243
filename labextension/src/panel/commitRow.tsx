import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IRowSummary, ICommit } from '../api/types';
import type { IRowLanes } from '../list/lanes';
import { ago, count, exactly, firstLine, signed } from '../text/format';
import { COMMIT_HEIGHT } from './commits';
import { useLake } from './context';
import { GraphCell } from './graphCell';

export interface ICommitRowProps {
  commit: ICommit;
  lanes: IRowLanes;
  summary?: IRowSummary;
}

/** A commit in two lines: what it is for and when; who made it and what it changed. */
export function CommitRow({ commit, lanes, summary }: ICommitRowProps): React.JSX.Element {
  const { model, trans } = useLake();
  const refs = commit.refs.filter(ref => ref !== model.selection.now.ref);
  const notebook = summary?.made_by?.notebook;
  const title = `${commit.message}\n${commit.author} · ${exactly(commit.time)} · ${commit.short}`;
  return (
    <>
      <GraphCell lanes={lanes} height={COMMIT_HEIGHT} merge={commit.parents.length > 1} />
      <div className="jp-Lake-commitText" title={title}>
        <div className="jp-Lake-line">
          <span className="jp-Lake-grow">
            {firstLine(commit.message) || trans.__('(no message)')}
          </span>
          {refs.length > 0 && (
            <span className="jp-Lake-chips">
              {refs.map(ref => (
                <span key={ref} className="jp-Lake-chip" title={ref}>
                  {ref}
                </span>
              ))}
            </span>
          )}
          {summary?.made_by && (
            <span
              className="jp-Lake-made"
              role="img"
              aria-label={trans.__('made by a notebook')}
              title={
                notebook ? trans.__('Made by %1', notebook) : trans.__('Made by a recorded cell')
              }
            >
              ◆
            </span>
          )}
          <time dateTime={commit.time}>{ago(commit.time, trans)}</time>
        </div>
        <div className="jp-Lake-line jp-mod-second">
          <span className="jp-Lake-grow">{changed(commit, summary, trans)}</span>
        </div>
      </div>
    </>
  );
}

/** `ana · 1 file · +5 rows` */
export function changed(
  commit: ICommit,
  summary: IRowSummary | undefined,
  trans: TranslationBundle
): string {
  const parts = [commit.author];
  if (summary) {
    parts.push(trans._n('%2 file', '%2 files', summary.files, count(summary.files)));
  }
  if (summary?.rows) {
    parts.push(
      Math.abs(summary.rows) === 1
        ? trans.__('%1 row', signed(summary.rows))
        : trans.__('%1 rows', signed(summary.rows))
    );
  }
  return parts.join(' · ');
}
