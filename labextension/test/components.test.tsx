import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React, { act } from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { LakeError } from '../src/api/request';
import { CommandIDs } from '../src/commandIds';
import { SchemaSays } from '../src/commit/schemaSays';
import { layLanes } from '../src/list/lanes';
import { VirtualList } from '../src/list/virtualList';
import type { LakeModel } from '../src/model/lakeModel';
import { Selection } from '../src/model/selection';
import { CommitRow } from '../src/panel/commitRow';
import { LakeProvider } from '../src/panel/context';
import { LakeTrouble } from '../src/panel/lakeTrouble';
import { commit, summary } from './fakeClient';

let host: HTMLElement;
let root: Root;
const commands = new CommandRegistry();
const trans = nullTranslator.load('jupyter_lake');
const model = { selection: new Selection(), client: { url: '' } } as unknown as LakeModel;

beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

function draw(component: React.ReactNode): void {
  act(() =>
    root.render(<LakeProvider value={{ model, commands, trans }}>{component}</LakeProvider>)
  );
}

function list(rows: number, onSelect: (key: string) => void = () => undefined) {
  return (
    <VirtualList
      rows={Array.from({ length: rows }, (_, index) => ({ key: `r${index}` }))}
      rowHeight={20}
      label="Rows"
      selected="r3"
      onSelect={row => onSelect(row.key)}
      draw={row => row.key}
    />
  );
}

test('a long list draws what is in view, and says how long it is', () => {
  draw(list(10_000));
  const rows = host.querySelectorAll('[role=option]');
  expect(rows.length).toBeLessThan(40);
  expect(rows[0]?.getAttribute('aria-setsize')).toBe('10000');
});

test('arrows move the selection, which the list names as active', () => {
  const chosen: string[] = [];
  draw(list(10, key => chosen.push(key)));
  const node = host.querySelector('[role=listbox]')!;
  const press = (key: string) =>
    act(() => void node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
  ['ArrowDown', 'ArrowUp', 'End', 'Home'].forEach(press);
  expect(chosen).toEqual(['r4', 'r2', 'r9', 'r0']);
  const active = node.getAttribute('aria-activedescendant')!;
  expect(document.getElementById(active)?.getAttribute('aria-selected')).toBe('true');
});

test('in a tree, left leads to the folder and right into it', () => {
  const chosen: string[] = [];
  const rows = [
    { key: 'a', level: 1, expanded: true },
    { key: 'a/x', level: 2 },
    { key: 'a/y', level: 2 }
  ];
  const tree = (selected: string) => (
    <VirtualList
      rows={rows}
      rowHeight={20}
      label="Tree"
      role="tree"
      selected={selected}
      onSelect={row => chosen.push(row.key)}
      draw={row => row.key}
    />
  );
  const press = (key: string) =>
    act(() => {
      const node = host.querySelector('[role=tree]')!;
      node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
  draw(tree('a/y'));
  press('ArrowLeft');
  draw(tree('a'));
  press('ArrowRight');
  expect(chosen).toEqual(['a', 'a/x']);
});

test('a commit says in two lines what it is', () => {
  const shown = { ...commit(7), message: 'Why\n\nBecause.', refs: ['v1'] };
  const made = { ...summary(), made_by: { notebook: 'delays.ipynb' } };
  draw(<CommitRow commit={shown} lanes={layLanes([shown])[0]!} summary={made} />);
  expect(host.textContent).toContain('Why');
  expect(host.textContent).not.toContain('Because');
  expect(host.textContent).toContain('ana · 1 file · +5 rows');
  expect(host.querySelector('[aria-label="made by a notebook"]')).not.toBeNull();
  expect(host.querySelector('time')?.getAttribute('datetime')).toBe(shown.time);
});

test.each([
  [{ columns: 2, changes: null }, '2 columns'],
  [{ columns: 2, changes: [] }, 'schema unchanged'],
  [{ columns: 2, changes: [{ column: 'n', old: 'BIGINT', new: null }] }, '− n'],
  [
    { columns: 3, changes: ['a', 'b', 'c'].map(column => ({ column, old: null, new: 'DATE' })) },
    '+ a DATE, + b DATE, and 1 more'
  ]
])('what a change did to the columns is said in a few words', (schema, words) => {
  draw(<SchemaSays schema={schema} />);
  expect(host.textContent).toBe(words);
});

test.each([
  ['lake-not-found', 'There is no lake at /nowhere.', true],
  ['not-a-lake', '/etc holds other things, but no lake.', false],
  ['bad-credentials', 'The bucket does not know these keys.', false],
  ['unreachable', 'The store did not answer.', false]
])('a lake that does not open (%s) is told in two lines, with ways out', (kind, what, makes) => {
  draw(<LakeTrouble error={new LakeError(kind, what, 'What to do.', 404)} />);
  const lines = [...host.querySelectorAll('[role=alert] p')].map(line => line.textContent);
  expect(lines).toEqual([what, 'What to do.']);
  const buttons = [...host.querySelectorAll('button')].map(button => button.textContent);
  expect(buttons.includes('Make one here')).toBe(makes);
  expect(buttons).toContain('Open another lake…');
});

test('buttons are commands', () => {
  let done = 0;
  commands.addCommand(CommandIDs.createLake, { execute: () => done++ });
  draw(<LakeTrouble error={new LakeError('lake-not-found', 'No lake.', '', 404)} />);
  act(() => host.querySelector('button')?.click());
  expect(done).toBe(1);
});
