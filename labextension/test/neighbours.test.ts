import { expect, test } from 'vitest';

import type { IEdge, ILineage, Node } from '../src/api/lineageTypes';
import { neighboursOf, relatives } from '../src/graph/neighbours';

const dataset = (id: string) => ({ id, kind: 'dataset', label: id, stale: false }) as Node;
const cell = (id: string) => ({ id, kind: 'run', label: id, stale: false }) as Node;
const edge = (source: string, target: string) => ({ source, target }) as IEdge;

const graph: ILineage = {
  address: 'reports/delays',
  dot: '',
  subject: 'delays',
  cut: false,
  nodes: [
    ...['raw', 'flights', 'delays', 'board', 'far'].map(dataset),
    ...['import', 'query', 'publish', 'show', 'later'].map(cell)
  ],
  edges: [
    edge('raw', 'import'),
    edge('import', 'flights'),
    edge('flights', 'query'),
    edge('query', 'publish'),
    edge('publish', 'delays'),
    edge('delays', 'show'),
    edge('show', 'board'),
    edge('board', 'later'),
    edge('later', 'far')
  ]
};

const names = (nodes: Node[]) => nodes.map(({ id }) => id);

test('a hop leads through cells to the next datasets and no further', () => {
  const found = neighboursOf(graph);
  expect(names(found.from)).toEqual(['flights']);
  expect(names(found.madeBy)).toEqual(['publish']);
  expect(names(found.usedBy)).toEqual(['show']);
  expect(names(found.into)).toEqual(['board']);
});

test('kin is all upstream and all downstream', () => {
  expect([...relatives(graph, 'query')].sort()).toEqual(names(graph.nodes).filter(Boolean).sort());
  const sibling = { ...graph, edges: [...graph.edges, edge('flights', 'later')] };
  expect(relatives(sibling, 'show').has('later')).toBe(true);
  expect(relatives({ ...graph, edges: [edge('a', 'b'), edge('a', 'c')] }, 'b').has('c')).toBe(
    false
  );
});

test('a loop comes to an end', () => {
  const loop = { ...graph, edges: [...graph.edges, edge('board', 'query')] };
  expect(names(neighboursOf(loop).from)).toContain('flights');
  expect(relatives(loop, 'delays').size).toBeGreaterThan(3);
});
