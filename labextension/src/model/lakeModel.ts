import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { LakeClient } from '../api/client';
import type { ILineage, IRun } from '../api/lineageTypes';
import type { ILake, IRefs, IRepo, IStanding } from '../api/types';
import { History } from './history';
import { Resource } from './resource';
import type { ISelected } from './selection';
import { Selection } from './selection';
import { Tree } from './tree';

/** Cells between two datasets: so many are looked through for the next one. */
const HOPS = 6;

/** What the panel shows of one lake, and what of it is selected. */
export class LakeModel {
  constructor(settings: ServerConnection.ISettings) {
    this.client = new LakeClient(settings);
    this.history = new History(this.client);
    this.tree = new Tree(this.client);
    this.selection.changed.connect((_, before) => this.follow(before));
  }

  readonly client: LakeClient;
  readonly selection = new Selection();
  readonly lake = new Resource<ILake>();
  readonly repos = new Resource<IRepo[]>();
  readonly refs = new Resource<IRefs>();
  readonly standing = new Resource<IStanding>();
  readonly history: History;
  readonly tree: Tree;
  readonly lineage = new Resource<ILineage>();
  readonly activity = new Resource<IRun[]>();

  /** Whether an answer is awaited for anything that is on view. */
  get busy(): boolean {
    const { lake, repos, history, tree } = this;
    return lake.busy || repos.busy || history.busy || tree.busy;
  }

  /** Emitted when the lake at hand holds something new. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  /** Whether the lineage section is open: what nobody sees is not asked for. */
  set lineageShown(shown: boolean) {
    this._lineageShown = shown;
    if (shown) {
      void this.loadLineage();
    }
  }

  /** Whether the activity section is open. */
  set activityShown(shown: boolean) {
    this._activityShown = shown;
    if (shown) {
      void this.loadActivity();
    }
  }

  /** Turn to the lake at `url`; empty: the server's own. */
  async open(url: string): Promise<void> {
    this.client.url = url;
    this.selection.repo('');
    [this.repos, this.refs, this.standing, this.lineage, this.activity].forEach(resource =>
      resource.clear()
    );
    this.lake.clear();
    this.history.forget();
    this.tree.forget();
    await this.refresh();
  }

  /** Ask for everything that is shown; what is known stays on view meanwhile. */
  async refresh(): Promise<void> {
    const url = this.client.url;
    const lake = await this.lake.load(url, this.client.lake);
    if (!lake) {
      return;
    }
    await Promise.all([this.loadRepos(), this.loadRepo(), this.loadTree()]);
    await Promise.all([this.loadLineage(), this.loadActivity()]);
  }

  /** The lake has moved on: read again what may have changed. */
  async catchUp(repos: readonly string[]): Promise<void> {
    const { repo, commit } = this.selection.now;
    const tasks = [this.loadRepos(), this.loadActivity()];
    if (repos.includes(repo)) {
      tasks.push(this.loadRepo());
      if (!commit) {
        tasks.push(this.loadTree());
      }
    }
    await Promise.all(tasks);
    await this.loadLineage();
    this._moved.emit();
  }

  /** A repo's default branch, as far as it is known. */
  defaultBranch(repo: string): string {
    return this.repos.value?.find(each => each.name === repo)?.default_branch ?? 'main';
  }

  async loadRepos(): Promise<void> {
    const repos = await this.repos.load(this.client.url, this.client.repos);
    const { repo } = this.selection.now;
    // Nothing was chosen yet, or what was is gone: there is something to see at once.
    const newest = repos && !repos.some(each => each.name === repo) ? latest(repos) : null;
    if (newest) {
      this.selection.repo(newest.name, newest.default_branch);
    }
  }

  private follow(before: ISelected): void {
    const { repo, ref, commit } = this.selection.now;
    if (repo !== before.repo) {
      this.refs.clear();
      this.standing.clear();
      this.history.clear();
      this.tree.clear();
    }
    if (repo !== before.repo || ref !== before.ref) {
      void this.loadRepo();
    }
    if (repo !== before.repo || ref !== before.ref || commit !== before.commit) {
      this.history.opened = false;
      void this.loadTree();
    }
    void this.loadLineage();
  }

  private async loadRepo(): Promise<void> {
    const { repo, ref } = this.selection.now;
    if (repo) {
      const refs = this.refs.load(repo, () => this.client.refs(repo));
      const standing = this.standing.load(`${repo}@${ref}`, () => this.client.standing(repo, ref));
      await Promise.all([refs, standing, this.history.load(repo, ref)]);
    }
  }

  private async loadTree(): Promise<void> {
    const { repo } = this.selection.now;
    if (repo) {
      await this.tree.load(repo, this.selection.at);
    }
  }

  private async loadLineage(): Promise<void> {
    const address = this.selection.address;
    if (!address) {
      this.lineage.clear();
    } else if (this._lineageShown) {
      await this.lineage.load(address, () => this.client.lineage(address, HOPS, HOPS));
    }
  }

  /** Ask who ran what, where that is on view. */
  async loadActivity(): Promise<void> {
    if (this._activityShown && this.lake.value) {
      await this.activity.load(this.client.url, () => this.client.activity());
    }
  }

  private _activityShown = false;
  private _lineageShown = false;
  private _moved = new Signal<this, void>(this);
}

/** The repo that was changed last. */
function latest(repos: readonly IRepo[]): IRepo | null {
  const newest = (a: IRepo, b: IRepo) => (b.head?.time ?? '').localeCompare(a.head?.time ?? '');
  return [...repos].sort(newest)[0] ?? null;
}
