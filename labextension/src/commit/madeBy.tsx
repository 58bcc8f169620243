import React, { useEffect, useState } from 'react';

import type { IRun } from '../api/lineageTypes';
import type { ICommitDetail, IInputState, IProvenance } from '../api/types';
import { CommandIDs } from '../commandIds';
import { CommandButton } from '../panel/commandButton';
import { useLake } from '../panel/context';
import { Source } from '../panel/source';
import { address, short } from '../text/addresses';
import { exactly, when } from '../text/format';

/** Which cell made a commit, with its source, and what it was made from. */
export function MadeBy(props: { commit: ICommitDetail; made: IProvenance }): React.JSX.Element {
  const { model, trans } = useLake();
  const { commit, made } = props;
  const [source, setSource] = useState<IRun | null>(null);
  const [states, setStates] = useState<IInputState[] | null>(null);
  const at = address(commit.repo, commit.id);
  useEffect(() => {
    model.client.inputs(at).then(setStates, () => setStates(null));
    if (made.run) {
      model.client.run(made.run).then(setSource, () => setSource(null));
    }
  }, [model, at, made.run]);
  const notebook = made.notebook?.split('/').at(-1) ?? trans.__('a notebook');
  const count = made.execution_count;
  const cell = typeof count === 'number' ? trans.__('%1, cell [%2]', notebook, count) : notebook;
  const inputs = made.inputs ?? [];
  return (
    <section className="jp-Lake-madeBy" aria-label={trans.__('Made by')}>
      <header>
        <span className="jp-Lake-made" aria-hidden="true">
          ◆
        </span>
        <span className="jp-Lake-grow" title={made.notebook ?? ''}>
          {trans.__('Made by %1', cell)}
          {source && (
            <span className="jp-Lake-second" title={exactly(source.started)}>
              {' · '}
              {trans.__('run %1', when(source.started))}
            </span>
          )}
        </span>
        {made.notebook && (
          <CommandButton
            id={CommandIDs.openNotebook}
            args={{
              notebook: made.notebook,
              cell: made.cell ?? null,
              execution_count: count ?? null
            }}
          />
        )}
      </header>
      {inputs.length > 0 && (
        <ul>
          {inputs.map(input => {
            const where = address(input.repo, input.commit, input.path);
            const state = states?.find(
              each => address(each.repo, each.commit, each.path) === where
            );
            return (
              <li key={where} title={where}>
                {trans.__('from')}{' '}
                <code>{address(input.repo, short(input.commit), input.path)}</code>{' '}
                {state && <State state={state} />}
              </li>
            );
          })}
        </ul>
      )}
      {source?.source && (
        <details>
          <summary>{trans.__('Source of the cell')}</summary>
          <Source code={source.source} />
        </details>
      )}
    </section>
  );
}

function State({ state }: { state: IInputState }): React.JSX.Element {
  const { trans } = useLake();
  return state.behind ? (
    <span className="jp-Lake-stale">
      {trans._n('%1 version behind', '%1 versions behind', state.behind)}
    </span>
  ) : (
    <span className="jp-Lake-second">{trans.__('newest')}</span>
  );
}
