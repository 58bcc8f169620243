import { CommandIDs } from '../commandIds';
import type { ILakeContext } from '../panel/context';
import { address } from '../text/addresses';
import { count } from '../text/format';
import { askFields } from './fields';
import { tell, tellTrouble } from './tell';

/** The command that makes files which lie elsewhere part of a repo, where they lie. */
export function addImportCommand({ commands, model, trans }: ILakeContext): void {
  commands.addCommand(CommandIDs.importFiles, {
    label: trans.__('Import Files…'),
    caption: trans.__('Make files of a bucket or folder part of this repo, without copying them'),
    isEnabled: () => model.selection.now.repo !== '',
    execute: async () => {
      const { repo } = model.selection.now;
      const branch = branchOf(model);
      const answer = await askFields({
        title: trans.__('Import into %1', address(repo, branch)),
        fields: [
          {
            label: trans.__('Where the files lie'),
            placeholder: 's3://bucket/prefix/, gs://…, or a folder'
          },
          {
            label: trans.__('Folder in the repo'),
            placeholder: trans.__('raw/2026-10; empty: the top')
          },
          { label: trans.__('Message'), placeholder: trans.__('What for') }
        ],
        okLabel: trans.__('Import')
      });
      const [url = '', path = '', message = ''] = answer ?? [];
      if (!url) {
        return;
      }
      const files = { url, path, message };
      const made = await tellTrouble(model.client.importFiles(repo, branch, files));
      if (made) {
        tell(trans._n('Imported %2 file.', 'Imported %2 files.', made.files, count(made.files)));
        model.selection.set({ repo, ref: branch, commit: '', path: '' });
        await model.refresh();
      }
    }
  });
}

/** The branch that is on view, else the repo's default: a tag or a commit can't grow. */
function branchOf({ refs, selection }: ILakeContext['model']): string {
  const { ref } = selection.now;
  const known = refs.value?.branches.some(branch => branch.name === ref);
  return known ? ref : (refs.value?.default_branch ?? 'main');
}
