import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { createContext, useContext } from 'react';

import type { LakeModel } from '../model/lakeModel';

/** What every part of the panel needs: the lake, the commands, the reader's language. */
export interface ILakeContext {
  model: LakeModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** Writes code into an element in its colours, where the front end can. */
  highlight?: (code: string, into: HTMLElement) => Promise<void>;
}

const Context = createContext<ILakeContext | null>(null);

export const LakeProvider = Context.Provider;

export function useLake(): ILakeContext {
  const context = useContext(Context);
  if (!context) {
    throw new Error('Only inside a LakeProvider.');
  }
  return context;
}

/** Run a command and forget about it: it tells the person itself what went wrong. */
export function run(commands: CommandRegistry, id: string, args: ReadonlyJSONObject = {}): void {
  void commands.execute(id, args);
}
