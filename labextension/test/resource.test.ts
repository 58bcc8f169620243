import { expect, test } from 'vitest';

import { LakeError } from '../src/api/request';
import { Resource } from '../src/model/resource';

test('the last answer stays while the next is awaited', async () => {
  const resource = new Resource<number>();
  await resource.load('a', () => Promise.resolve(1));
  const next = resource.load('a', () => Promise.resolve(2));
  expect([resource.value, resource.busy]).toEqual([1, true]);
  await next;
  expect([resource.value, resource.busy]).toEqual([2, false]);
});

test('another key forgets the old answer at once', async () => {
  const resource = new Resource<number>();
  await resource.load('a', () => Promise.resolve(1));
  const next = resource.load('b', () => Promise.resolve(2));
  expect(resource.value).toBeUndefined();
  await next;
});

test('an answer that comes too late is dropped', async () => {
  const resource = new Resource<string>();
  let late: (value: string) => void = () => undefined;
  const slow = resource.load('a', () => new Promise(resolve => (late = resolve)));
  await resource.load('b', () => Promise.resolve('b'));
  late('a');
  await slow;
  expect(resource.value).toBe('b');
});

test('trouble is kept beside what was known before', async () => {
  const resource = new Resource<number>();
  await resource.load('a', () => Promise.resolve(1));
  await resource.load('a', () => Promise.reject(new LakeError('x', 'No.', 'Do.', 404)));
  expect(resource.value).toBe(1);
  expect(resource.error?.hint).toBe('Do.');
  await resource.load('a', () => Promise.resolve(3));
  expect(resource.error).toBeNull();
});

test('whatever is thrown can be shown', () => {
  expect(LakeError.from(new TypeError('odd')).message).toBe('odd');
  expect(LakeError.from('odd').message).toBe('odd');
});
