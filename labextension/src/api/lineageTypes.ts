interface INodeBase {
  id: string;
  label: string;
  stale: boolean;
}

export interface IDatasetNode extends INodeBase {
  kind: 'dataset';
  repo: string;
  path: string;
  commit: string;
  behind: number;
}

export interface IRunNode extends INodeBase {
  kind: 'run';
  run: string;
  notebook: string;
  cell_id: string | null;
  execution_count: number | null;
  first_line: string;
  source: string | null;
  user: string;
  started: string;
  seconds: number;
  status: string;
  executions: number;
}

export interface IOutsideNode extends INodeBase {
  kind: 'untracked' | 'variable';
}

/** Neighbours that are folded away; opened by its id. */
export interface IMoreNode extends INodeBase {
  kind: 'more';
}

export type Node = IDatasetNode | IRunNode | IOutsideNode | IMoreNode;

export interface IEdge {
  source: string;
  target: string;
  kind: string;
  variables: string[];
  certainty: string;
  columns: string[] | null;
  commit: string | null;
  behind: number;
  stale: boolean;
}

export interface ILineage {
  address: string;
  dot: string;
  subject: string;
  nodes: Node[];
  edges: IEdge[];
  cut: boolean;
}

export interface IPathAt {
  repo: string;
  commit_id: string;
  path: string;
  branch?: string;
}

export interface IRun {
  run_id: string;
  notebook: string;
  cell_id: string | null;
  execution_count: number | null;
  source: string | null;
  user: string;
  started: string;
  seconds: number;
  status: string;
  reads: IPathAt[];
  writes: IPathAt[];
  untracked: string[];
}

export interface IActivity {
  runs: IRun[];
}
