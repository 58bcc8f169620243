import React from 'react';

import type { LakeError } from '../api/request';
import { CommandIDs } from '../commandIds';
import { run, useLake } from './context';
import { ErrorNotice, TextButton } from './notice';

/** The lake did not open: why, and the ways out. */
export function LakeTrouble({ error }: { error: LakeError }): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const url = model.client.url;
  return (
    <ErrorNotice error={error}>
      {error.kind === 'lake-not-found' && (
        <TextButton
          strong
          label={trans.__('Make one here')}
          onClick={() => run(commands, CommandIDs.createLake, { url })}
        />
      )}
      <TextButton
        label={trans.__('Open another lake…')}
        onClick={() => run(commands, CommandIDs.switchLake)}
      />
      <TextButton label={trans.__('Try again')} onClick={() => run(commands, CommandIDs.refresh)} />
    </ErrorNotice>
  );
}
