import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { addIcon, refreshIcon, searchIcon } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commandIds';
import { branchIcon, tagIcon } from '../icons';
import type { LakeModel } from '../model/lakeModel';
import type { ILakeContext } from '../panel/context';
import { brief } from '../text/addresses';
import { placeOf, textOf } from './args';
import { tell, tellTrouble } from './tell';

/** Commands that make and unmake repos, branches and tags. */
export function addNameCommands({ commands, model, trans }: ILakeContext): void {
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the Lake'),
    caption: trans.__('Ask anew for all that the panel shows'),
    icon: refreshIcon,
    execute: () => model.refresh()
  });
  commands.addCommand(CommandIDs.searchCommits, {
    label: trans.__('Search Commits'),
    caption: trans.__('Search the commits by message, author or id'),
    icon: searchIcon,
    isEnabled: () => model.selection.now.repo !== '',
    execute: () => {
      model.history.searching = !model.history.searching;
    }
  });
  commands.addCommand(CommandIDs.createRepo, {
    label: trans.__('New Repo…'),
    caption: trans.__('Make a repo in this lake'),
    icon: addIcon,
    isEnabled: () => model.lake.value !== undefined,
    execute: async () => {
      const name = await ask(trans.__('Name of the new repo'), trans.__('Make'));
      if (name && (await tellTrouble(model.client.createRepo(name)))) {
        await model.loadRepos();
        model.selection.repo(name, 'main');
      }
    }
  });
  commands.addCommand(CommandIDs.createBranch, {
    label: trans.__('New Branch…'),
    caption: trans.__('Start a branch at this commit'),
    icon: branchIcon,
    isEnabled: () => model.selection.now.repo !== '',
    execute: async args => {
      const { repo, ref } = placeOf(args, model);
      const from = ref || model.selection.at;
      const title = trans.__('Name of the new branch of %1, from %2', repo, brief(from));
      const name = await ask(title, trans.__('Make'));
      if (name && (await tellTrouble(model.client.createBranch(repo, name, from)))) {
        await model.refresh();
        model.selection.ref(name);
      }
    }
  });
  commands.addCommand(CommandIDs.createTag, {
    label: trans.__('New Tag…'),
    caption: trans.__('Name this commit for good'),
    icon: tagIcon,
    isEnabled: () => model.selection.now.repo !== '',
    execute: async args => {
      const { repo, ref } = placeOf(args, model);
      const at = ref || model.selection.at;
      const name = await ask(
        trans.__('Name of the new tag on %1@%2', repo, brief(at)),
        trans.__('Make')
      );
      if (name && (await tellTrouble(model.client.createTag(repo, name, at)))) {
        await model.refresh();
      }
    }
  });
  addUndoCommands(commands, model, trans);
}

function addUndoCommands(
  commands: ILakeContext['commands'],
  model: LakeModel,
  trans: ILakeContext['trans']
): void {
  const branchOf = () => {
    const { ref } = model.selection.now;
    return model.refs.value?.branches.find(branch => branch.name === ref);
  };
  commands.addCommand(CommandIDs.undo, {
    label: () => trans.__('Undo the Last Step of %1…', branchOf()?.name ?? trans.__('the Branch')),
    isEnabled: () => branchOf() !== undefined,
    execute: async () => {
      const { repo, ref } = model.selection.now;
      const body = trans.__(
        'Moves %1 of %2 back to where it stood before “%3”. Undo again to take that back.',
        ref,
        repo,
        textOf(branchOf()?.why) || trans.__('its last step')
      );
      if (await confirm(trans.__('Undo the last step?'), body, trans.__('Undo'))) {
        await tellTrouble(model.client.undo(repo, ref));
        await model.refresh();
      }
    }
  });
  commands.addCommand(CommandIDs.deleteBranch, {
    label: () => trans.__('Delete the Branch %1…', branchOf()?.name ?? ''),
    isEnabled: () => {
      const branch = branchOf();
      return branch !== undefined && branch.name !== model.refs.value?.default_branch;
    },
    execute: async () => {
      const { repo, ref } = model.selection.now;
      const body = trans.__('Its commits stay. %lake undo %1@%2 brings the name back.', repo, ref);
      const title = trans.__('Delete the branch %1 of %2?', ref, repo);
      if (await confirm(title, body, trans.__('Delete'))) {
        if (await tellTrouble(model.client.deleteBranch(repo, ref))) {
          tell(trans.__('Deleted %1.', `${repo}@${ref}`));
          model.selection.ref(model.refs.value?.default_branch ?? 'main');
        }
        await model.refresh();
      }
    }
  });
}

async function ask(title: string, okLabel: string): Promise<string> {
  const answer = await InputDialog.getText({ title, okLabel });
  return answer.button.accept ? (answer.value ?? '').trim() : '';
}

async function confirm(title: string, body: string, label: string): Promise<boolean> {
  const buttons = [Dialog.cancelButton(), Dialog.warnButton({ label })];
  return (await showDialog({ title, body, buttons })).button.accept;
}
