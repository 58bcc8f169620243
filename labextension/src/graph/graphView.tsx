import React, { useCallback, useEffect, useRef, useState } from 'react';

import type { ILineage, Node } from '../api/lineageTypes';
import { LakeError } from '../api/request';
import { useLake } from '../panel/context';
import { ErrorNotice, TextButton } from '../panel/notice';
import { draw } from './draw';
import { GraphDetails, Legend } from './graphDetails';
import { relatives } from './neighbours';

const FIRST_HOPS = 8;
const MORE_HOPS = 4;
const MOST_HOPS = 20;
const PIXELS_PER_POINT = 96 / 72;
const PADDING = 34;
const SMALLEST = 0.75;

/** The whole lineage of something, left to right; a chosen node fades what is not its kin. */
export function GraphView({ address }: { address: string }): React.JSX.Element {
  const { model, trans } = useLake();
  const [hops, setHops] = useState(FIRST_HOPS);
  const [graph, setGraph] = useState<ILineage | null>(null);
  const [error, setError] = useState<LakeError | null>(null);
  const [chosen, choose] = useState<string | null>(null);
  const [legend, setLegend] = useState(false);
  const [scale, setScale] = useState(1);
  const load = useCallback(async () => {
    try {
      setGraph(await model.client.lineage(address, hops, hops));
      setError(null);
    } catch (reason) {
      setError(LakeError.from(reason));
    }
  }, [model, address, hops]);
  useEffect(() => {
    void load();
    const again = () => void load();
    model.moved.connect(again);
    return () => void model.moved.disconnect(again);
  }, [load, model]);

  if (error && !graph) {
    return <ErrorNotice error={error} />;
  }
  const node = graph?.nodes.find(each => each.id === (chosen ?? graph.subject));
  return (
    <div className="jp-Lake-graphView">
      <div className="jp-Lake-bar" role="toolbar" aria-label={trans.__('Graph')}>
        <span className="jp-Lake-grow jp-Lake-title" title={address}>
          {trans.__('Lineage of %1', address)}
        </span>
        {graph?.cut && hops < MOST_HOPS && (
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
      </div>
      {legend && <Legend />}
      <div className="jp-Lake-graphBody">
        {graph && <Picture graph={graph} chosen={chosen} scale={scale} onChoose={choose} />}
        {node && <GraphDetails node={node} onClose={() => choose(null)} />}
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
        graph.nodes.forEach(node => makeButton(svg, node));
        host.current.replaceChildren(svg);
        setDrawn(count => count + 1);
        reveal(host.current, graph.subject);
      }
    });
    return () => {
      late = true;
    };
  }, [graph]);
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
    const box = svg?.viewBox.baseVal;
    if (svg && box?.width && host.current) {
      svg.style.width = `${fitted(box.width, host.current.clientWidth) * scale}px`;
      svg.style.height = 'auto';
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

/** A drawing's width on the page: as large as its letters are meant, or smaller to fit. */
function fitted(width: number, room: number): number {
  const meant = width * PIXELS_PER_POINT;
  return Math.max(Math.min(meant, room - PADDING), meant * SMALLEST);
}

/** Scroll so that what was asked about is in view. */
function reveal(host: HTMLElement, id: string): void {
  requestAnimationFrame(() => {
    const node = host.querySelector(`#${CSS.escape(id)}`);
    node?.scrollIntoView?.({ block: 'nearest', inline: 'end' });
  });
}

function makeButton(svg: SVGSVGElement, node: Node): void {
  const shape = svg.querySelector(`#${CSS.escape(node.id)}`);
  shape?.setAttribute('tabindex', '0');
  shape?.setAttribute('role', 'button');
  shape?.setAttribute('aria-label', `${node.kind}: ${node.label}`);
}

/** Graphviz titles an edge `source->target`; an id holds no `->`. */
function ends(edge: Element): string[] {
  return (edge.querySelector('title')?.textContent ?? '').split('->');
}
