import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useReducer } from 'react';

import type { IBin, IColumn, ILook, ITablePreview, ITop } from '../api/previewTypes';
import { useLake } from '../panel/context';
import { count } from '../text/format';
import type { Grid } from './grid';
import { show } from './gridModel';

export interface IColumnHeadsProps {
  grid: Grid;
  table: ITablePreview;
  look: Readonly<ILook>;
  onLook: (change: Partial<ILook>) => void;
}

/** Over each column in view: its name, type, nulls, and how its values are spread. */
export function ColumnHeads({ grid, table, look, onLook }: IColumnHeadsProps): React.JSX.Element {
  const { trans } = useLake();
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  useEffect(() => {
    grid.moved.connect(draw);
    draw();
    return () => void grid.moved.disconnect(draw);
  }, [grid, table]);
  const sort = (name: string) => {
    const [order, descending] = next(name, look);
    onLook({ order, descending });
  };
  return (
    <div className="jp-Lake-heads" role="group" aria-label={trans.__('Columns')}>
      {grid.places().map(({ column: index, left, width }) => {
        const column = table.columns[index];
        return (
          column && (
            <div key={column.name} className="jp-Lake-head" style={{ left, width }}>
              <ColumnHead
                column={column}
                rows={table.summary_rows}
                sorted={look.order === column.name ? (look.descending ? 'down' : 'up') : null}
                onSort={() => sort(column.name)}
              />
            </div>
          )
        );
      })}
      <div className="jp-Lake-headCorner" style={{ width: grid.headerWidth }} />
    </div>
  );
}

/** Up, then down, then as the rows lie in the files. */
function next(name: string, { order, descending }: Readonly<ILook>): [string, boolean] {
  if (order !== name) {
    return [name, false];
  }
  return descending ? ['', false] : [name, true];
}

interface IColumnHeadProps {
  column: IColumn;
  rows: number;
  sorted: 'up' | 'down' | null;
  onSort: () => void;
}

function ColumnHead({ column, rows, sorted, onSort }: IColumnHeadProps): React.JSX.Element {
  const { trans } = useLake();
  const share = column.nulls === null || !rows ? null : column.nulls / rows;
  const range = column.min === null ? '' : `${show(column.min)} … ${show(column.max)}`;
  const distinct = column.distinct === null ? '' : trans.__('%1 distinct', count(column.distinct));
  const about = [`${column.name}: ${column.type}`, range, distinct].filter(Boolean).join('\n');
  const order = {
    up: trans.__('sorted, the least first'),
    down: trans.__('sorted, the greatest first')
  };
  const says = sorted ? order[sorted] : trans.__('press to sort');
  return (
    <div title={`${about}\n${says}`}>
      <button
        type="button"
        className="jp-Lake-headName"
        aria-label={`${column.name}, ${column.type.toLowerCase()}, ${says}`}
        aria-pressed={sorted !== null}
        onClick={onSort}
      >
        <span className="jp-Lake-grow">{column.name}</span>
        {sorted === 'up' && <caretUpIcon.react tag="span" className="jp-Lake-caret" />}
        {sorted === 'down' && <caretDownIcon.react tag="span" className="jp-Lake-caret" />}
      </button>
      <div className="jp-Lake-headType">
        <span className="jp-Lake-grow">{column.type.toLowerCase()}</span>
        {share ? <span>{trans.__('%1% null', percent(share))}</span> : null}
      </div>
      <NullBar share={share} />
      <Spread column={column} rows={rows} />
    </div>
  );
}

/** How much of a column is there: a bar, full where nothing is missing. */
function NullBar({ share }: { share: number | null }): React.JSX.Element {
  const there = share === null ? 0 : 1 - share;
  return (
    <div className="jp-Lake-nulls" aria-hidden="true">
      <div style={{ width: `${there * 100}%` }} />
    </div>
  );
}

/** How a column's values are spread: bars, or the values themselves where they are few. */
function Spread({ column, rows }: { column: IColumn; rows: number }): React.JSX.Element | null {
  const { distinct, histogram, min, nulls, top } = column;
  if (histogram && distinct === 1) {
    // A single bar would say nothing.
    const only = [{ value: min, count: rows - (nulls ?? 0) }];
    return <TopValues top={only} rows={rows} distinct={distinct} />;
  }
  if (histogram) {
    return <Histogram bins={histogram} />;
  }
  return top && <TopValues top={top} rows={rows} distinct={distinct} />;
}

const HEIGHT = 36;

function Histogram({ bins }: { bins: IBin[] }): React.JSX.Element {
  const most = Math.max(...bins.map(bin => bin.count), 1);
  const width = 100 / Math.max(bins.length, 1);
  return (
    <svg
      className="jp-Lake-bins"
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bins.map((bin, index) => {
        const height = bin.count ? Math.max((bin.count / most) * HEIGHT, 1) : 0;
        return (
          <rect
            key={index}
            x={index * width + 0.4}
            y={HEIGHT - height}
            width={Math.max(width - 0.8, 0.5)}
            height={height}
          >
            <title>{`${show(bin.from)} … ${show(bin.to)}: ${count(bin.count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

interface ITopProps {
  top: ITop[];
  rows: number;
  distinct: number | null;
}

function TopValues({ top, rows, distinct }: ITopProps): React.JSX.Element {
  const { trans } = useLake();
  if (distinct !== null && distinct > rows / 2 && rows > 20) {
    return <div className="jp-Lake-tops">{trans.__('%1 distinct', count(distinct))}</div>;
  }
  return (
    <ul className="jp-Lake-tops">
      {top.slice(0, 2).map(({ value, count: many }) => (
        <li key={show(value)} title={`${show(value)}: ${count(many)}`}>
          <span className="jp-Lake-grow">{show(value) || trans.__('(empty)')}</span>
          <span>{percent(many / Math.max(rows, 1))}%</span>
        </li>
      ))}
    </ul>
  );
}

function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 1) {
    return '<1';
  }
  return String(Math.round(hundredths));
}
