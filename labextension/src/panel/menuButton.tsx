import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import React from 'react';

import { useLake } from './context';
import type { Subject } from './menu';
import { openMenu } from './menu';

export interface IMenuButtonProps {
  label: string;
  subject: Subject;
  /** What the menu's commands are about; null where there is nothing yet. */
  args: ReadonlyJSONObject | null;
}

/** Three dots that open the menu of a thing, for those who have no right button. */
export function MenuButton({ label, subject, args }: IMenuButtonProps): React.JSX.Element {
  const { commands } = useLake();
  return (
    <button
      type="button"
      className="jp-Lake-iconButton"
      aria-haspopup="menu"
      aria-label={label}
      title={label}
      disabled={!args}
      onKeyDown={event => event.stopPropagation()}
      onClick={event => {
        event.stopPropagation();
        openMenu(commands, event, subject, args ?? {});
      }}
    >
      <ellipsesIcon.react tag="span" />
    </button>
  );
}
