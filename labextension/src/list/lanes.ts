/** A commit as the graph needs it. */
export interface IKnot {
  id: string;
  parents: readonly string[];
}

/** How the lines run past and into one row: each from a lane at the top to one at the bottom. */
export interface IRowLanes {
  lane: number;
  into: number[];
  outOf: number[];
  past: number[];
  width: number;
}

/** Lay commits, newest first, on lanes: a branch keeps its lane until it is merged. */
export function layLanes(commits: readonly IKnot[]): IRowLanes[] {
  const lanes: (string | null)[] = [];
  return commits.map(commit => {
    const waiting = lanes.flatMap((id, lane) => (id === commit.id ? [lane] : []));
    const lane = waiting[0] ?? free(lanes);
    const before = lanes.length;
    waiting.forEach(other => (lanes[other] = null));
    const past = lanes.flatMap((id, other) => (id === null || id === undefined ? [] : [other]));
    const outOf = commit.parents.map((parent, index) => place(lanes, parent, index, lane));
    while (lanes.length && (lanes.at(-1) ?? null) === null) {
      lanes.pop();
    }
    const width = Math.max(before, lanes.length, lane + 1);
    return { lane, into: waiting, outOf, past, width };
  });
}

function place(lanes: (string | null)[], parent: string, index: number, lane: number): number {
  if (index === 0) {
    lanes[lane] = parent;
    return lane;
  }
  const known = lanes.indexOf(parent);
  if (known >= 0) {
    return known;
  }
  const taken = free(lanes);
  lanes[taken] = parent;
  return taken;
}

function free(lanes: readonly (string | null)[]): number {
  const gap = lanes.findIndex(id => (id ?? null) === null);
  return gap < 0 ? lanes.length : gap;
}
