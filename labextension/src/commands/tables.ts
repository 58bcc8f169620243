import { InputDialog } from '@jupyterlab/apputils';

import { LakeError } from '../api/request';
import type { ICommitDetail, IEntry } from '../api/types';
import type { ILakeContext } from '../panel/context';
import { address, brief } from '../text/addresses';

/** The table of a commit that a query is to be about: asked for where there are several. */
export async function chooseTable(
  { model, trans }: ILakeContext,
  repo: string,
  ref: string
): Promise<string> {
  const [commit, top] = await Promise.all([
    model.client.commit(repo, ref),
    model.client.files(repo, ref, '')
  ]);
  const tables = tablesOf(commit, top.entries);
  if (!tables.length) {
    const where = address(repo, brief(ref));
    const hint = trans.__('Choose one under FILES, or publish one from a cell.');
    throw new LakeError('no-table', trans.__('%1 shows no table.', where), hint, 0);
  }
  if (tables.length === 1) {
    return tables[0] ?? '';
  }
  const answer = await InputDialog.getItem({
    title: trans.__('Query a table of %1', address(repo, brief(ref))),
    label: trans.__('What the commit changed comes first'),
    items: tables,
    okLabel: trans.__('Insert')
  });
  return answer.button.accept ? (answer.value ?? '') : '';
}

/** The tables of a commit, those that it changed first; a folder of files is one table. */
export function tablesOf(commit: ICommitDetail, top: readonly IEntry[]): string[] {
  const known = top.filter(entry => entry.kind === 'table').map(entry => entry.path);
  const touched = commit.changes
    .filter(change => change.kind !== 'removed' && change.rows !== null)
    .map(({ path }) => known.find(each => path === each || path.startsWith(`${each}/`)) ?? path);
  return [...new Set([...touched, ...known])];
}
