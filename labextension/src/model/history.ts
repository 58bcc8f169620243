import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { LakeClient } from '../api/client';
import { LakeError } from '../api/request';
import type { IRowSummary, ICommit } from '../api/types';

const BATCH = 50;
const FIRST = 100;
const NEXT = 500;
const MOST_KEPT = 12;

/** The log of a ref as far as it was read: shown again while it is asked for anew. */
interface IKept {
  commits: readonly ICommit[];
  head: string;
  next: number | null;
}

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

  /** What commits are searched for; empty: all are listed. */
  get find(): string {
    return this._find;
  }

  /** Whether the person has the search open. */
  get searching(): boolean {
    return this._searching;
  }

  set searching(searching: boolean) {
    if (searching !== this._searching) {
      this._searching = searching;
      this._changed.emit();
      void this.search('');
    }
  }

  /** List only the commits that hold a text in message, author or id. */
  async search(text: string): Promise<void> {
    const find = text.trim();
    if (find !== this._find) {
      this._find = find;
      if (this._repo) {
        await this.load(this._repo, this._ref);
      }
    }
  }

  /** Whether the chosen commit is shown in full, in the place of the list. */
  get opened(): boolean {
    return this._opened;
  }

  set opened(opened: boolean) {
    if (opened !== this._opened) {
      this._opened = opened;
      this._changed.emit();
    }
  }

  /** What a commit changed, where that is known already. */
  summary(id: string): IRowSummary | undefined {
    return this._summaries.get(id);
  }

  clear(): void {
    this._turn++;
    this.turnTo('', '');
    this._changed.emit();
  }

  /** Forget all that was read: another lake's repos may have the same names. */
  forget(): void {
    this._kept.clear();
    this._summaries.clear();
    this._wanted.clear();
    this.clear();
  }

  /** Read the newest page; of another ref, what is known of it is shown meanwhile. */
  async load(repo: string, ref: string): Promise<void> {
    if (this.keyOf(repo, ref) !== this._key) {
      this.turnTo(repo, ref);
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
      const limit = start ? NEXT : FIRST;
      const page = await this.client.commits(this._repo, this._ref, start, limit, this._find);
      if (turn === this._turn) {
        this.take(start, page.commits, page.next);
        this.head = page.head;
        this.error = null;
        this.keep();
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

  private keep(): void {
    this._kept.delete(this._key);
    this._kept.set(this._key, { commits: this.commits, head: this.head, next: this._next });
    const oldest = this._kept.keys().next().value;
    if (this._kept.size > MOST_KEPT && oldest !== undefined) {
      this._kept.delete(oldest);
    }
  }

  private turnTo(repo: string, ref: string): void {
    this._repo = repo;
    this._ref = ref;
    this._key = this.keyOf(repo, ref);
    const kept = this._kept.get(this._key);
    this.commits = kept?.commits ?? [];
    this.head = kept?.head ?? '';
    this._next = kept?.next ?? null;
    this.error = null;
    this.busy = false;
  }

  private keyOf(repo: string, ref: string): string {
    return `${repo}@${ref} ${this._find}`;
  }

  private _changed = new Signal<this, void>(this);
  private _find = '';
  private _kept = new Map<string, IKept>();
  private _key = '';
  private _next: number | null = null;
  private _opened = false;
  private _ref = '';
  private _repo = '';
  private _searching = false;
  private _summaries = new Map<string, IRowSummary>();
  private _turn = 0;
  private _wanted = new Set<string>();
}
