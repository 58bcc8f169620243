import React from 'react';

import type { IRun } from '../api/lineageTypes';
import { CommandIDs } from '../commandIds';
import type { IListRow } from '../list/virtualList';
import { VirtualList } from '../list/virtualList';
import { useClock } from '../model/useClock';
import { useSignal } from '../model/useSignal';
import { ago, exactly } from '../text/format';
import { run, useLake } from './context';
import { EmptyNotice, Reading } from './notice';
import { SectionTrouble } from './sectionTrouble';

const ROW_HEIGHT = 40;

interface IActivityRow extends IListRow {
  run: IRun;
}

/** Who ran what and who published what, newest first. */
export function Activity(): React.JSX.Element {
  const { model, commands, trans } = useLake();
  const { activity } = model;
  useSignal(activity);
  useClock();
  const [selected, select] = React.useState<string | null>(null);
  if (!activity.value) {
    return activity.busy ? <Reading /> : <SectionTrouble error={activity.error} known={false} />;
  }
  if (!activity.value.length) {
    return (
      <EmptyNotice
        what={trans.__('Nothing has been run on this lake yet.')}
        hint={trans.__('Cells that use the lake appear here by themselves.')}
      />
    );
  }
  const rows = activity.value.map((each): IActivityRow => ({ key: each.run_id, run: each }));
  return (
    <div className="jp-Lake-stack">
      <SectionTrouble error={activity.error} known />
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        label={trans.__('Activity')}
        selected={selected}
        onSelect={row => select(row.key)}
        onOpen={row =>
          run(commands, CommandIDs.openNotebook, {
            notebook: row.run.notebook,
            cell: row.run.cell_id,
            execution_count: row.run.execution_count
          })
        }
        draw={row => <RunLines run={row.run} />}
      />
    </div>
  );
}

function RunLines({ run: shown }: { run: IRun }): React.JSX.Element {
  const { trans } = useLake();
  const name = shown.notebook.split('/').at(-1) || trans.__('a session');
  const cell = shown.execution_count === null ? name : `${name} [${shown.execution_count}]`;
  const title = `${cell} · ${shown.user} · ${exactly(shown.started)}\n${shown.source ?? ''}`;
  return (
    <div className="jp-Lake-commitText" title={title}>
      <div className="jp-Lake-line">
        <span className="jp-Lake-grow">{firstLineOf(shown) || cell}</span>
        {shown.status !== 'ok' && <span className="jp-Lake-stale">{shown.status}</span>}
        <time dateTime={shown.started}>{ago(shown.started, trans)}</time>
      </div>
      <div className="jp-Lake-line jp-mod-second">
        <span className="jp-Lake-grow">
          {[shown.user, ...passed(shown, trans), cell].join(' · ')}
        </span>
      </div>
    </div>
  );
}

function firstLineOf({ source }: IRun): string {
  const lines = (source ?? '').split('\n').map(line => line.trim());
  return lines.find(line => line && !line.startsWith('#')) ?? '';
}

function passed(shown: IRun, trans: ReturnType<typeof useLake>['trans']): string[] {
  const names = (paths: IRun['reads']) => [
    ...new Set(paths.map(({ repo, path }) => (path ? `${repo}/${path}` : repo)))
  ];
  const reads = names(shown.reads);
  const writes = names(shown.writes);
  return [
    ...(reads.length ? [trans.__('read %1', reads.join(', '))] : []),
    ...(writes.length ? [trans.__('published %1', writes.join(', '))] : [])
  ];
}
