import React, { useCallback, useEffect, useMemo } from 'react';

import type { IRowSummary, ICommit } from '../api/types';
import { CommandIDs } from '../commandIds';
import type { IRowLanes } from '../list/lanes';
import { layLanes } from '../list/lanes';
import type { IListRow } from '../list/virtualList';
import { VirtualList } from '../list/virtualList';
import { useClock } from '../model/useClock';
import { useSignal } from '../model/useSignal';
import { CommitRow } from './commitRow';
import { run, useLake } from './context';
import { openMenu } from './menu';
import { EmptyNotice, ErrorNotice } from './notice';

export const COMMIT_HEIGHT = 40;
const AHEAD = 20;

interface ICommitListRow extends IListRow {
  commit: ICommit;
  lanes: IRowLanes;
  summary: IRowSummary | undefined;
}

/** The history of the chosen ref, newest first. */
export function Commits(): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { history, selection } = model;
  useSignal(history, selection);
  useClock();
  const commits = history.commits;
  const lanes = useMemo(() => layLanes(commits), [commits]);
  const rows = commits.map((commit, index): ICommitListRow => ({
    key: commit.id,
    commit,
    lanes: lanes[index]!,
    summary: history.summary(commit.id)
  }));

  const onWindow = useCallback(
    (first: number, last: number) => {
      void history.want(history.commits.slice(first, last).map(commit => commit.id));
      if (last + AHEAD >= history.commits.length) {
        void history.loadMore();
      }
    },
    [history]
  );
  useEffect(() => onWindow(0, AHEAD), [history.repo, onWindow]);

  if (history.error && !commits.length) {
    return <ErrorNotice error={history.error} />;
  }
  if (!commits.length) {
    return <Nothing />;
  }
  const { repo, commit } = selection.now;
  return (
    <VirtualList
      rows={rows}
      rowHeight={COMMIT_HEIGHT}
      label={trans.__('Commits of %1', repo)}
      selected={commit || (commits[0]?.id ?? null)}
      onSelect={row => selection.commit(row.commit.id)}
      onOpen={row => run(commands, CommandIDs.openCommit, { repo, ref: row.commit.id })}
      onMenu={(row, event) => {
        selection.commit(row.commit.id);
        openMenu(commands, event, 'commit', { repo, ref: row.commit.id });
      }}
      onWindow={onWindow}
      draw={row => <CommitRow commit={row.commit} lanes={row.lanes} summary={row.summary} />}
    />
  );
}

function Nothing(): React.JSX.Element {
  const { model, trans } = useLake();
  const { repo } = model.selection.now;
  if (!repo) {
    return <EmptyNotice what={trans.__('Choose a repo to see its commits.')} />;
  }
  if (model.history.busy) {
    return <></>;
  }
  return (
    <EmptyNotice
      what={trans.__('%1 has no commits yet.', repo)}
      hint={trans.__('Publish from a cell: `%lake publish VAR --to %1/PATH -m "why"`', repo)}
    />
  );
}
