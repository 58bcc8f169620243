import React from 'react';

import type { Node } from '../api/lineageTypes';
import { CommandIDs } from '../commandIds';
import { CommandButton } from '../panel/commandButton';
import { useLake } from '../panel/context';
import { Source } from '../panel/source';
import { address, short } from '../text/addresses';
import { exactly } from '../text/format';

/** What is known of the chosen node, and where one can go from it. */
export function GraphDetails({ node }: { node: Node }): React.JSX.Element {
  const { trans } = useLake();
  if (node.kind === 'dataset') {
    const at = { repo: node.repo, ref: short(node.commit), path: node.path };
    return (
      <aside className="jp-Lake-details" aria-label={trans.__('Chosen dataset')}>
        <h3>{address(node.repo, short(node.commit), node.path)}</h3>
        <p className={node.stale ? 'jp-Lake-stale' : 'jp-Lake-second'}>
          {node.stale
            ? trans._n('%1 newer version', '%1 newer versions', node.behind)
            : trans.__('the newest version')}
        </p>
        <div className="jp-Lake-noticeActions">
          {node.path && <CommandButton id={CommandIDs.openPreview} args={at} />}
          <CommandButton id={CommandIDs.openCommit} args={at} />
          <CommandButton id={CommandIDs.copyAddress} args={at} />
        </div>
      </aside>
    );
  }
  if (node.kind === 'run') {
    const { notebook, cell_id, execution_count } = node;
    return (
      <aside className="jp-Lake-details" aria-label={trans.__('Chosen cell')}>
        <h3>{node.label}</h3>
        <p className="jp-Lake-second">
          {[node.user, exactly(node.started), node.status].join(' · ')}
        </p>
        {node.source !== null && <Source code={node.source} />}
        <div className="jp-Lake-noticeActions">
          <CommandButton
            id={CommandIDs.openNotebook}
            args={{ notebook, cell: cell_id, execution_count }}
          />
        </div>
      </aside>
    );
  }
  return (
    <aside className="jp-Lake-details" aria-label={trans.__('Chosen source')}>
      <h3>{node.label}</h3>
      <p className="jp-Lake-stale">
        {node.kind === 'variable'
          ? trans.__('a variable of a notebook')
          : trans.__('not in the lake: nobody can vouch for it')}
      </p>
    </aside>
  );
}

/** What the shapes and lines mean. */
export function Legend(): React.JSX.Element {
  const { trans } = useLake();
  return (
    <dl className="jp-Lake-legend">
      <dt>{trans.__('Rounded box')}</dt>
      <dd>{trans.__('a dataset at a commit')}</dd>
      <dt>{trans.__('Square box')}</dt>
      <dd>{trans.__('a cell that ran')}</dd>
      <dt>{trans.__('Id on a line')}</dt>
      <dd>{trans.__('the commit that was read or made')}</dd>
      <dt>{trans.__('Dashed box')}</dt>
      <dd>{trans.__('data from outside the lake')}</dd>
      <dt>{trans.__('+12')}</dt>
      <dd>{trans.__('so many more neighbours; press to show them')}</dd>
      <dt>{trans.__('Dashed line, “behind”')}</dt>
      <dd>{trans.__('newer versions of what was read exist')}</dd>
      <dt>{trans.__('Dotted line, “possibly”')}</dt>
      <dd>{trans.__('a flow that could not be observed')}</dd>
    </dl>
  );
}
