import React from 'react';

import type { IDatasetNode, IRunNode } from '../api/lineageTypes';
import { CommandIDs } from '../commandIds';
import type { INeighbours, Source } from '../graph/neighbours';
import { neighboursOf } from '../graph/neighbours';
import { useSignal } from '../model/useSignal';
import { address, short } from '../text/addresses';
import { ago, exactly } from '../text/format';
import { run, useLake } from './context';
import { LongName } from './longName';
import { EmptyNotice, Reading } from './notice';
import { SectionTrouble } from './sectionTrouble';

const NOTHING: INeighbours = { from: [], madeBy: [], usedBy: [], into: [] };

/** Where the selection came from and what was made of it, one hop each way. */
export function Lineage(): React.JSX.Element {
  const { model, trans } = useLake();
  const { lineage, selection } = model;
  useSignal(lineage, selection);
  const graph = lineage.value;
  // A branch without commits has no lineage, which is no trouble.
  const error = lineage.error?.kind === 'ref-not-found' ? null : lineage.error;
  if (!selection.address) {
    return <EmptyNotice what={trans.__('Choose a commit or a file to see its lineage.')} />;
  }
  if (!graph && lineage.busy) {
    return <Reading />;
  }
  if (!graph && error) {
    return <SectionTrouble error={error} known={false} />;
  }
  const { from, madeBy, usedBy, into } = graph ? neighboursOf(graph) : NOTHING;
  if (!from.length && !madeBy.length && !usedBy.length && !into.length) {
    return (
      <EmptyNotice
        what={trans.__('Nothing is recorded about %1.', selection.label)}
        hint={trans.__('What cells read and publish with `%lake` appears here by itself.')}
      />
    );
  }
  return (
    <>
      <SectionTrouble error={error} known />
      <ul className="jp-Lake-hops" aria-label={trans.__('Lineage of %1', selection.label)}>
        {from.map(node => (
          <SourceRow key={node.id} node={node} />
        ))}
        {madeBy.map(node => (
          <RunRow key={node.id} node={node} verb={trans.__('made by')} />
        ))}
        {usedBy.map(node => (
          <RunRow key={node.id} node={node} verb={trans.__('read by')} />
        ))}
        {into.map(node => (
          <DatasetRow key={node.id} node={node} arrow="→" words={trans.__('made from it')} />
        ))}
      </ul>
    </>
  );
}

function SourceRow({ node }: { node: Source }): React.JSX.Element {
  const { trans } = useLake();
  if (node.kind === 'dataset') {
    const behind = trans._n('%1 version behind', '%1 versions behind', node.behind);
    return (
      <DatasetRow
        node={node}
        arrow="←"
        words={node.stale ? behind : trans.__('newest')}
        stale={node.stale}
      />
    );
  }
  return (
    <li className="jp-Lake-hop" title={node.label}>
      <span className="jp-Lake-arrow">←</span>
      <span className="jp-Lake-grow">{node.label}</span>
      <span className="jp-Lake-stale">{trans.__('not in the lake')}</span>
    </li>
  );
}

function DatasetRow(props: {
  node: IDatasetNode;
  arrow: string;
  words: string;
  stale?: boolean;
}): React.JSX.Element {
  const { model } = useLake();
  const { repo, commit, path } = props.node;
  const go = () => model.selection.set({ repo, ref: model.defaultBranch(repo), commit, path });
  return (
    <li className="jp-Lake-hop">
      <button type="button" title={address(repo, commit, path)} onClick={go}>
        <span className="jp-Lake-arrow">{props.arrow}</span>
        <LongName name={path ? `${repo}/${path}` : repo} title={address(repo, commit, path)} />
        <span className="jp-Lake-id">{short(commit, 6)}</span>
        <span className={props.stale ? 'jp-Lake-stale' : 'jp-Lake-second'}>
          {props.words}
          {props.stale && <span aria-hidden="true"> ●</span>}
        </span>
      </button>
    </li>
  );
}

function RunRow({ node, verb }: { node: IRunNode; verb: string }): React.JSX.Element {
  const { commands, trans } = useLake();
  const { notebook, cell_id, execution_count } = node;
  const title = `${verb} ${node.label} · ${node.user} · ${exactly(node.started)}\n${node.source ?? ''}`;
  const open = () =>
    run(commands, CommandIDs.openNotebook, { notebook, cell: cell_id, execution_count });
  return (
    <li className="jp-Lake-hop">
      <button type="button" title={title} onClick={open}>
        <span className="jp-Lake-arrow jp-Lake-made">◆</span>
        <span className="jp-Lake-grow">
          <span className="jp-Lake-second">{verb}</span> {node.label}
        </span>
        <span className="jp-Lake-second jp-Lake-who">{node.user}</span>
        <time className="jp-Lake-when" dateTime={node.started}>
          {ago(node.started, trans)}
        </time>
      </button>
    </li>
  );
}
