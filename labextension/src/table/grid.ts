import type { CellRenderer } from '@lumino/datagrid';
import {
  BasicKeyHandler,
  BasicMouseHandler,
  BasicSelectionModel,
  DataGrid,
  TextRenderer
} from '@lumino/datagrid';
import type { IMessageHandler, Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ITablePreview } from '../api/previewTypes';
import { GridModel, show } from './gridModel';

const NARROWEST = 110;
const WIDEST = 320;
const PER_LETTER = 7.4;

/** Where a column's header goes: from `left` on the page, `width` wide. */
export interface IColumnPlace {
  column: number;
  left: number;
  width: number;
}

/** A data grid without column headers, that says where its columns are. */
export class Grid extends DataGrid {
  constructor() {
    super({
      headerVisibility: 'row',
      defaultSizes: { rowHeight: 24, columnWidth: 130, rowHeaderWidth: 52, columnHeaderHeight: 24 }
    });
    this.addClass('jp-Lake-grid');
    this.node.setAttribute('aria-hidden', 'true');
    this.keyHandler = new BasicKeyHandler();
    this.mouseHandler = new BasicMouseHandler();
    this.paint();
  }

  /** Emitted when columns have moved on the page. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  /** Show a table; the columns' widths follow what is in them. */
  present(table: ITablePreview): void {
    const model = new GridModel(table);
    this.dataModel = model;
    this.selectionModel = new BasicSelectionModel({ dataModel: model });
    table.columns.forEach((column, index) => {
      const longest = Math.max(
        column.name.length + 2,
        column.type.length,
        ...table.rows.slice(0, 50).map(row => show(row[index] ?? null).length)
      );
      const width = Math.min(Math.max(longest * PER_LETTER + 16, NARROWEST), WIDEST);
      this.resizeColumn('body', index, Math.round(width));
    });
    this.scrollTo(0, 0);
  }

  /** Where those columns are that are in view now. */
  places(): IColumnPlace[] {
    const places: IColumnPlace[] = [];
    const columns = this.dataModel?.columnCount('body') ?? 0;
    const right = this.headerWidth + this.pageWidth;
    let left = this.headerWidth - this.scrollX;
    for (let column = 0; column < columns && left < right; column++) {
      const width = this.columnSize('body', column);
      if (left + width > this.headerWidth) {
        places.push({ column, left, width });
      }
      left += width;
    }
    return places;
  }

  /** Take the theme's colours: a canvas knows no style sheet. */
  paint(): void {
    const style = getComputedStyle(document.body);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const ink = colour('--jp-ui-font-color1');
    const faint = colour('--jp-ui-font-color2');
    this.style = {
      voidColor: colour('--jp-layout-color1'),
      backgroundColor: colour('--jp-layout-color1'),
      headerBackgroundColor: colour('--jp-layout-color2'),
      gridLineColor: colour('--jp-border-color3'),
      headerGridLineColor: colour('--jp-border-color3'),
      selectionFillColor: 'rgba(33, 150, 243, 0.2)',
      selectionBorderColor: colour('--jp-brand-color1'),
      cursorFillColor: 'rgba(33, 150, 243, 0.25)',
      cursorBorderColor: colour('--jp-brand-color1')
    };
    const missing = ({ row, column }: CellRenderer.CellConfig) =>
      (this.dataModel as GridModel | null)?.missing(row, column) ?? false;
    const font = `12px ${colour('--jp-ui-font-family')}`;
    this.cellRenderers.update({
      body: new TextRenderer({
        font: config => (missing(config) ? `italic ${font}` : font),
        textColor: config => (missing(config) ? faint : ink),
        horizontalAlignment: ({ column }) =>
          (this.dataModel as GridModel | null)?.numeric(column) ? 'right' : 'left',
        elideDirection: 'right'
      }),
      'row-header': new TextRenderer({ font, textColor: faint, horizontalAlignment: 'right' })
    });
  }

  override messageHook(handler: IMessageHandler, msg: Message): boolean {
    const more = super.messageHook(handler, msg);
    if (msg.type === 'scroll-request' || msg.type === 'resize') {
      this._moved.emit();
    }
    return more;
  }

  override resizeColumn(region: 'body' | 'row-header', index: number, size: number): void {
    super.resizeColumn(region, index, size);
    this._moved.emit();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.paint();
    this._moved.emit();
  }

  private _moved = new Signal<this, void>(this);
}
