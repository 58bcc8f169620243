import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker, Notebook, NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { LakeError } from '../api/request';
import { loadsMagics } from './query';

/** What the panel does with notebooks. */
export interface INotebooks {
  /** Put code in a new cell below the active one; the magics are loaded where they are not. */
  insert(code: string): Promise<void>;
  /** Open a notebook, at a cell where one is named. */
  reveal(path: string, cell: string): Promise<void>;
}

/** The notebooks of this JupyterLab. */
export class Notebooks implements INotebooks {
  constructor(
    private readonly tracker: INotebookTracker,
    private readonly documents: IDocumentManager | null,
    private readonly trans: TranslationBundle,
    private readonly activate: (id: string) => void
  ) {}

  async insert(code: string): Promise<void> {
    const panel = this.tracker.currentWidget;
    if (!panel) {
      const { trans } = this;
      const hint = trans.__('Open a notebook, then insert the cell again.');
      throw new LakeError('no-notebook', trans.__('No notebook is open.'), hint, 0);
    }
    await panel.context.ready;
    const { content } = panel;
    if (!loadsMagics(content.widgets.map(cell => cell.model.sharedModel.getSource()))) {
      insertBelow(content, '%load_ext jupyter_lake');
    }
    insertBelow(content, code);
    this.activate(panel.id);
    await content.scrollToItem(content.activeCellIndex, 'auto');
  }

  async reveal(path: string, cell: string): Promise<void> {
    const panel = this.documents?.openOrReveal(path) as NotebookPanel | undefined;
    if (!panel) {
      const { trans } = this;
      const hint = trans.__('Look for it in the file browser: it may lie on another server.');
      throw new LakeError('no-notebook', trans.__('%1 could not be opened.', path), hint, 0);
    }
    await panel.context.ready;
    await panel.revealed;
    const index = panel.content.widgets.findIndex(widget => widget.model.id === cell);
    if (index >= 0) {
      panel.content.activeCellIndex = index;
      await panel.content.scrollToItem(index, 'center');
    }
  }
}

function insertBelow(notebook: Notebook, code: string): void {
  const active = notebook.activeCell;
  const empty = active?.model.type === 'code' && !active.model.sharedModel.getSource().trim();
  if (!empty) {
    NotebookActions.insertBelow(notebook);
  }
  if (notebook.activeCell?.model.type !== 'code') {
    NotebookActions.changeCellType(notebook, 'code');
  }
  notebook.activeCell?.model.sharedModel.setSource(code);
}
