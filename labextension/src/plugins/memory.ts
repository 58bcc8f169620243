import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';

import type { IKnownLakes } from '../commands/lakes';
import { remember } from '../commands/lakes';
import type { ISelected } from '../model/selection';
import type { IFolds } from '../panel/panel';

const KEY = 'jupyter-lake:panel';
const WAIT = 400;

interface IRemembered {
  url: string;
  known: string[];
  selected: ISelected | null;
  folds: IFolds | null;
}

/** What the panel remembers from one visit to the next. */
export class Memory implements IKnownLakes {
  constructor(private readonly state: IStateDB | null) {}

  async read(): Promise<IRemembered> {
    const kept = await this.state?.fetch(KEY).catch(() => undefined);
    if (kept && typeof kept === 'object') {
      Object.assign(this._now, kept);
    }
    return this._now;
  }

  list(): string[] {
    return this._now.known;
  }

  add(url: string): void {
    this.keep({ known: remember(this._now.known, url) });
  }

  /** Keep some of it, soon. */
  keep(part: Partial<IRemembered>): void {
    Object.assign(this._now, part);
    void this._save.invoke();
  }

  private _now: IRemembered = { url: '', known: [], selected: null, folds: null };
  private _save = new Debouncer(
    () => this.state?.save(KEY, this._now as unknown as ReadonlyPartialJSONValue),
    WAIT
  );
}
