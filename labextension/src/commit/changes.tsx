import React from 'react';

import type { IChange } from '../api/types';
import { CommandIDs } from '../commandIds';
import { run, useLake } from '../panel/context';
import { bytes, count, signed } from '../text/format';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

/** The paths that a commit changed, or in which two commits differ. */
export function Changes(props: {
  changes: IChange[];
  total: number;
  repo: string;
  at: string;
}): React.JSX.Element {
  const { commands, trans } = useLake();
  const words = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    changed: trans.__('changed')
  };
  return (
    <table className="jp-Lake-changes">
      <thead>
        <tr>
          <th scope="col">{trans.__('Change')}</th>
          <th scope="col">{trans.__('Path')}</th>
          <th scope="col">{trans.__('Rows')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {props.changes.map(change => (
          <tr key={change.path} className={`jp-mod-${change.kind}`}>
            <td>
              {SIGNS[change.kind]} {words[change.kind]}
            </td>
            <td title={change.path}>
              {change.kind === 'removed' ? (
                change.path
              ) : (
                <button
                  type="button"
                  className="jp-Lake-link"
                  onClick={() =>
                    run(commands, CommandIDs.openPreview, {
                      repo: props.repo,
                      ref: props.at,
                      path: change.path
                    })
                  }
                >
                  {change.path}
                </button>
              )}
            </td>
            <td className="jp-mod-number">{rows(change)}</td>
            <td className="jp-mod-number">{bytes(change.bytes ?? change.old_bytes ?? 0)}</td>
          </tr>
        ))}
        {props.total > props.changes.length && (
          <tr>
            <td colSpan={4}>
              {trans.__('and %1 more', count(props.total - props.changes.length))}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function rows({ rows: now, old_rows: before }: IChange): string {
  if (now === null && before === null) {
    return '';
  }
  return signed((now ?? 0) - (before ?? 0));
}
