import React, { useEffect, useState } from 'react';

import type { IComparison } from '../api/types';
import { LakeError } from '../api/request';
import { useLake } from '../panel/context';
import { EmptyNotice, ErrorNotice } from '../panel/notice';
import { address, brief, short } from '../text/addresses';
import { Changes } from './changes';

/** The paths in which two commits of a repo differ. */
export function CompareView(props: { repo: string; a: string; b: string }): React.JSX.Element {
  const { model, trans } = useLake();
  const { repo, a, b } = props;
  const [found, setFound] = useState<IComparison | null>(null);
  const [error, setError] = useState<LakeError | null>(null);
  useEffect(() => {
    let late = false;
    model.client.compare(repo, a, b).then(
      comparison => late || setFound(comparison),
      reason => late || setError(LakeError.from(reason))
    );
    return () => {
      late = true;
    };
  }, [model, repo, a, b]);
  if (error) {
    return <ErrorNotice error={error} />;
  }
  if (!found) {
    return <p className="jp-Lake-second">{trans.__('reading…')}</p>;
  }
  const { summary } = found;
  return (
    <article className="jp-Lake-commit" aria-label={trans.__('Comparison')}>
      <header>
        <h2>{trans.__('%1 compared with %2', brief(b), brief(a))}</h2>
      </header>
      <p className="jp-Lake-byline">
        <code>{address(repo, short(found.a.commit))}</code> →{' '}
        <code>{address(repo, short(found.b.commit))}</code> ·{' '}
        {trans.__(
          '%1 added, %2 changed, %3 removed',
          summary.added,
          summary.changed,
          summary.removed
        )}
      </p>
      {found.changes.length ? (
        <Changes changes={found.changes} total={summary.files} repo={repo} at={b} />
      ) : (
        <EmptyNotice what={trans.__('They hold the same files.')} />
      )}
    </article>
  );
}
