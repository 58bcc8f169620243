import type { IDatasetNode, ILineage, IOutsideNode, IRunNode, Node } from '../api/lineageTypes';

export type Source = IDatasetNode | IOutsideNode;

/** The datasets next to one, and the cells that stand directly at it. */
export interface INeighbours {
  from: Source[];
  madeBy: IRunNode[];
  into: IDatasetNode[];
  usedBy: IRunNode[];
}

/** One hop each way: through any number of cells, to the next datasets and no further. */
export function neighboursOf(graph: ILineage): INeighbours {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]));
  const up = hop(graph, nodes, 'target', 'source');
  const down = hop(graph, nodes, 'source', 'target');
  return {
    from: up.ends.filter((node): node is Source => node.kind !== 'run' && node.kind !== 'more'),
    madeBy: up.first,
    into: down.ends.filter(node => node.kind === 'dataset'),
    usedBy: down.first
  };
}

type End = 'source' | 'target';

function hop(graph: ILineage, nodes: ReadonlyMap<string, Node>, near: End, far: End) {
  const first: IRunNode[] = [];
  const ends: Node[] = [];
  const seen = new Set([graph.subject]);
  const queue = [graph.subject];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const edge of graph.edges) {
      const node = edge[near] === at ? nodes.get(edge[far]) : undefined;
      if (!node || seen.has(node.id)) {
        continue;
      }
      seen.add(node.id);
      if (node.kind === 'run') {
        queue.push(node.id);
        if (at === graph.subject) {
          first.push(node);
        }
      } else {
        ends.push(node);
      }
    }
  }
  return { first, ends };
}

/** All that something came from and that was made of it, itself included. */
export function relatives(graph: ILineage, id: string): Set<string> {
  return new Set([
    ...reach(graph, id, 'target', 'source'),
    ...reach(graph, id, 'source', 'target')
  ]);
}

function reach(graph: ILineage, id: string, near: End, far: End): Set<string> {
  const seen = new Set([id]);
  for (const at of seen) {
    graph.edges.filter(edge => edge[near] === at).forEach(edge => seen.add(edge[far]));
  }
  return seen;
}
