import { expect, test } from 'vitest';

import { movedRepos } from '../src/model/watcher';

const before = new Map([
  ['sales', '1'],
  ['reports', '1']
]);

test('nothing new is nothing to do', () => {
  expect(movedRepos(before, { repos: ['sales', 'reports'], heads: { sales: '1' } })).toEqual([]);
});

test('commits, new repos and lost ones are noticed', () => {
  const now = { repos: ['sales', 'extra'], heads: { sales: '2', extra: '1' } };
  expect(movedRepos(before, now).sort()).toEqual(['extra', 'reports', 'sales']);
});
