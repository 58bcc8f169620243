import { ReactWidget } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';

import type { ILook, IPreview } from '../api/previewTypes';
import { Resource } from '../model/resource';
import { useSignal } from '../model/useSignal';
import type { ILakeContext } from '../panel/context';
import { LakeProvider } from '../panel/context';
import { FileBody } from './filePreview';
import { Grid } from './grid';
import { PreviewHeader } from './previewHeader';

export interface ISubject {
  repo: string;
  ref: string;
  path: string;
}

const ROWS = 500;

/** A look at one path of a commit: a table in a grid, any other file as what it is. */
export class PreviewView extends Panel {
  constructor(
    readonly subject: ISubject,
    private readonly context: ILakeContext
  ) {
    super();
    this.addClass('jp-Lake-preview');
    const header = ReactWidget.create(
      <LakeProvider value={context}>
        <Header view={this} />
      </LakeProvider>
    );
    header.addClass('jp-Lake-previewHeader');
    this.addWidget(header);
    // The heads and notices above it change their height; a canvas has to be told.
    const fit = () => MessageLoop.postMessage(this.grid, Widget.ResizeMessage.UnknownSize);
    this._observer = new ResizeObserver(fit);
    this._observer.observe(header.node);
    this.preview.changed.connect(() => this.arrange());
    void this.load({});
  }

  readonly preview = new Resource<IPreview>();
  readonly grid = new Grid();

  /** Which rows are shown, and in which order. */
  get look(): Readonly<ILook> {
    return this._look;
  }

  /** Show other rows, or the same in another order. */
  async load(change: Partial<ILook>): Promise<void> {
    const { repo, ref, path } = this.subject;
    const { client } = this.context.model;
    this._look = { ...this._look, ...change };
    // One key for all of them: the last rows stay while new ones are read.
    await this.preview.load('preview', () => client.preview(repo, ref, path, this._look));
  }

  override dispose(): void {
    this._observer.disconnect();
    this.grid.dispose();
    super.dispose();
  }

  private arrange(): void {
    const preview = this.preview.value;
    if (!preview || preview === this._arranged) {
      return;
    }
    this._arranged = preview;
    if (preview.kind === 'table') {
      this.grid.present(preview);
      this.put(this.grid);
    } else {
      const body = ReactWidget.create(
        <LakeProvider value={this.context}>
          <FileBody file={preview} />
        </LakeProvider>
      );
      body.addClass('jp-Lake-fileBody');
      this.put(body);
    }
  }

  private put(body: Widget): void {
    if (!this.widgets.includes(body)) {
      this.widgets.slice(1).forEach(widget => widget.dispose());
      this.addWidget(body);
    }
  }

  private _arranged: IPreview | null = null;
  private _look: ILook = { where: '', order: '', descending: false, limit: ROWS };
  private readonly _observer: ResizeObserver;
}

function Header({ view }: { view: PreviewView }): React.JSX.Element {
  const { preview, subject, grid } = view;
  useSignal(preview);
  return (
    <PreviewHeader
      repo={subject.repo}
      at={subject.ref}
      path={subject.path}
      preview={preview.value ?? null}
      error={preview.error}
      busy={preview.busy}
      grid={grid}
      look={view.look}
      onLook={change => void view.load(change)}
    />
  );
}
