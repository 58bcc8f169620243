import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';

import { showBadges } from '../notebook/badges';
import { loadsMagics } from '../notebook/query';
import { ILakePanel } from '../tokens';

/** A run reaches the lake a moment after its cell has ended. */
const SOON = 3000;

/** Marks the notebook's cells whose inputs have moved on since they ran. */
export const badgePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-lake:badges',
  description: 'Marks notebook cells that read data which has moved on since.',
  autoStart: true,
  requires: [ILakePanel, INotebookTracker],
  optional: [ITranslator],
  activate
};

function activate(
  _: JupyterFrontEnd,
  { model }: ILakePanel,
  tracker: INotebookTracker,
  translator: ITranslator | null
): void {
  const trans = (translator ?? nullTranslator).load('jupyter_lake');
  const look = async (panel: NotebookPanel | null) => {
    if (!panel || panel.isDisposed || !panel.context.isReady) {
      return;
    }
    const cells = panel.content.widgets;
    if (!loadsMagics(cells.map(cell => cell.model.sharedModel.getSource()))) {
      return;
    }
    // Without an answer there is nothing to say under a cell: the panel tells of trouble.
    const stale = await model.client.stale(panel.context.path).catch(() => ({}));
    if (!panel.isDisposed) {
      showBadges(panel.content.widgets, stale, trans);
    }
  };
  const soon = new Debouncer(() => look(tracker.currentWidget), SOON);
  NotebookActions.executed.connect(() => void soon.invoke());
  model.moved.connect(() => void look(tracker.currentWidget));
  tracker.currentChanged.connect((__, panel) => void panel?.context.ready.then(() => look(panel)));
}
