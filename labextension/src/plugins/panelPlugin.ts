import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commandIds';
import { textOf } from '../commands/args';
import { addCodeCommands } from '../commands/code';
import { addImportCommand } from '../commands/imports';
import { addLakeCommands } from '../commands/lakes';
import { addNameCommands } from '../commands/names';
import { Tabs, addTabCommands } from '../commands/tabs';
import { LakeModel } from '../model/lakeModel';
import { Watcher } from '../model/watcher';
import { Notebooks } from '../notebook/notebooks';
import type { ILakeContext } from '../panel/context';
import { LakePanel } from '../panel/panel';
import { PreviewView } from '../table/previewView';
import { ILakePanel } from '../tokens';
import { Memory } from './memory';

const ID = 'jupyter-lake:panel';

/** The panel in the left area, its commands and its tabs. */
export const panelPlugin: JupyterFrontEndPlugin<ILakePanel> = {
  id: ID,
  description: 'The data lake beside the notebook: repos, commits, tables, lineage.',
  autoStart: true,
  provides: ILakePanel,
  optional: [
    ICommandPalette,
    IDocumentManager,
    IEditorLanguageRegistry,
    ILabShell,
    ILayoutRestorer,
    INotebookTracker,
    ISettingRegistry,
    IStateDB,
    IThemeManager,
    ITranslator
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  palette: ICommandPalette | null,
  documents: IDocumentManager | null,
  languages: IEditorLanguageRegistry | null,
  lab: ILabShell | null,
  restorer: ILayoutRestorer | null,
  tracker: INotebookTracker | null,
  settings: ISettingRegistry | null,
  state: IStateDB | null,
  themes: IThemeManager | null,
  translator: ITranslator | null
): ILakePanel {
  const { commands, serviceManager, shell } = app;
  const trans = (translator ?? nullTranslator).load('jupyter_lake');
  const model = new LakeModel(serviceManager.serverSettings);
  const context: ILakeContext = { model, commands, trans, highlight: inColours(languages) };
  const memory = new Memory(state);
  const tabs = new Tabs(app, context, lab);
  const notebooks =
    tracker && new Notebooks(tracker, documents, trans, id => shell.activateById(id));

  addImportCommand(context);
  addLakeCommands(context, memory);
  addNameCommands(context);
  addCodeCommands(context, notebooks);
  addTabCommands(context, tabs);

  const panel = new LakePanel(context, translator ?? nullTranslator);
  commands.addCommand(CommandIDs.activate, {
    label: trans.__('Show the Lake'),
    execute: args => {
      if (args.tab) {
        tabs.reopen(textOf(args.tab));
      } else {
        panel.unfold(textOf(args.section));
        shell.activateById(panel.id);
      }
    }
  });
  shell.add(panel, 'left', { rank: 250 });
  restorer?.add(panel, panel.id);
  tabs.restoreIn(restorer);

  // What was kept is at hand only when JupyterLab is up: nothing here may wait for it.
  void begin(panel, model, memory, settings);
  const changed = () => Object.values(CommandIDs).forEach(id => commands.notifyCommandChanged(id));
  [model.lake, model.tree, model.selection].forEach(part => part.changed.connect(changed));
  themes?.themeChanged.connect(() => {
    // The new style sheet counts from the next frame on.
    requestAnimationFrame(() => repaint(tabs));
  });
  Object.values(CommandIDs).forEach(command => {
    if (palette && commands.hasCommand(command)) {
      palette.addItem({ command, category: trans.__('Lake') });
    }
  });
  return { model };
}

/** How cells are coloured, by the notebook's own highlighter. */
function inColours(languages: IEditorLanguageRegistry | null): ILakeContext['highlight'] {
  const python = languages?.findByMIME('text/x-ipython') ?? null;
  return languages && python
    ? async (code, into) => languages.highlight(code, python, into)
    : undefined;
}

async function begin(
  panel: LakePanel,
  model: LakeModel,
  memory: Memory,
  settings: ISettingRegistry | null
): Promise<void> {
  const loaded = await settings?.load(ID).catch(() => undefined);
  const { url, selected, folds } = await memory.read();
  model.client.url = url || textOf(loaded?.composite.lake);
  if (selected?.repo) {
    model.selection.set({ ...selected, commit: '', path: '' });
  }
  if (folds) {
    panel.folds = folds;
  }
  remember(memory, panel, model);
  watch(panel, model);
}

function remember(memory: Memory, panel: LakePanel, model: LakeModel): void {
  model.selection.changed.connect(() => memory.keep({ selected: model.selection.now }));
  model.lake.changed.connect(() => memory.keep({ url: model.client.url }));
  panel.folded.connect(() => memory.keep({ folds: panel.folds }));
  panel.shown.connect((_, shown) => shown || memory.keep({ folds: panel.folds }));
}

function watch(panel: LakePanel, model: LakeModel): void {
  const watcher = new Watcher(model);
  panel.shown.connect((_, shown) => watcher.watch(shown));
  panel.disposed.connect(() => watcher.dispose());
  watcher.watch(panel.isVisible);
}

function repaint(tabs: Tabs): void {
  tabs.tracker.forEach(({ content }) => {
    if (content instanceof PreviewView) {
      content.grid.paint();
    }
  });
}
