import { expect, test } from 'vitest';

import { moveBy } from '../src/list/keys';
import { scrollTo, windowOf } from '../src/list/window';

test('only rows in view are drawn, and a few spare ones', () => {
  expect(windowOf(10_000, 40, 4000, 400)).toEqual({ first: 94, last: 116 });
  expect(windowOf(10_000, 40, 0, 400)).toEqual({ first: 0, last: 16 });
  expect(windowOf(3, 40, 0, 400)).toEqual({ first: 0, last: 3 });
  expect(windowOf(0, 40, 0, 400)).toEqual({ first: 0, last: 0 });
});

test('a list that shrank draws no row that is gone', () => {
  const { first, last } = windowOf(5, 40, 4000, 400);
  expect(first).toBeLessThanOrEqual(5);
  expect(last).toBe(5);
});

test('a row is scrolled to only when it is out of view', () => {
  expect(scrollTo(2, 40, 0, 400)).toBeNull();
  expect(scrollTo(20, 40, 0, 400)).toBe(440);
  expect(scrollTo(2, 40, 400, 400)).toBe(80);
});

test.each([
  ['ArrowDown', 1, 2],
  ['ArrowDown', 9, 9],
  ['ArrowUp', 0, 0],
  ['ArrowUp', -1, 9],
  ['PageDown', 1, 5],
  ['Home', 5, 0],
  ['End', 5, 9],
  ['x', 5, null]
])('%s at %i leads to %s', (key, at, to) => {
  expect(moveBy(key, at, 10, 4)).toBe(to);
});

test('an empty list has nowhere to go', () => {
  expect(moveBy('ArrowDown', -1, 0, 4)).toBeNull();
});
