import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { LakeClient } from '../api/client';
import { LakeError } from '../api/request';
import type { IEntry, IFolderPage } from '../api/types';

/** One line of the tree: an entry at a depth, or what stands in for those not read. */
export interface IRow {
  key: string;
  depth: number;
  entry: IEntry | null;
  open: boolean;
  note: 'loading' | 'more' | 'error' | null;
  folder: string;
}

const MOST_KEPT = 12;

/** The files of one commit; folders are read when they are opened. */
export class Tree {
  constructor(private readonly client: LakeClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  repo = '';
  commit = '';
  short = '';
  error: LakeError | null = null;
  busy = false;

  /** Whether the commit's first folder was read. */
  get ready(): boolean {
    return this._pages.has('');
  }

  clear(): void {
    this._at = '';
    this.repo = '';
    this.commit = '';
    this.short = '';
    this.error = null;
    this.busy = false;
    this._pages.clear();
    this._open.clear();
    this._changed.emit();
  }

  /** Forget all that was read: another lake's repos may have the same names. */
  forget(): void {
    this._kept.clear();
    this.clear();
  }

  /** Show a commit; folders that were open stay so where the repo is the same. */
  async load(repo: string, ref: string): Promise<void> {
    const at = `${repo}@${ref}`;
    const open = repo === this.repo ? ['', ...this._open] : [''];
    if (repo !== this.repo) {
      this.clear();
      this.repo = repo;
      this.take(this._kept.get(at) ?? []);
    }
    this._at = at;
    this.busy = true;
    this._changed.emit();
    try {
      const top = await this.client.files(repo, ref, '');
      const below = open.filter(path => path !== '');
      const asked = below.map(path => this.client.files(repo, top.commit, path).catch(() => null));
      const pages = [top, ...(await Promise.all(asked))].filter(page => page !== null);
      if (at === this._at) {
        this.take(pages);
        this.keep(at, top);
      }
    } catch (reason) {
      if (at === this._at) {
        this.error = LakeError.from(reason);
      }
    }
    if (at === this._at) {
      this.busy = false;
      this._changed.emit();
    }
  }

  /** Open or close a folder. */
  async toggle(path: string): Promise<void> {
    if (this._open.delete(path)) {
      this._changed.emit();
      return;
    }
    this._open.add(path);
    this._changed.emit();
    if (!this._pages.has(path)) {
      await this.read(path, 0);
    }
  }

  /** Read the next entries of a long folder. */
  async more(path: string): Promise<void> {
    const page = this._pages.get(path);
    if (page && page.next !== null && !this._reading.has(path)) {
      this._reading.add(path);
      await this.read(path, page.next);
      this._reading.delete(path);
    }
  }

  /** The lines to draw, top to bottom. */
  rows(folder = '', depth = 0): IRow[] {
    const page = this._pages.get(folder);
    if (!page) {
      const note = this._failed.has(folder) ? 'error' : 'loading';
      return folder ? [{ key: `${folder}/?`, depth, entry: null, open: false, note, folder }] : [];
    }
    const rows = page.entries.flatMap(entry => {
      const open = entry.folder && this._open.has(entry.path);
      const row: IRow = { key: entry.path, depth, entry, open, note: null, folder };
      return open ? [row, ...this.rows(entry.path, depth + 1)] : [row];
    });
    return page.next === null
      ? rows
      : [...rows, { key: `${folder}/+`, depth, entry: null, open: false, note: 'more', folder }];
  }

  private take(pages: IFolderPage[]): void {
    this._pages = new Map(pages.map(page => [page.path, page]));
    this._open = new Set([...this._open].filter(path => this._pages.has(path)));
    this._failed.clear();
    this.commit = pages[0]?.commit ?? '';
    this.short = pages[0]?.short ?? '';
    this.error = null;
  }

  /** Keep the first folder, to show at once when the person comes back to it. */
  private keep(at: string, top: IFolderPage): void {
    this._kept.delete(at);
    this._kept.set(at, [top]);
    const oldest = this._kept.keys().next().value;
    if (this._kept.size > MOST_KEPT && oldest !== undefined) {
      this._kept.delete(oldest);
    }
  }

  private async read(path: string, start: number): Promise<void> {
    const at = this._at;
    this._failed.delete(path);
    try {
      const page = await this.client.files(this.repo, this.commit, path, start);
      const before = start ? (this._pages.get(path)?.entries ?? []) : [];
      if (at === this._at) {
        this._pages.set(path, { ...page, entries: [...before, ...page.entries] });
      }
    } catch {
      this._failed.add(path);
    }
    this._changed.emit();
  }

  private _at = '';
  private _changed = new Signal<this, void>(this);
  private _failed = new Set<string>();
  private _kept = new Map<string, IFolderPage[]>();
  private _open = new Set<string>();
  private _reading = new Set<string>();
  private _pages = new Map<string, IFolderPage>();
}
