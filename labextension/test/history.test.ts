import { beforeEach, expect, test } from 'vitest';

import { History } from '../src/model/history';
import { FakeLake } from './fakeClient';

let lake: FakeLake;
let history: History;

beforeEach(() => {
  lake = new FakeLake();
  history = new History(lake.client);
});

const ids = () => history.commits.map(({ id }) => id);

test('pages follow each other without gap or overlap', async () => {
  await history.load('sales', 'main');
  while (history.more) {
    await history.loadMore();
  }
  expect(ids()).toEqual(['c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
});

test('a new commit comes on top of what was scrolled to', async () => {
  await history.load('sales', 'main');
  await history.loadMore();
  lake.newest = 10;
  await history.load('sales', 'main');
  expect(ids()).toEqual(['c10', 'c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2']);
  await history.loadMore();
  expect(ids().at(-1)).toBe('c0');
  expect(new Set(ids()).size).toBe(ids().length);
});

test('another ref forgets the commits of the last', async () => {
  await history.load('sales', 'main');
  const next = history.load('sales', 'fix');
  expect(history.commits).toEqual([]);
  await next;
});

test('what was known of a ref is shown while it is asked for again', async () => {
  await history.load('sales', 'main');
  await history.load('sales', 'fix');
  lake.newest = 10;
  const again = history.load('sales', 'main');
  expect(ids()[0]).toBe('c9');
  expect(history.busy).toBe(true);
  await again;
  expect(ids()[0]).toBe('c10');
});

test('another lake has nothing in common with the last', async () => {
  await history.load('sales', 'main');
  history.forget();
  const next = history.load('sales', 'main');
  expect(history.commits).toEqual([]);
  await next;
});

test('a search lists what it finds, and its end all commits again', async () => {
  await history.load('sales', 'main');
  history.searching = true;
  await history.search(' 7 ');
  expect(ids()).toEqual(['c7']);
  await history.search('');
  expect(ids()[0]).toBe('c9');
});

test('what a commit changed is asked for once', async () => {
  await history.load('sales', 'main');
  await history.want(['c9', 'c8']);
  await history.want(['c9', 'c8', 'c7']);
  expect(lake.asked.filter(line => line.startsWith('changes'))).toEqual([
    'changes c9,c8',
    'changes c7'
  ]);
  expect(history.summary('c8')?.rows).toBe(5);
});
