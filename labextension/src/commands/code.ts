import { Clipboard } from '@jupyterlab/apputils';
import { codeIcon, copyIcon, notebookIcon } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commandIds';
import { pinIcon } from '../icons';
import type { INotebooks } from '../notebook/notebooks';
import { queryCell } from '../notebook/query';
import type { ILakeContext } from '../panel/context';
import { address, brief } from '../text/addresses';
import { placeOf, textOf, wholeId } from './args';
import { chooseTable } from './tables';
import { tell, tellTrouble } from './tell';

/** Commands that lead from the panel to a line of code. */
export function addCodeCommands(context: ILakeContext, notebooks: INotebooks | null): void {
  const { commands, model, trans } = context;
  commands.addCommand(CommandIDs.copyAddress, {
    label: trans.__('Copy Address'),
    caption: trans.__('Copy the address, as %lake and SQL take it'),
    icon: copyIcon,
    isEnabled: args => placeOf(args, model).repo !== '',
    execute: args => {
      const { repo, ref, path } = placeOf(args, model);
      const text = address(repo, brief(ref), path);
      Clipboard.copyToSystem(text);
      tell(trans.__('Copied %1', text));
    }
  });
  commands.addCommand(CommandIDs.copyId, {
    label: trans.__('Copy Commit Id'),
    caption: trans.__('Copy the whole id of the commit'),
    isEnabled: args => placeOf(args, model).repo !== '',
    execute: args => {
      const id = wholeId(placeOf(args, model).ref, model);
      Clipboard.copyToSystem(id);
      tell(trans.__('Copied %1', brief(id)));
    }
  });
  commands.addCommand(CommandIDs.insertQuery, {
    label: trans.__('Insert Query Cell'),
    caption: trans.__('Insert a %%lake sql cell for a table in the notebook'),
    icon: codeIcon,
    isEnabled: args => notebooks !== null && placeOf(args, model).repo !== '',
    execute: async args => {
      const { repo, ref, path } = placeOf(args, model);
      const table = path || (await tellTrouble(chooseTable(context, repo, ref)));
      if (table) {
        const code = queryCell(repo, isNewest(ref, repo) ? '' : brief(ref), table);
        await tellTrouble(notebooks?.insert(code) ?? Promise.resolve());
      }
    }
  });
  commands.addCommand(CommandIDs.pinNotebook, {
    label: trans.__('Pin Notebook'),
    icon: pinIcon,
    caption: trans.__('Insert a %lake use cell: names of this repo resolve at this commit'),
    isEnabled: args => notebooks !== null && placeOf(args, model).repo !== '',
    execute: async args => {
      const { repo, ref } = placeOf(args, model);
      const code = `%lake use ${address(repo, brief(ref))}`;
      await tellTrouble(notebooks?.insert(code) ?? Promise.resolve());
    }
  });
  commands.addCommand(CommandIDs.openNotebook, {
    label: trans.__('Open the Notebook'),
    caption: trans.__('Open the notebook at the cell'),
    icon: notebookIcon,
    isEnabled: args => notebooks !== null && cellOf(args).notebook !== '',
    execute: async args => {
      const { notebook, cell } = cellOf(args);
      await tellTrouble(notebooks?.reveal(notebook, cell) ?? Promise.resolve());
    }
  });

  /** Whether a ref is the head of the repo's default branch: SQL needs no ref then. */
  function isNewest(ref: string, repo: string): boolean {
    const known = model.repos.value?.find(each => each.name === repo);
    const head = known?.head?.commit ?? '';
    return (
      !ref || ref === known?.default_branch || (head !== '' && bare(head).startsWith(bare(ref)))
    );
  }

  function cellOf(args: { [key: string]: unknown }): { notebook: string; cell: string } {
    if (textOf(args.notebook)) {
      return { notebook: textOf(args.notebook), cell: textOf(args.cell) };
    }
    const ref = textOf(args.ref);
    const made = model.history.summary(ref)?.made_by;
    return { notebook: made?.notebook ?? '', cell: made?.cell ?? '' };
  }
}

function bare(id: string): string {
  return id.replace(/^[a-z0-9]+:/, '');
}
