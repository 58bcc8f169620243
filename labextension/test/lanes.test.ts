import { expect, test } from 'vitest';

import { layLanes } from '../src/list/lanes';

const commit = (id: string, ...parents: string[]) => ({ id, parents });

test('a straight history stays on one lane', () => {
  const rows = layLanes([commit('c', 'b'), commit('b', 'a'), commit('a')]);
  expect(rows.map(row => row.lane)).toEqual([0, 0, 0]);
  expect(rows.map(row => row.width)).toEqual([1, 1, 1]);
  expect(rows[0]).toMatchObject({ into: [], outOf: [0], past: [] });
  expect(rows[2]).toMatchObject({ into: [0], outOf: [] });
});

test('a merge opens a lane that closes where the branches part', () => {
  const rows = layLanes([
    commit('merge', 'main', 'fix'),
    commit('main', 'base'),
    commit('fix', 'base'),
    commit('base')
  ]);
  expect(rows.map(row => row.lane)).toEqual([0, 0, 1, 0]);
  expect(rows[0]?.outOf).toEqual([0, 1]);
  expect(rows[1]?.past).toEqual([1]);
  expect(rows[3]?.into).toEqual([0, 1]);
});

test('two heads have a lane each', () => {
  const rows = layLanes([commit('x', 'a'), commit('y', 'a'), commit('a')]);
  expect(rows.map(row => row.lane)).toEqual([0, 1, 0]);
});

test('lines out of a row go on into the next', () => {
  const history = [commit('m', 'p', 'q'), commit('q', 'r'), commit('p', 'r'), commit('r')];
  const rows = layLanes(history);
  rows.slice(1).forEach((row, index) => {
    const above = rows[index]!;
    const below = [...new Set([...above.outOf, ...above.past])].sort();
    expect([...new Set([...row.into, ...row.past])].sort()).toEqual(below);
  });
});

test('ten thousand commits are laid in no time worth a spinner', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    commit(`c${index}`, `c${index + 1}`, ...(index % 7 ? [] : [`c${index + 3}`]))
  );
  expect(layLanes(many)).toHaveLength(10_000);
});
