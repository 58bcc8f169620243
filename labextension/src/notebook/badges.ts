import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IInputState, StaleCells } from '../api/types';

const BADGE = 'jp-Lake-badge';

/** Say under each cell which of its inputs have moved on since it ran; the rest say nothing. */
export function showBadges(
  cells: readonly Cell[],
  stale: StaleCells,
  trans: TranslationBundle
): void {
  cells.forEach(cell => {
    const inputs = stale[cell.model.id];
    const known = cell.node.querySelector(`:scope > .${BADGE}`);
    if (!inputs?.length) {
      known?.remove();
      return;
    }
    const badge = known ?? document.createElement('div');
    badge.className = BADGE;
    badge.setAttribute('role', 'note');
    badge.textContent = inputs.map(input => says(input, trans)).join(' · ');
    if (!known) {
      cell.node.querySelector('.jp-Cell-inputWrapper')?.after(badge);
    }
  });
}

/** `● flights/flights has 2 newer versions than this cell read` */
export function says({ repo, path, behind }: IInputState, trans: TranslationBundle): string {
  const name = path ? `${repo}/${path}` : repo;
  return trans._n(
    '● %2 has %1 newer version than this cell read',
    '● %2 has %1 newer versions than this cell read',
    behind,
    name
  );
}
