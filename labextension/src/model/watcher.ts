import { Poll } from '@lumino/polling';

import type { IHeads } from '../api/types';
import type { LakeModel } from './lakeModel';

const EVERY = 1500;
const SLOWEST = 30_000;
const LOOKS_A_RUN = 3; // runs come without a commit too

/** Which repos differ between two looks at the lake; a repo not looked at does not. */
export function movedRepos(before: ReadonlyMap<string, string>, now: IHeads): string[] {
  const gone = [...before.keys()].filter(name => !now.repos.includes(name));
  const moved = Object.entries(now.heads)
    .filter(([name, token]) => before.get(name) !== token)
    .map(([name]) => name);
  return [...gone, ...moved];
}

/** Looks whether the lake has moved on, for as long as the panel is in view. */
export class Watcher {
  constructor(private readonly model: LakeModel) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-lake:watch',
      factory: () => this.look(),
      frequency: { interval: EVERY, backoff: true, max: SLOWEST },
      standby: () => (this._watching ? 'when-hidden' : true)
    });
  }

  /** Look from now on, or stop looking. */
  watch(watching: boolean): void {
    if (watching !== this._watching) {
      this._watching = watching;
      void (watching ? this._poll.start() : this._poll.stop());
    }
  }

  dispose(): void {
    this._poll.dispose();
  }

  private async look(): Promise<void> {
    const { client, lake, selection } = this.model;
    const url = client.url;
    if (url !== this._url || !lake.value || lake.error) {
      await this.begin();
      return;
    }
    const now = await client.heads(selection.now.repo, this._tick++);
    const moved = movedRepos(this._heads, now);
    Object.entries(now.heads).forEach(([name, token]) => this._heads.set(name, token));
    [...this._heads.keys()].forEach(name => now.repos.includes(name) || this._heads.delete(name));
    if (moved.length && url === client.url) {
      await this.model.catchUp(moved);
    } else if (this._tick % LOOKS_A_RUN === 0) {
      await this.model.loadActivity();
    }
  }

  private async begin(): Promise<void> {
    const { client, lake, selection } = this.model;
    const url = client.url;
    // First the heads, then the rest: what happens in between is seen at the next look.
    const now = await client.heads(selection.now.repo, this._tick++).catch(() => null);
    await this.model.refresh();
    if (lake.error) {
      throw lake.error;
    }
    this._heads = new Map(Object.entries(now?.heads ?? {}));
    this._url = url;
  }

  private _heads = new Map<string, string>();
  private _poll: Poll;
  private _tick = 0;
  private _url: string | null = null;
  private _watching = false;
}
