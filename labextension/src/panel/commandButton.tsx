import type { ReadonlyJSONObject } from '@lumino/coreutils';
import React from 'react';

import { run, useLake } from './context';
import { TextButton } from './notice';

export interface ICommandButtonProps {
  id: string;
  args?: ReadonlyJSONObject;
  strong?: boolean;
}

/** A button that is a command: its words are the command's, and so is what it does. */
export function CommandButton({ id, args = {}, strong }: ICommandButtonProps): React.JSX.Element {
  const { commands } = useLake();
  return (
    <TextButton
      strong={strong}
      label={commands.label(id, args)}
      title={commands.caption(id, args)}
      onClick={() => run(commands, id, args)}
    />
  );
}
