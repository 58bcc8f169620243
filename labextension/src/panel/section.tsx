import { CommandToolbarButton, PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { ILakeContext } from './context';
import { LakeProvider } from './context';

export interface ISectionOptions {
  id: string;
  label: string;
  context: ILakeContext;
  content: React.ReactNode;
  /** Command ids, each a button in the section's title. */
  buttons?: string[];
  /** What comes after them. */
  menu?: React.ReactNode;
}

/** One fold of the panel: a title with its own buttons, and a component under it. */
export class Section extends PanelWithToolbar {
  constructor({ id, label, context, content, buttons = [], menu }: ISectionOptions) {
    super();
    this.id = `jp-Lake-${id}`;
    this.addClass('jp-Lake-section');
    this.title.label = label;
    const body = ReactWidget.create(<LakeProvider value={context}>{content}</LakeProvider>);
    body.addClass('jp-Lake-sectionBody');
    this.addWidget(body);
    this.toolbar.addClass('jp-Lake-sectionToolbar');
    this.toolbar.node.setAttribute('aria-label', label);
    buttons.forEach(command => {
      const button = new CommandToolbarButton({
        commands: context.commands,
        id: command,
        label: ''
      });
      this.toolbar.addItem(command, button);
    });
    if (menu) {
      const more = ReactWidget.create(<LakeProvider value={context}>{menu}</LakeProvider>);
      this.toolbar.addItem('more', more);
    }
  }
}
