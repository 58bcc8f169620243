import type { ILabShell, ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import { ReactWidget, spreadsheetIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { TabPanel } from '@lumino/widgets';
import React from 'react';

import { CommandIDs } from '../commandIds';
import { CommitView } from '../commit/commitView';
import { CompareView } from '../commit/compareView';
import { GraphView } from '../graph/graphView';
import { commitIcon, compareIcon, lineageIcon } from '../icons';
import type { ILakeContext } from '../panel/context';
import { LakeProvider } from '../panel/context';
import { PreviewView } from '../table/previewView';
import { address, brief, parse } from '../text/addresses';
import { placeOf, textOf, wholeId } from './args';

type Tab = MainAreaWidget<Widget>;

/** A commit in a narrower tab is better read in the panel. */
const NARROWEST = 480;

/** Opens the lake's tabs in the main area, each place once. */
export class Tabs {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly context: ILakeContext,
    private readonly lab: ILabShell | null
  ) {}

  /** Whether a tab has the room to be read; Jupyter Notebook has one page and no tabs. */
  get roomy(): boolean {
    const beside = this.lab?.currentWidget ?? this.lab;
    return beside !== null && beside.node.clientWidth >= NARROWEST;
  }

  /** The tabs of tables; a new theme repaints their canvases. */
  readonly tracker = new WidgetTracker<Tab>({ namespace: 'jupyter-lake' });

  /** Bring the tabs back that were open at the last visit. */
  restoreIn(restorer: ILayoutRestorer | null): void {
    void restorer?.restore(this.tracker, {
      command: CommandIDs.activate,
      args: tab => ({ tab: tab.id }),
      name: tab => tab.id
    });
  }

  /** Open a tab again by its id, which says all there is to say of it. */
  reopen(id: string): void {
    const [kind, at = ''] = split(id, ':');
    const { repo, ref, path } = parse(at);
    switch (kind) {
      case 'lake-preview':
        return this.preview(repo, ref, path);
      case 'lake-commit':
        return this.commit(repo, ref);
      case 'lake-lineage':
        return this.lineage(at);
      case 'lake-compare': {
        // First the other ref, which holds no space as a path may.
        const [other, rest = ''] = split(at, ' ');
        const place = parse(rest);
        return this.compare(place.repo, other, place.ref, place.path);
      }
    }
  }

  preview(repo: string, ref: string, path: string): void {
    const at = address(repo, brief(ref), path);
    const label = path.split('/').at(-1) ?? at;
    this.open(`lake-preview:${at}`, label, at, spreadsheetIcon, () => {
      return new PreviewView({ repo, ref: brief(ref), path }, this.context);
    });
  }

  commit(repo: string, ref: string): void {
    const at = address(repo, brief(ref));
    this.open(`lake-commit:${at}`, at, at, commitIcon, () =>
      this.react(<CommitView repo={repo} at={ref} />)
    );
  }

  compare(repo: string, a: string, b: string, path: string): void {
    const [older, newer] = [brief(a), brief(b)];
    const { trans } = this.context;
    const label = trans.__('%1, compared', path.split('/').at(-1) || repo);
    this.open(
      `lake-compare:${older} ${address(repo, newer, path)}`,
      label,
      trans.__('%1: %2 and %3', address(repo, '', path), older, newer),
      compareIcon,
      () => this.react(<CompareView repo={repo} a={older} b={newer} path={path} />)
    );
  }

  lineage(at: string): void {
    const { trans } = this.context;
    const { repo, path } = parse(at);
    const label = trans.__('Lineage of %1', path.split('/').at(-1) || repo);
    this.open(`lake-lineage:${at}`, label, trans.__('Lineage of %1', at), lineageIcon, () =>
      this.react(<GraphView address={at} />)
    );
  }

  private react(content: React.JSX.Element): Widget {
    const widget = ReactWidget.create(<LakeProvider value={this.context}>{content}</LakeProvider>);
    widget.addClass('jp-Lake-tab');
    return widget;
  }

  private open(
    id: string,
    label: string,
    caption: string,
    icon: LabIcon,
    make: () => Widget
  ): void {
    let tab = this.tracker.find(each => each.id === id);
    if (!tab) {
      tab = new MainAreaWidget({ content: make() });
      tab.id = id;
      tab.toolbar.hide();
      Object.assign(tab.title, { label, caption, icon, closable: true });
      this.app.shell.add(tab, this.lab ? 'main' : 'down');
      void this.tracker.add(tab);
    }
    this.app.shell.activateById(id);
    // Jupyter Notebook shows one document: tabs lie below it, and don't come to the front alone.
    const below = tab.parent?.parent;
    if (below instanceof TabPanel) {
      below.currentWidget = tab;
    }
  }
}

function split(text: string, at: string): [string, string] {
  const where = text.indexOf(at);
  return where < 0 ? [text, ''] : [text.slice(0, where), text.slice(where + 1)];
}

/** Commands that open something of the lake in the main area. */
export function addTabCommands({ commands, model, trans }: ILakeContext, tabs: Tabs): void {
  const chosen = (args: Parameters<typeof placeOf>[0]) => placeOf(args, model);
  commands.addCommand(CommandIDs.openPreview, {
    label: trans.__('Open Preview'),
    caption: trans.__('Open the file or table in a tab'),
    icon: spreadsheetIcon,
    isEnabled: args => chosen(args).path !== '',
    execute: args => {
      const { repo, ref, path } = chosen(args);
      tabs.preview(repo, ref, path);
    }
  });
  commands.addCommand(CommandIDs.openCommit, {
    label: trans.__('Open Commit'),
    caption: trans.__('Open the commit in a tab, where there is room for one'),
    icon: commitIcon,
    isEnabled: args => chosen(args).repo !== '',
    execute: args => {
      const { repo, ref } = chosen(args);
      return tabs.roomy
        ? tabs.commit(repo, ref)
        : commands.execute(CommandIDs.openCommitHere, args);
    }
  });
  commands.addCommand(CommandIDs.openCommitHere, {
    label: trans.__('Open Commit in the Panel'),
    caption: trans.__('Open the commit in the panel, in the place of the list'),
    isEnabled: args => chosen(args).repo !== '',
    execute: async args => {
      const { repo, ref } = chosen(args);
      const same = repo === model.selection.now.repo;
      model.selection.set({
        repo,
        ref: same ? model.selection.now.ref : model.defaultBranch(repo),
        commit: wholeId(ref, model),
        path: ''
      });
      model.history.opened = true;
      await commands.execute(CommandIDs.activate, { section: 'commits' });
    }
  });
  commands.addCommand(CommandIDs.openLineage, {
    label: trans.__('Open Lineage'),
    caption: trans.__('Open the lineage graph in a tab'),
    icon: lineageIcon,
    isEnabled: args => chosen(args).repo !== '',
    execute: args => {
      const { repo, ref, path } = chosen(args);
      tabs.lineage(address(repo, brief(ref), path));
    }
  });
  commands.addCommand(CommandIDs.compare, {
    label: trans.__('Compare with…'),
    caption: trans.__('Compare with another commit, branch or tag'),
    icon: compareIcon,
    isEnabled: args => chosen(args).repo !== '',
    execute: async args => {
      const { repo, ref, path } = chosen(args);
      const other = textOf(args.other) || (await askRef(repo, ref));
      if (other) {
        tabs.compare(repo, other, ref, path);
      }
    }
  });
  commands.addCommand(CommandIDs.swapCompared, {
    label: trans.__('Swap Sides'),
    caption: trans.__('Compare the other way round'),
    isEnabled: args => textOf(args.other) !== '',
    execute: args => {
      const { repo, ref, path } = chosen(args);
      tabs.compare(repo, ref, textOf(args.other), path);
    }
  });

  async function askRef(repo: string, ref: string): Promise<string> {
    const refs = repo === model.selection.now.repo ? model.refs.value : undefined;
    const names = [...(refs?.branches ?? []), ...(refs?.tags ?? [])].map(({ name }) => name);
    const answer = await InputDialog.getItem({
      title: trans.__('Compare %1@%2 with', repo, brief(ref)),
      label: trans.__('A branch, tag or commit'),
      items: [`${brief(ref)}~1`, ...names],
      editable: true,
      okLabel: trans.__('Compare')
    });
    return answer.button.accept ? (answer.value ?? '').trim() : '';
  }
}
