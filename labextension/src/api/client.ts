import type { ServerConnection } from '@jupyterlab/services';

import type { IActivity, ILineage, IRun } from './lineageTypes';
import type { ILook, IPreview } from './previewTypes';
import type { Query } from './request';
import { request, route } from './request';
import type { IRowDiff } from './rowTypes';
import type {
  IRowSummary,
  ICommitDetail,
  ICommitPage,
  IComparison,
  IFolderPage,
  IHeads,
  IImport,
  IInputState,
  ILake,
  IRefs,
  IRepo,
  IStanding,
  Schemas,
  StaleCells
} from './types';

/** The lake's REST routes as functions, for the lake at `url` (empty: the server's own). */
export class LakeClient {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    public url = ''
  ) {}

  lake = () => this.get<ILake>('lake');

  open = (url: string, create: boolean) => this.post<ILake>('lake', { url, create });

  heads = (repo: string | null, tick: number) =>
    this.get<IHeads>('heads', { repo: repo ?? '', tick });

  repos = async () => (await this.get<{ repos: IRepo[] }>('repos')).repos;

  createRepo = (name: string, description = '') => this.post<IRepo>('repos', { name, description });

  refs = (repo: string) => this.get<IRefs>(route('repos', repo, 'refs'));

  createBranch = (repo: string, name: string, from: string) =>
    this.post<{ name: string }>(route('repos', repo, 'branches'), { name, from });

  deleteBranch = (repo: string, name: string) =>
    this.ask<{ name: string }>(route('repos', repo, 'branches', name), 'DELETE');

  undo = (repo: string, branch: string) =>
    this.post<{ commit: string }>(route('repos', repo, 'branches', branch, 'undo'), {});

  createTag = (repo: string, name: string, ref: string) =>
    this.post<{ name: string }>(route('repos', repo, 'tags'), { name, ref });

  /** Make files that lie elsewhere part of a branch, without copying them. */
  importFiles = (repo: string, branch: string, files: IImport) =>
    this.post<{ commit: string; files: number }>(route('repos', repo, 'imports'), {
      branch,
      ...files
    });

  commits = (repo: string, ref: string, start: number, limit: number, find = '') =>
    this.get<ICommitPage>(route('repos', repo, 'commits'), { ref, start, limit, find });

  standing = (repo: string, ref: string) =>
    this.get<IStanding>(route('repos', repo, 'standing'), { ref });

  changes = async (repo: string, ids: string[]) => {
    const path = route('repos', repo, 'changes');
    const query = { commits: ids.join(',') };
    return (await this.get<{ changes: Record<string, IRowSummary> }>(path, query)).changes;
  };

  commit = (repo: string, ref: string) =>
    this.get<ICommitDetail>(route('repos', repo, 'commits', ref));

  compare = (repo: string, a: string, b: string, path = '') =>
    this.get<IComparison>(route('repos', repo, 'compare'), { a, b, path });

  rows = (repo: string, a: string, b: string, path: string, key: string) =>
    this.get<IRowDiff>(route('repos', repo, 'rows'), { a, b, path, key });

  /** How columns differ, by path; without `a`, from the parent of `b`. */
  schemas = async (repo: string, b: string, a = '') => {
    const found = this.get<{ schemas: Schemas }>(route('repos', repo, 'schemas'), { a, b });
    return (await found).schemas;
  };

  files = (repo: string, ref: string, path: string, start = 0) =>
    this.get<IFolderPage>(route('repos', repo, 'files'), { ref, path, start });

  preview = (repo: string, ref: string, path: string, look: ILook) =>
    this.get<IPreview>(route('repos', repo, 'preview'), {
      ref,
      path,
      where: look.where,
      order: look.order,
      descending: String(look.descending),
      limit: look.limit
    });

  /** The graph round an address; with `opened`, crowds are folded but for these. */
  lineage = (address: string, up: number, down: number, opened?: readonly string[]) =>
    this.get<ILineage>('lineage', {
      address,
      up,
      down,
      ...(opened ? { fold: 1, open: opened.join('\n') } : {})
    });

  inputs = async (address: string) =>
    (await this.get<{ inputs: IInputState[] }>('inputs', { address })).inputs;

  stale = async (notebook: string) =>
    (await this.get<{ cells: StaleCells }>('stale', { notebook })).cells;

  activity = async (limit = 100) => (await this.get<IActivity>('activity', { limit })).runs;

  run = (id: string) => this.get<IRun>(route('runs', id));

  private get<T>(path: string, query: Query = {}): Promise<T> {
    return request<T>(this.settings, path, { query: { lake: this.url, ...query } });
  }

  private post<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, 'POST', body);
  }

  private ask<T>(path: string, method: 'POST' | 'DELETE', body?: object): Promise<T> {
    return request<T>(this.settings, path, { method, query: { lake: this.url }, body });
  }
}
