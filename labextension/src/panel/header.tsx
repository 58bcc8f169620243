import { addIcon, caretDownIcon, refreshIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { CommandIDs } from '../commandIds';
import { lakeIcon } from '../icons';
import { useSignal } from '../model/useSignal';
import { run, useLake } from './context';
import { LakeTrouble } from './lakeTrouble';
import { LongName } from './longName';
import { openMenu } from './menu';

/** The lake's name, which opens the list of lakes; refresh; and what can be made. */
export function Header(): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { lake, repos, history, tree } = model;
  useSignal(lake, repos, history, tree);
  const url = lake.value?.url ?? trans.__('Open a lake');
  const name = lake.value?.name ?? trans.__('No lake');
  const trouble = lake.error ?? repos.error;
  return (
    <>
      <div className="jp-Lake-header">
        <button
          type="button"
          className="jp-Lake-lake"
          aria-haspopup="dialog"
          title={url}
          onClick={() => run(commands, CommandIDs.switchLake)}
        >
          <lakeIcon.react tag="span" className="jp-Lake-smallIcon" />
          <LongName name={name} title={url} />
          <caretDownIcon.react tag="span" className="jp-Lake-caret" />
        </button>
        <span role="status" className="jp-Lake-busy">
          {model.busy && <span>{trans.__('refreshing…')}</span>}
        </span>
        <button
          type="button"
          className="jp-Lake-iconButton"
          title={trans.__('Refresh')}
          aria-label={trans.__('Refresh')}
          onClick={() => run(commands, CommandIDs.refresh)}
        >
          <refreshIcon.react tag="span" />
        </button>
        <button
          type="button"
          className="jp-Lake-iconButton"
          aria-haspopup="menu"
          title={trans.__('New repo, import, branch or tag')}
          aria-label={trans.__('New repo, import, branch or tag')}
          onClick={event => openMenu(commands, event, 'new', {})}
        >
          <addIcon.react tag="span" />
        </button>
      </div>
      {trouble && <LakeTrouble error={trouble} />}
    </>
  );
}
