import React, { useEffect, useState } from 'react';

import type { ICommitDetail } from '../api/types';
import { LakeError } from '../api/request';
import { CommandIDs } from '../commandIds';
import { run, useLake } from '../panel/context';
import { ErrorNotice, TextButton } from '../panel/notice';
import { short } from '../text/addresses';
import { exactly, firstLine } from '../text/format';
import { Changes } from './changes';
import { MadeBy } from './madeBy';

/** One commit in full: what for, by whom, made from what, and what it changed. */
export function CommitView(props: { repo: string; at: string }): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { repo, at } = props;
  const [commit, setCommit] = useState<ICommitDetail | null>(null);
  const [error, setError] = useState<LakeError | null>(null);
  useEffect(() => {
    let late = false;
    model.client.commit(repo, at).then(
      found => late || setCommit(found),
      reason => late || setError(LakeError.from(reason))
    );
    return () => {
      late = true;
    };
  }, [model, repo, at]);
  if (error) {
    return <ErrorNotice error={error} />;
  }
  if (!commit) {
    return <p className="jp-Lake-second">{trans.__('reading…')}</p>;
  }
  const args = { repo, ref: commit.short };
  const rest = commit.message.split('\n').slice(1).join('\n').trim();
  const parents = commit.parents.map(parent => short(parent)).join(', ');
  return (
    <article className="jp-Lake-commit" aria-label={firstLine(commit.message)}>
      <header>
        <h2>{firstLine(commit.message) || trans.__('(no message)')}</h2>
        <div className="jp-Lake-actions">
          <TextButton
            label={trans.__('Copy address')}
            onClick={() => run(commands, CommandIDs.copyAddress, args)}
          />
          <TextButton
            label={trans.__('Lineage')}
            onClick={() => run(commands, CommandIDs.openLineage, args)}
          />
          <TextButton
            label={trans.__('Pin notebook')}
            onClick={() => run(commands, CommandIDs.pinNotebook, args)}
          />
          <TextButton
            label={trans.__('Compare with…')}
            onClick={() => run(commands, CommandIDs.compare, args)}
          />
          <TextButton
            label={trans.__('Branch…')}
            onClick={() => run(commands, CommandIDs.createBranch, args)}
          />
          <TextButton
            label={trans.__('Tag…')}
            onClick={() => run(commands, CommandIDs.createTag, args)}
          />
        </div>
      </header>
      <p className="jp-Lake-byline">
        {commit.author} · <time dateTime={commit.time}>{exactly(commit.time)}</time> ·{' '}
        <code>
          {repo}@{commit.short}
        </code>
        {parents && ` · ${trans.__('parent %1', parents)}`}
      </p>
      {rest && <p className="jp-Lake-message">{rest}</p>}
      {commit.made_by && <MadeBy commit={commit} made={commit.made_by} />}
      <Changes
        changes={commit.changes}
        total={commit.summary.files}
        repo={repo}
        at={commit.short}
      />
    </article>
  );
}
