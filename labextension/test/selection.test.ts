import { expect, test } from 'vitest';

import { remember } from '../src/commands/lakes';
import { Selection } from '../src/model/selection';

test('choosing wider forgets what is narrower', () => {
  const selection = new Selection();
  selection.repo('sales', 'main');
  selection.commit('c1');
  selection.path('orders');
  expect(selection.address).toBe('sales@c1/orders');
  selection.commit('c2');
  expect(selection.address).toBe('sales@c2');
  selection.ref('fix');
  expect(selection.address).toBe('sales@fix');
  selection.repo('reports');
  expect(selection.address).toBe('reports');
});

test('the same choice again tells nobody', () => {
  const selection = new Selection();
  let told = 0;
  selection.changed.connect(() => told++);
  selection.repo('sales', 'main');
  selection.repo('sales', 'main');
  expect(told).toBe(1);
});

test('lakes are remembered once, the latest first', () => {
  expect(remember(['a', 'b'], 'b')).toEqual(['b', 'a']);
  expect(
    remember(
      Array.from({ length: 20 }, (_, index) => `${index}`),
      'x'
    )
  ).toHaveLength(12);
});
