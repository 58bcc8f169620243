import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { LakeModel } from '../model/lakeModel';
import { short } from '../text/addresses';

/** Where a command acts. */
export interface IPlace {
  repo: string;
  ref: string;
  path: string;
}

/** The place a command was given, or what is selected where it was given none. */
export function placeOf(args: ReadonlyPartialJSONObject, model: LakeModel): IPlace {
  const { repo, path } = model.selection.now;
  if (typeof args.repo !== 'string' || !args.repo) {
    return { repo, ref: short(model.tree.commit) || model.selection.at, path };
  }
  return { repo: args.repo, ref: textOf(args.ref), path: textOf(args.path) };
}

/** The whole id of a commit that is on view, else the ref as it was given. */
export function wholeId(ref: string, model: LakeModel): string {
  return model.history.commits.find(({ id, short }) => id === ref || short === ref)?.id ?? ref;
}

/** A text, whatever was given. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
