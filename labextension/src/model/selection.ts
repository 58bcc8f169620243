import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { address, brief } from '../text/addresses';

/** What a person is looking at. Empty `commit`: the newest of `ref`; empty `path`: all of it. */
export interface ISelected {
  repo: string;
  ref: string;
  commit: string;
  path: string;
}

const NOTHING: ISelected = { repo: '', ref: '', commit: '', path: '' };

/** The selection, which every section follows. Choosing wider forgets what is narrower. */
export class Selection {
  get changed(): ISignal<this, ISelected> {
    return this._changed;
  }

  get now(): Readonly<ISelected> {
    return this._now;
  }

  /** The ref to ask the server for: the chosen commit, else the branch or tag. */
  get at(): string {
    return this._now.commit || this._now.ref;
  }

  /** The address of what is selected, or '' where nothing is. */
  get address(): string {
    return this._now.repo ? address(this._now.repo, this.at, this._now.path) : '';
  }

  /** The address as people read it, with a short commit id. */
  get label(): string {
    return this._now.repo ? address(this._now.repo, brief(this.at), this._now.path) : '';
  }

  repo(repo: string, ref = ''): void {
    this.set({ ...NOTHING, repo, ref });
  }

  ref(ref: string): void {
    this.set({ ...this._now, ref, commit: '', path: '' });
  }

  commit(commit: string): void {
    this.set({ ...this._now, commit, path: '' });
  }

  path(path: string): void {
    this.set({ ...this._now, path });
  }

  set(next: ISelected): void {
    const keys = Object.keys(NOTHING) as (keyof ISelected)[];
    if (keys.some(key => next[key] !== this._now[key])) {
      const before = this._now;
      this._now = { ...next };
      this._changed.emit(before);
    }
  }

  private _changed = new Signal<this, ISelected>(this);
  private _now: ISelected = NOTHING;
}
