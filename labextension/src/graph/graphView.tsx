import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useCallback, useEffect, useRef, useState } from 'react';

import type { ILineage, Node } from '../api/lineageTypes';
import { LakeError } from '../api/request';
import { useLake } from '../panel/context';
import { ErrorNotice, Reading, TextButton } from '../panel/notice';
import { SubjectBar } from '../panel/subjectBar';
import { draw, size } from './draw';
import { GraphDetails, Legend } from './graphDetails';
import { relatives } from './neighbours';

const FIRST_HOPS = 8;
const MORE_HOPS = 4;
const MOST_HOPS = 20;

/** The whole lineage of something, left to right; a chosen node fades what is not its kin. */
export function GraphView({ address }: { address: string }): React.JSX.Element {
  const { model, trans } = useLake();
  const [hops, setHops] = useState(FIRST_HOPS);
  const [graph, setGraph] = useState<ILineage | null>(null);
  const [error, setError] = useState<LakeError | null>(null);
  const [chosen, choose] = useState<string | null>(null);
  const [opened, setOpened] = useState<readonly string[]>([]);
  const [legend, setLegend] = useState(false);
  const [scale, setScale] = useState(1);
  const load = useCallback(async () => {
    try {
      setGraph(await model.client.lineage(address, hops, hops, opened));
      setError(null);
    } catch (reason) {
      setError(LakeError.from(reason));
    }
  }, [model, address, hops, opened]);
  useEffect(() => {
    void load();
    const again = () => void load();
    model.moved.connect(again);
    return () => void model.moved.disconnect(again);
  }, [load, model]);

  if (!graph) {
    return error ? <ErrorNotice error={error} /> : <Reading />;
  }
  const pick = (id: string | null) => {
    if (id && graph.nodes.some(each => each.id === id && each.kind === 'more')) {
      setOpened([...opened, id]);
    } else {
      choose(id);
    }
  };
  const node = graph.nodes.find(each => each.id === (chosen ?? graph.subject));
  return (
    <div className="jp-Lake-graphView">
      <SubjectBar title={trans.__('Lineage of %1', address)}>
        {graph.cut && hops < MOST_HOPS && (
          <TextButton
            label={trans.__('Show more hops')}
            onClick={() => setHops(Math.min(hops + MORE_HOPS, MOST_HOPS))}
          />
        )}
        <TextButton
          label="−"
          title={trans.__('Smaller')}
          onClick={() => setScale(Math.max(scale / 1.25, 0.25))}
        />
        <TextButton
          label="+"
          title={trans.__('Larger')}
          onClick={() => setScale(Math.min(scale * 1.25, 4))}
        />
        <TextButton label={trans.__('Legend')} onClick={() => setLegend(!legend)} />
      </SubjectBar>
      {legend && <Legend />}
      <div className="jp-Lake-graphBody">
        <Picture graph={graph} chosen={chosen} scale={scale} onChoose={pick} />
        {node && <GraphDetails node={node} />}
      </div>
    </div>
  );
}

interface IPictureProps {
  graph: ILineage;
  chosen: string | null;
  scale: number;
  onChoose: (id: string | null) => void;
}

function Picture({ graph, chosen, scale, onChoose }: IPictureProps): React.JSX.Element {
  const { trans } = useLake();
  const host = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    let late = false;
    void draw(graph.dot).then(svg => {
      if (!late && host.current) {
        graph.nodes.forEach(node => makeButton(svg, node, trans));
        host.current.replaceChildren(svg);
        setDrawn(count => count + 1);
        reveal(host.current, graph.subject);
      }
    });
    return () => {
      late = true;
    };
  }, [graph, trans]);
  useEffect(() => {
    const svg = host.current?.querySelector('svg');
    const kin = chosen ? relatives(graph, chosen) : null;
    svg?.querySelectorAll('g.node').forEach(node => {
      node.classList.toggle('jp-mod-faded', kin !== null && !kin.has(node.id));
      node.classList.toggle('jp-mod-chosen', node.id === chosen);
    });
    svg?.querySelectorAll('g.edge').forEach(edge => {
      const [source = '', target = ''] = ends(edge);
      edge.classList.toggle('jp-mod-faded', kin !== null && !(kin.has(source) && kin.has(target)));
    });
    if (svg) {
      size(svg, scale);
    }
  }, [graph, chosen, drawn, scale]);
  const pick = (event: React.SyntheticEvent) => {
    const node = (event.target as Element).closest('g.node');
    onChoose(node && node.id !== chosen ? node.id : null);
  };
  return (
    <div
      ref={host}
      className="jp-Lake-picture"
      role="group"
      aria-label={trans.__('Lineage graph')}
      onClick={pick}
      onKeyDown={event => (event.key === 'Enter' || event.key === ' ') && pick(event)}
    />
  );
}

/** Scroll so that what was asked about is in view. */
function reveal(host: HTMLElement, id: string): void {
  requestAnimationFrame(() => {
    const node = host.querySelector(`#${CSS.escape(id)}`);
    node?.scrollIntoView?.({ block: 'nearest', inline: 'end' });
  });
}

function makeButton(svg: SVGSVGElement, node: Node, trans: TranslationBundle): void {
  const shape = svg.querySelector(`#${CSS.escape(node.id)}`);
  shape?.setAttribute('tabindex', '0');
  shape?.setAttribute('role', 'button');
  shape?.setAttribute('aria-label', name(node, trans));
}

/** Graphviz titles an edge `source->target`; an id holds no `->`. */
function ends(edge: Element): string[] {
  return (edge.querySelector('title')?.textContent ?? '').split('->');
}

/** What a screen reader says of a node. */
function name(node: Node, trans: TranslationBundle): string {
  const kinds: Record<Node['kind'], string> = {
    dataset: trans.__('dataset: %1', node.label),
    run: trans.__('run: %1', node.label),
    untracked: trans.__('not in the lake: %1', node.label),
    variable: trans.__('variable: %1', node.label),
    more: trans.__('%1 more: show them', node.label)
  };
  return kinds[node.kind] + (node.stale ? `, ${trans.__('behind')}` : '');
}
