import { Token } from '@lumino/coreutils';

import type { LakeModel } from './model/lakeModel';

/** The lake as the panel has it, for other extensions. */
export interface ILakePanel {
  readonly model: LakeModel;
}

export const ILakePanel = new Token<ILakePanel>(
  'jupyter-lake:ILakePanel',
  'The lake that the panel shows, and what of it is selected.'
);
