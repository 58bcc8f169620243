import React from 'react';

import { useSignal } from '../model/useSignal';
import { useLake } from './context';
import { MenuButton } from './menuButton';

/** What can be done with the chosen commit, else with the newest. */
export function CommitMenu(): React.JSX.Element {
  const { model, trans } = useLake();
  useSignal(model.selection, model.history);
  const { repo, commit } = model.selection.now;
  const ref = commit || model.history.commits[0]?.id || '';
  const args = repo && ref ? { repo, ref } : null;
  return <MenuButton label={trans.__('More about the commit')} subject="commit" args={args} />;
}

/** What can be done with the chosen file or table. */
export function FileMenu(): React.JSX.Element {
  const { model, trans } = useLake();
  useSignal(model.selection, model.tree);
  const { repo, path } = model.selection.now;
  const entry = model.tree.rows().find(row => row.entry?.path === path)?.entry;
  const args = entry ? { repo, ref: model.tree.short, path } : null;
  const subject = entry?.kind === 'table' ? 'table' : 'path';
  return <MenuButton label={trans.__('More about the file')} subject={subject} args={args} />;
}
