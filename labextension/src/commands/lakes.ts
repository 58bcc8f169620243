import { Dialog, InputDialog } from '@jupyterlab/apputils';

import { CommandIDs } from '../commandIds';
import type { ILakeContext } from '../panel/context';
import { textOf } from './args';
import { tellTrouble } from './tell';

const MOST_KNOWN = 12;

/** The lakes that were opened here, the latest first. */
export interface IKnownLakes {
  list(): string[];
  add(url: string): void;
}

/** Put a lake at the head of those known. */
export function remember(known: readonly string[], url: string): string[] {
  return [url, ...known.filter(each => each !== url)].slice(0, MOST_KNOWN);
}

/** Commands that open another lake, or make one. */
export function addLakeCommands(context: ILakeContext, known: IKnownLakes): void {
  const { commands, model, trans } = context;
  const turnTo = async (url: string, create: boolean) => {
    const lake = await tellTrouble(model.client.open(url, create));
    if (lake) {
      known.add(lake.url);
      await model.open(lake.url === lake.default_url ? '' : lake.url);
    }
  };
  commands.addCommand(CommandIDs.switchLake, {
    label: trans.__('Open a Lake…'),
    caption: trans.__('Open another lake, in a folder or a bucket'),
    execute: async args => {
      const url = textOf(args.url) || (await askUrl(context, known, trans.__('Open a lake')));
      if (url) {
        await turnTo(url, false);
      }
    }
  });
  commands.addCommand(CommandIDs.createLake, {
    label: trans.__('Make a Lake…'),
    caption: trans.__('Make a new lake in a folder or a bucket'),
    execute: async args => {
      const given = typeof args.url === 'string';
      const url = given ? textOf(args.url) : await askUrl(context, known, trans.__('Make a lake'));
      if (given || url) {
        await turnTo(url, true);
      }
    }
  });
}

async function askUrl(
  { trans, model }: ILakeContext,
  known: IKnownLakes,
  title: string
): Promise<string> {
  const url = model.lake.value?.url ?? '';
  const answer = await InputDialog.getItem({
    title,
    label: trans.__('A folder, or a URL like s3://bucket/lake'),
    items: remember(known.list(), url).filter(Boolean),
    editable: true,
    okLabel: title.split(' ')[0] ?? Dialog.okButton().label
  });
  return answer.button.accept ? (answer.value ?? '').trim() : '';
}
