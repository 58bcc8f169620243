import React, { useCallback, useEffect, useMemo, useState } from 'react';

import type { IRowSummary, ICommit } from '../api/types';
import { CommandIDs } from '../commandIds';
import { CommitView } from '../commit/commitView';
import type { IRowLanes } from '../list/lanes';
import { layLanes } from '../list/lanes';
import type { IListRow } from '../list/virtualList';
import { VirtualList } from '../list/virtualList';
import { useClock } from '../model/useClock';
import { useSignal } from '../model/useSignal';
import { CommandButton } from './commandButton';
import { CommitRow } from './commitRow';
import { CommitSearch } from './commitSearch';
import { run, useLake } from './context';
import { openMenu } from './menu';
import { EmptyNotice, Reading } from './notice';
import { SectionTrouble } from './sectionTrouble';

export const COMMIT_HEIGHT = 40;
const AHEAD = 20;

/** What a search finds stands by itself: its parents are not in the list. */
const ALONE: IRowLanes = { lane: 0, into: [], outOf: [], past: [], width: 1 };

interface ICommitListRow extends IListRow {
  commit: ICommit;
  lanes: IRowLanes;
  summary: IRowSummary | undefined;
}

/** The history of the chosen ref, newest first, and the search in it; or one commit, opened. */
export function Commits(): React.JSX.Element {
  const { model } = useLake();
  const { history, selection } = model;
  useSignal(history, selection);
  const [left, setLeft] = useState(false);
  const { repo, commit } = selection.now;
  if (history.opened && commit) {
    const close = () => {
      setLeft(true);
      history.opened = false;
    };
    return <CommitView repo={repo} at={commit} onClose={close} />;
  }
  return (
    <div className="jp-Lake-stack">
      {history.searching && <CommitSearch />}
      {history.commits.length > 0 && <SectionTrouble error={history.error} known />}
      <CommitList focused={left} />
    </div>
  );
}

/** The list itself; `focused` where the person comes back to it from a commit. */
function CommitList({ focused }: { focused: boolean }): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { history, selection } = model;
  useSignal(history, selection);
  useClock();
  const commits = history.commits;
  const found = history.find !== '';
  const lanes = useMemo(
    () => (found ? commits.map(() => ALONE) : layLanes(commits)),
    [commits, found]
  );
  // Messages begin in one line, however many lanes there are beside each.
  const width = useMemo(() => lanes.reduce((most, row) => Math.max(most, row.width), 1), [lanes]);
  const rows = commits.map((commit, index): ICommitListRow => ({
    key: commit.id,
    commit,
    lanes: { ...lanes[index]!, width },
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

  if (!commits.length) {
    return history.error && !history.busy ? (
      <SectionTrouble error={history.error} known={false} />
    ) : (
      <Nothing />
    );
  }
  const { repo, commit } = selection.now;
  return (
    <VirtualList
      rows={rows}
      rowHeight={COMMIT_HEIGHT}
      label={trans.__('Commits of %1', repo)}
      focused={focused}
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
    return <Reading />;
  }
  if (model.history.find) {
    return (
      <EmptyNotice
        what={trans.__('No commit of %1 holds “%2”.', repo, model.history.find)}
        hint={trans.__('The message, the author and the beginning of the id are searched.')}
      />
    );
  }
  return (
    <EmptyNotice
      what={trans.__('%1 has no commits yet.', repo)}
      hint={trans.__('Publish from a cell: `%lake publish VAR --to %1/PATH -m "why"`', repo)}
    >
      <CommandButton id={CommandIDs.importFiles} />
    </EmptyNotice>
  );
}
