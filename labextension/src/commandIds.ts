/** Every button of the panel is one of these, so a key or a menu can be one too. */
export const CommandIDs = {
  activate: 'jupyter-lake:activate',
  refresh: 'jupyter-lake:refresh',
  switchLake: 'jupyter-lake:switch-lake',
  createLake: 'jupyter-lake:create-lake',
  createRepo: 'jupyter-lake:create-repo',
  createBranch: 'jupyter-lake:create-branch',
  createTag: 'jupyter-lake:create-tag',
  deleteBranch: 'jupyter-lake:delete-branch',
  undo: 'jupyter-lake:undo',
  copyAddress: 'jupyter-lake:copy-address',
  copyId: 'jupyter-lake:copy-commit-id',
  insertQuery: 'jupyter-lake:insert-query',
  pinNotebook: 'jupyter-lake:pin-notebook',
  openPreview: 'jupyter-lake:open-preview',
  openCommit: 'jupyter-lake:open-commit',
  openLineage: 'jupyter-lake:open-lineage',
  openNotebook: 'jupyter-lake:open-notebook',
  compare: 'jupyter-lake:compare',
  swapCompared: 'jupyter-lake:swap-compared',
  searchCommits: 'jupyter-lake:search-commits'
} as const;
