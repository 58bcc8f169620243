import { caretRightIcon, caretDownIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import type { IRepo } from '../api/types';
import { CommandIDs } from '../commandIds';
import type { IListRow } from '../list/virtualList';
import { VirtualList } from '../list/virtualList';
import { useClock } from '../model/useClock';
import { useSignal } from '../model/useSignal';
import { ago, count, exactly } from '../text/format';
import { useLake } from './context';
import { openMenu } from './menu';
import { CommandButton } from './commandButton';
import { LongName } from './longName';
import { EmptyNotice, Reading } from './notice';
import { RefPicker } from './refPicker';

const ROW_HEIGHT = 24;
const FILTER_FROM = 6;

interface IRepoRow extends IListRow {
  repo: IRepo;
  picker: boolean;
}

/** The lake's repos; the chosen one opens in place and shows its branch. */
export function Repos(): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { repos, selection } = model;
  useSignal(repos, selection);
  useClock();
  const [filter, setFilter] = useState('');
  const known = repos.value;
  if (!known) {
    return repos.busy ? <Reading /> : <></>;
  }
  if (!known.length) {
    return (
      <EmptyNotice
        what={trans.__('No repo yet.')}
        hint={trans.__('A repo is a line of history for data that belongs together.')}
      >
        <CommandButton strong id={CommandIDs.createRepo} />
      </EmptyNotice>
    );
  }
  const open = selection.now.repo;
  const shown = known.filter(repo => repo.name.includes(filter.trim().toLowerCase()));
  const rows = shown.flatMap((repo): IRepoRow[] => {
    const row = { key: repo.name, repo, picker: false, level: 1, expanded: repo.name === open };
    return row.expanded ? [row, { key: `${repo.name}/ref`, repo, picker: true, level: 2 }] : [row];
  });
  const choose = ({ repo, picker }: IRepoRow) => {
    if (!picker && repo.name !== open) {
      selection.repo(repo.name, repo.default_branch);
    }
  };
  return (
    <div className="jp-Lake-stack">
      {known.length >= FILTER_FROM && (
        <input
          className="jp-Lake-filter"
          type="search"
          placeholder={trans.__('Filter repos')}
          aria-label={trans.__('Filter repos')}
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        role="tree"
        label={trans.__('Repos')}
        selected={open || null}
        onSelect={choose}
        onMenu={(row, event) => {
          choose(row);
          openMenu(commands, event, 'repo', { repo: row.repo.name });
        }}
        draw={row => (row.picker ? <RefPicker /> : <RepoRow repo={row.repo} open={row.expanded} />)}
      />
    </div>
  );
}

function RepoRow({ repo, open }: { repo: IRepo; open?: boolean }): React.JSX.Element {
  const { trans } = useLake();
  const Caret = open ? caretDownIcon : caretRightIcon;
  const about = repo.description ? `${repo.name}: ${repo.description}` : repo.name;
  return (
    <>
      <Caret.react tag="span" className="jp-Lake-caret" />
      <LongName name={repo.name} title={about} />
      {repo.head && (
        <>
          <span className="jp-Lake-second">
            {trans._n('%2 commit', '%2 commits', repo.head.number, count(repo.head.number))}
          </span>
          <time className="jp-Lake-when" dateTime={repo.head.time} title={exactly(repo.head.time)}>
            {ago(repo.head.time, trans)}
          </time>
        </>
      )}
    </>
  );
}
