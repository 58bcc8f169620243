import React, { useEffect, useReducer } from 'react';

import type { IBin, IColumn, ITablePreview, ITop } from '../api/previewTypes';
import { useLake } from '../panel/context';
import { count } from '../text/format';
import type { Grid } from './grid';
import { show } from './gridModel';

/** Over each column of the grid: its name, type, nulls, and how its values are spread. */
export function ColumnHeads(props: { grid: Grid; table: ITablePreview }): React.JSX.Element {
  const { grid, table } = props;
  const { trans } = useLake();
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  useEffect(() => {
    grid.moved.connect(draw);
    draw();
    return () => void grid.moved.disconnect(draw);
  }, [grid, table]);
  const places = grid.places();
  return (
    <div className="jp-Lake-heads" role="list" aria-label={trans.__('Columns')}>
      {table.columns.map((column, index) => {
        const place = places[index];
        return (
          <div
            key={column.name}
            role="listitem"
            className="jp-Lake-head"
            style={place ? { left: place.left, width: place.width } : { display: 'none' }}
          >
            <ColumnHead column={column} rows={table.summary_rows} />
          </div>
        );
      })}
      <div className="jp-Lake-headCorner" style={{ width: grid.headerWidth }} />
    </div>
  );
}

function ColumnHead({ column, rows }: { column: IColumn; rows: number }): React.JSX.Element {
  const { trans } = useLake();
  const share = column.nulls === null || !rows ? null : column.nulls / rows;
  const range = column.min === null ? '' : `${show(column.min)} … ${show(column.max)}`;
  const distinct = column.distinct === null ? '' : trans.__('%1 distinct', count(column.distinct));
  const about = [`${column.name}: ${column.type}`, range, distinct].filter(Boolean).join('\n');
  return (
    <div title={about}>
      <div className="jp-Lake-headName">{column.name}</div>
      <div className="jp-Lake-headType">
        <span className="jp-Lake-grow">{column.type.toLowerCase()}</span>
        {share ? <span>{trans.__('%1% null', percent(share))}</span> : null}
      </div>
      <NullBar share={share} />
      {column.histogram && <Histogram bins={column.histogram} />}
      {column.top && <TopValues top={column.top} rows={rows} distinct={column.distinct} />}
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
