import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';
import type React from 'react';

import { CommandIDs } from '../commandIds';

export type Subject = 'repo' | 'commit' | 'path' | 'table' | 'new';

/** What can be done with each kind of thing; null is a line between groups. */
const MENUS: Record<Subject, (string | null)[]> = {
  repo: [
    CommandIDs.copyAddress,
    CommandIDs.createBranch,
    CommandIDs.createTag,
    null,
    CommandIDs.undo,
    CommandIDs.deleteBranch
  ],
  commit: [
    CommandIDs.openCommit,
    CommandIDs.openCommitHere,
    CommandIDs.compare,
    CommandIDs.openLineage,
    null,
    CommandIDs.insertQuery,
    CommandIDs.openNotebook,
    CommandIDs.pinNotebook,
    null,
    CommandIDs.copyAddress,
    CommandIDs.copyId,
    null,
    CommandIDs.createBranch,
    CommandIDs.createTag
  ],
  path: [
    CommandIDs.openPreview,
    CommandIDs.compare,
    CommandIDs.openLineage,
    null,
    CommandIDs.copyAddress
  ],
  table: [
    CommandIDs.openPreview,
    CommandIDs.insertQuery,
    CommandIDs.compare,
    CommandIDs.openLineage,
    null,
    CommandIDs.copyAddress
  ],
  new: [
    CommandIDs.createRepo,
    CommandIDs.importFiles,
    null,
    CommandIDs.createBranch,
    CommandIDs.createTag
  ]
};

/** Open the menu of a thing where the mouse is, or under what has the focus. */
export function openMenu(
  commands: CommandRegistry,
  event: React.MouseEvent | React.KeyboardEvent,
  subject: Subject,
  args: ReadonlyJSONObject
): void {
  event.preventDefault();
  event.stopPropagation();
  const menu = new Menu({ commands });
  menu.addClass('jp-Lake-menu');
  MENUS[subject].forEach(command =>
    menu.addItem(command ? { command, args } : { type: 'separator' })
  );
  const { x, y } = place(event);
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  menu.open(x, y);
}

function place(event: React.MouseEvent | React.KeyboardEvent): { x: number; y: number } {
  if ('clientX' in event && (event.clientX || event.clientY)) {
    return { x: event.clientX, y: event.clientY };
  }
  const list = event.currentTarget;
  const box = (list.querySelector('[aria-selected="true"]') ?? list).getBoundingClientRect();
  return { x: box.left + 12, y: Math.min(box.bottom, box.top + 24) };
}
