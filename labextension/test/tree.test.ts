import { beforeEach, expect, test } from 'vitest';

import { Tree } from '../src/model/tree';
import { FakeLake } from './fakeClient';

let lake: FakeLake;
let tree: Tree;

beforeEach(async () => {
  lake = new FakeLake();
  tree = new Tree(lake.client);
  await tree.load('sales', 'main');
});

const lines = () =>
  tree.rows().map(row => `${'  '.repeat(row.depth)}${row.entry?.name ?? row.note}`);

test('a folder is read when it is opened, not before', async () => {
  expect(lake.asked).toEqual(['files main/ 0']);
  await tree.toggle('orders');
  expect(lake.asked.at(-1)).toBe('files main-id/orders 0');
  expect(lines()).toEqual(['broken', 'orders', '  x.csv', '  more', 'read me.txt']);
});

test('a closed folder opens again without asking', async () => {
  await tree.toggle('orders');
  await tree.toggle('orders');
  expect(lines()).toEqual(['broken', 'orders', 'read me.txt']);
  const asked = lake.asked.length;
  await tree.toggle('orders');
  expect(lake.asked).toHaveLength(asked);
});

test('a long folder shows more on demand', async () => {
  await tree.toggle('orders');
  await tree.more('orders');
  expect(lines()).toEqual(['broken', 'orders', '  x.csv', '  y.csv', 'read me.txt']);
});

test('a folder that can not be read says so in its place', async () => {
  await tree.toggle('broken');
  expect(lines()).toEqual(['broken', '  error', 'orders', 'read me.txt']);
});

test('folders stay open from one commit to the next', async () => {
  await tree.toggle('orders');
  await tree.load('sales', 'other');
  expect(tree.short).toBe('other');
  expect(lines()).toContain('  x.csv');
});
