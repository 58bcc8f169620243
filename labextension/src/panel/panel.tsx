import type { ITranslator } from '@jupyterlab/translation';
import { ReactWidget, SidePanel } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { AccordionPanel } from '@lumino/widgets';
import React from 'react';

import { CommandIDs } from '../commandIds';
import { lakeIcon } from '../icons';
import { short } from '../text/addresses';
import { Activity } from './activity';
import { Commits } from './commits';
import type { ILakeContext } from './context';
import { LakeProvider } from './context';
import { Files } from './files';
import { Header } from './header';
import { Lineage } from './lineage';
import { Repos } from './repos';
import { Section } from './section';
import { CommitMenu, FileMenu } from './sectionMenus';

export const PANEL_ID = 'jupyter-lake:panel';

/** How the person has arranged the folds: which are open and how high each is. */
export interface IFolds {
  open: boolean[];
  sizes: number[];
}

const TITLE_HEIGHT = 28;
const FIRST: IFolds = { open: [true, true, true, true, false], sizes: [2.5, 5, 4, 3, 1] };

/** A section's name, as titles have it; the names and ids after it stay as they are. */
function loud(name: string): string {
  return name.toLocaleUpperCase();
}

/** The lake in JupyterLab's left area. */
export class LakePanel extends SidePanel {
  constructor(
    private readonly context: ILakeContext,
    translator: ITranslator
  ) {
    super({ translator, titleSpace: TITLE_HEIGHT });
    const { trans, model } = context;
    this.id = PANEL_ID;
    this.addClass('jp-Lake-panel');
    this.title.icon = lakeIcon;
    this.title.caption = trans.__('Lake');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Lake'));
    const header = ReactWidget.create(
      <LakeProvider value={context}>
        <Header />
      </LakeProvider>
    );
    this.header.addWidget(header);
    this.sections().forEach(section => this.addWidget(section));
    this.folds = FIRST;
    // Without a lake there is nothing to fold: its trouble has the panel to itself.
    const unfold = () => {
      const hidden = !model.repos.value;
      if (hidden !== this.content.isHidden) {
        this.content.setHidden(hidden);
        this.settle();
      }
    };
    model.lake.changed.connect(unfold);
    model.repos.changed.connect(unfold);
    model.tree.changed.connect(() => this.retitle());
    model.selection.changed.connect(() => this.retitle());
    this.accordion.expansionToggled.connect(() => this.onFold());
    this.accordion.handleMoved.connect(() => {
      this._sizes = this.accordion.relativeSizes();
      this._folded.emit();
    });
    this.retitle();
    this.onFold();
  }

  /** Emitted when the panel comes into view or leaves it. */
  get shown(): ISignal<this, boolean> {
    return this._shown;
  }

  /** Emitted when a fold is opened, closed, or made higher or lower. */
  get folded(): ISignal<this, void> {
    return this._folded;
  }

  get folds(): IFolds {
    return {
      open: this.widgets.map(widget => !widget.isHidden),
      sizes: this._sizes
    };
  }

  set folds({ open, sizes }: IFolds) {
    if (open.length !== this.widgets.length) {
      return;
    }
    open.forEach((each, index) =>
      each ? this.accordion.expand(index) : this.accordion.collapse(index)
    );
    this._sizes = sizes;
    this.settle();
    this.onFold();
  }

  /** Open a section by its name, if it is folded. */
  unfold(section: string): void {
    const index = this.widgets.findIndex(widget => widget.id === `jp-Lake-${section}`);
    if (this.widgets[index]?.isHidden) {
      this.accordion.expand(index);
    }
  }

  protected override onAfterShow(): void {
    this.settle();
    this._shown.emit(true);
  }

  protected override onAfterHide(): void {
    this._shown.emit(false);
  }

  protected override onAfterAttach(): void {
    this._shown.emit(this.isVisible);
  }

  /** Give the sections their heights; what is not laid out yet would lose them. */
  private settle(): void {
    requestAnimationFrame(() => {
      if (this.accordion.isVisible) {
        this.accordion.setRelativeSizes(this._sizes);
      }
    });
  }

  private get accordion(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  private sections(): Section[] {
    const { context } = this;
    const { trans } = context;
    const section = (
      id: string,
      label: string,
      content: React.ReactNode,
      buttons?: string[],
      menu?: React.ReactNode
    ) => new Section({ id, label, content, context, buttons, menu });
    return [
      section('repos', trans.__('Repos'), <Repos />, [CommandIDs.createRepo]),
      section(
        'commits',
        trans.__('Commits'),
        <Commits />,
        [CommandIDs.searchCommits, CommandIDs.openCommit],
        <CommitMenu />
      ),
      section(
        'files',
        trans.__('Files'),
        <Files />,
        [CommandIDs.insertQuery, CommandIDs.copyAddress],
        <FileMenu />
      ),
      section('lineage', trans.__('Lineage'), <Lineage />, [CommandIDs.openLineage]),
      section('activity', trans.__('Activity'), <Activity />)
    ];
  }

  private retitle(): void {
    const { trans, model } = this.context;
    const { repo, path } = model.selection.now;
    const at = short(model.tree.commit, 6);
    const of = path ? `${repo}/${path}` : repo;
    const titles = [
      loud(trans.__('Repos')),
      loud(trans.__('Commits')),
      loud(trans.__('Files')) + (at ? ` ${trans.__('at %1', at)}` : ''),
      loud(trans.__('Lineage')) + (of ? ` ${trans.__('of %1', of)}` : ''),
      loud(trans.__('Activity'))
    ];
    titles.forEach((title, index) => {
      const widget = this.widgets[index];
      if (widget && widget.title.label !== title) {
        widget.title.label = title;
      }
    });
  }

  private onFold(): void {
    const [, , , lineage, activity] = this.widgets;
    this.context.model.lineageShown = !lineage?.isHidden;
    this.context.model.activityShown = !activity?.isHidden;
    this._folded.emit();
  }

  private _folded = new Signal<this, void>(this);
  private _sizes = FIRST.sizes;
  private _shown = new Signal<this, boolean>(this);
}
