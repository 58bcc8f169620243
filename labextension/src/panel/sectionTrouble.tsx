import React from 'react';

import type { LakeError } from '../api/request';
import { CommandIDs } from '../commandIds';
import { run, useLake } from './context';
import { ErrorNotice, TextButton } from './notice';

export interface ISectionTroubleProps {
  error: LakeError | null;
  /** Whether an earlier answer is on view: then a line above it is enough. */
  known: boolean;
}

/** Why a section could not be read, or read again, and the way to try once more. */
export function SectionTrouble({ error, known }: ISectionTroubleProps): React.JSX.Element | null {
  const { commands, trans } = useLake();
  if (!error) {
    return null;
  }
  if (known) {
    return (
      <p
        className="jp-Lake-stale jp-Lake-outdated"
        role="status"
        title={`${error.message}\n${error.hint}`}
      >
        {trans.__('Not up to date: %1', error.message)}
      </p>
    );
  }
  return (
    <ErrorNotice error={error}>
      <TextButton label={trans.__('Try again')} onClick={() => run(commands, CommandIDs.refresh)} />
    </ErrorNotice>
  );
}
