import type { LakeClient } from '../src/api/client';
import type { ICommit, IFolderPage, IRowSummary } from '../src/api/types';

export function commit(number: number): ICommit {
  return {
    repo: 'sales',
    id: `c${number}`,
    short: `c${number}`,
    parents: number ? [`c${number - 1}`] : [],
    author: 'ana',
    message: `commit ${number}`,
    time: '2026-11-23T12:00:00Z',
    refs: []
  };
}

export function summary(): IRowSummary {
  return { files: 1, added: 1, removed: 0, changed: 0, rows: 5, paths: [], made_by: null };
}

/** A lake of numbered commits, that counts what it is asked. */
export class FakeLake {
  newest = 9;
  page = 4;
  asked: string[] = [];

  readonly client = {
    commits: (repo: string, ref: string, start: number, _limit: number, find: string) => {
      this.asked.push(`commits ${find}${start}`);
      const all = Array.from({ length: this.newest + 1 }, (_, index) =>
        commit(this.newest - index)
      ).filter(each => each.message.includes(find));
      const commits = all.slice(start, start + this.page);
      const next = start + this.page < all.length ? start + this.page : null;
      return Promise.resolve({ repo, ref, head: all[0]?.id ?? '', commits, next });
    },
    changes: (_: string, ids: string[]) => {
      this.asked.push(`changes ${ids.join(',')}`);
      return Promise.resolve(Object.fromEntries(ids.map(id => [id, summary()])));
    },
    files: (repo: string, ref: string, path: string, start = 0): Promise<IFolderPage> => {
      this.asked.push(`files ${ref}/${path} ${start}`);
      if (path === 'broken') {
        return Promise.reject(new Error('no'));
      }
      const names = path ? ['x.csv', 'y.csv'] : ['broken', 'orders', 'read me.txt'];
      const entries = names.map(name => ({
        name,
        path: path ? `${path}/${name}` : name,
        folder: !name.includes('.'),
        kind: 'file' as const,
        files: 1,
        bytes: 1,
        rows: null
      }));
      const part = path ? entries.slice(start, start + 1) : entries;
      const next = path && start === 0 ? 1 : null;
      return Promise.resolve({
        repo,
        commit: `${ref}-id`,
        short: ref,
        path,
        entries: part,
        total: entries.length,
        next
      });
    }
  } as unknown as LakeClient;
}
