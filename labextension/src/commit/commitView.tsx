import React from 'react';

import { CommandIDs } from '../commandIds';
import { useAnswer } from '../model/useAnswer';
import { useLake } from '../panel/context';
import { ErrorNotice, Reading } from '../panel/notice';
import { SubjectBar } from '../panel/subjectBar';
import { address, brief, short } from '../text/addresses';
import { exactly, firstLine } from '../text/format';
import { Changes } from './changes';
import { MadeBy } from './madeBy';

const BUTTONS = [
  CommandIDs.copyAddress,
  CommandIDs.insertQuery,
  CommandIDs.pinNotebook,
  CommandIDs.compare,
  CommandIDs.createBranch
];

/** One commit in full: what for, by whom, made from what, and what it changed. */
export function CommitView(props: {
  repo: string;
  at: string;
  onClose?: () => void;
}): React.JSX.Element {
  const { model, trans } = useLake();
  const { repo, at } = props;
  const { value: commit, error } = useAnswer(address(repo, at), () =>
    model.client.commit(repo, at)
  );
  if (!commit) {
    return (
      <>
        <SubjectBar title={address(repo, brief(at))} onBack={props.onClose} />
        {error ? <ErrorNotice error={error} /> : <Reading />}
      </>
    );
  }
  const title = firstLine(commit.message) || trans.__('(no message)');
  const rest = commit.message.split('\n').slice(1).join('\n').trim();
  const [parent] = commit.parents;
  const parents = commit.parents.map(each => short(each)).join(', ');
  return (
    <article
      className="jp-Lake-commit"
      aria-label={title}
      onKeyDown={event => event.key === 'Escape' && props.onClose?.()}
    >
      <SubjectBar
        title={title}
        tooltip={commit.message}
        buttons={BUTTONS}
        menu="commit"
        args={{ repo, ref: commit.short }}
        onBack={props.onClose}
      />
      <div className="jp-Lake-page">
        <p className="jp-Lake-byline">
          {commit.author} · <time dateTime={commit.time}>{exactly(commit.time)}</time> ·{' '}
          <code title={commit.id}>{address(repo, commit.short)}</code>
          {parents && ` · ${trans._n('parent %2', 'parents %2', commit.parents.length, parents)}`}
        </p>
        {rest && <p className="jp-Lake-message">{rest}</p>}
        {commit.made_by && <MadeBy commit={commit} made={commit.made_by} />}
        <Changes
          changes={commit.changes}
          total={commit.summary.files}
          repo={repo}
          from={parent ? short(parent) : ''}
          to={commit.short}
        />
      </div>
    </article>
  );
}
