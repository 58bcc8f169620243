import React from 'react';

import { CommandIDs } from '../commandIds';
import { useAnswer } from '../model/useAnswer';
import { useLake } from '../panel/context';
import { EmptyNotice, ErrorNotice, Reading } from '../panel/notice';
import { SubjectBar } from '../panel/subjectBar';
import { address, brief, short } from '../text/addresses';
import { Changes } from './changes';
import { Rows } from './rows';

export interface ICompareProps {
  repo: string;
  a: string;
  b: string;
  /** A table or a folder; empty for all of both commits. */
  path: string;
}

/** The paths in which two commits of a repo differ; of one table, its rows. */
export function CompareView({ repo, a, b, path }: ICompareProps): React.JSX.Element {
  const { model, trans } = useLake();
  const { value: found, error } = useAnswer([repo, a, b, path].join(' '), () =>
    model.client.compare(repo, a, b, path)
  );
  if (!found) {
    return error ? <ErrorNotice error={error} /> : <Reading />;
  }
  const what = path ? `${repo}/${path}` : repo;
  return (
    <article className="jp-Lake-commit" aria-label={trans.__('Comparison')}>
      <SubjectBar
        title={trans.__('%1: %2 compared with %3', what, brief(b), brief(a))}
        status={trans._n('%1 file differs', '%1 files differ', found.summary.files)}
        buttons={[CommandIDs.swapCompared]}
        args={{ repo, ref: b, other: a, path }}
      />
      <div className="jp-Lake-page">
        <p className="jp-Lake-byline">
          {trans.__('from')} <code>{address(repo, short(found.a.commit), path)}</code>{' '}
          {trans.__('to')} <code>{address(repo, short(found.b.commit), path)}</code>
        </p>
        {found.changes.length ? (
          <>
            {path && <Rows repo={repo} a={a} b={b} path={path} />}
            <Changes
              changes={found.changes}
              total={found.summary.files}
              repo={repo}
              from={a}
              to={b}
            />
          </>
        ) : (
          <EmptyNotice
            what={trans.__('They hold the same.')}
            hint={trans.__('Nothing under this path differs between the two commits.')}
          />
        )}
      </div>
    </article>
  );
}
