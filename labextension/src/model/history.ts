import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { LakeClient } from '../api/client';
import { LakeError } from '../api/request';
import type { IRowSummary, ICommit } from '../api/types';

const BATCH = 50;

/** The log of one ref, read page by page as it is scrolled, with what each commit changed. */
export class History {
  constructor(private readonly client: LakeClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  commits: readonly ICommit[] = [];
  head = '';
  error: LakeError | null = null;
  busy = false;

  /** Whether there are older commits than those at hand. */
  get more(): boolean {
    return this._next !== null;
  }

  get repo(): string {
    return this._repo;
  }

  /** What a commit changed, where that is known already. */
  summary(id: string): IRowSummary | undefined {
    return this._summaries.get(id);
  }

  clear(): void {
    this._turn++;
    this.forget('', '');
    this._changed.emit();
  }

  /** Read the newest page; another ref forgets the old one's commits first. */
  async load(repo: string, ref: string): Promise<void> {
    if (repo !== this._repo || ref !== this._ref) {
      this.forget(repo, ref);
    }
    await this.read(0);
  }

  /** Read the next page, unless one is on its way. */
  async loadMore(): Promise<void> {
    if (this._next !== null && !this.busy) {
      await this.read(this._next);
    }
  }

  /** Ask what commits changed; each is asked for once. */
  async want(ids: string[]): Promise<void> {
    const missing = ids.filter(id => !this._wanted.has(id)).slice(0, BATCH);
    if (!missing.length) {
      return;
    }
    missing.forEach(id => this._wanted.add(id));
    try {
      const found = await this.client.changes(this._repo, missing);
      Object.entries(found).forEach(([id, summary]) => this._summaries.set(id, summary));
      this._changed.emit();
    } catch {
      // The line of numbers stays empty; scrolling by asks again.
      missing.forEach(id => this._wanted.delete(id));
    }
  }

  private async read(start: number): Promise<void> {
    const turn = ++this._turn;
    this.busy = true;
    this._changed.emit();
    try {
      const page = await this.client.commits(this._repo, this._ref, start);
      if (turn === this._turn) {
        this.take(start, page.commits, page.next);
        this.head = page.head;
        this.error = null;
      }
    } catch (reason) {
      if (turn === this._turn) {
        this.error = LakeError.from(reason);
      }
    }
    if (turn === this._turn) {
      this.busy = false;
      this._changed.emit();
    }
  }

  private take(start: number, page: ICommit[], next: number | null): void {
    const known = this.commits.findIndex(commit => commit.id === page.at(-1)?.id);
    if (start === 0 && known >= 0 && known < this.commits.length - 1) {
      // A refresh of the top: what was scrolled to below stays.
      const older = this.commits.slice(known + 1);
      const grown = page.length + older.length - this.commits.length;
      this.commits = [...page, ...older];
      this._next = this._next === null ? null : this._next + grown;
    } else {
      this.commits = start === 0 ? page : [...this.commits, ...page];
      this._next = next;
    }
  }

  private forget(repo: string, ref: string): void {
    if (repo !== this._repo) {
      this._summaries.clear();
      this._wanted.clear();
    }
    this._repo = repo;
    this._ref = ref;
    this.commits = [];
    this.head = '';
    this.error = null;
    this.busy = false;
    this._next = null;
  }

  private _changed = new Signal<this, void>(this);
  private _next: number | null = null;
  private _ref = '';
  private _repo = '';
  private _summaries = new Map<string, IRowSummary>();
  private _turn = 0;
  private _wanted = new Set<string>();
}
