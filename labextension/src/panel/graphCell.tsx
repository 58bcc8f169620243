import React from 'react';

import type { IRowLanes } from '../list/lanes';

const STEP = 10;
const MOST = 5;

/** Where the knot is: beside the first of the row's two lines. */
const KNOT = 13;

/** The piece of the commit graph that lies beside one row. */
export function GraphCell(props: {
  lanes: IRowLanes;
  height: number;
  merge: boolean;
}): React.JSX.Element {
  const { lanes, height } = props;
  const x = (lane: number) => 7 + Math.min(lane, MOST) * STEP;
  const at = x(lanes.lane);
  return (
    <svg
      className="jp-Lake-graph"
      width={x(Math.min(lanes.width, MOST + 1) - 1) + 7}
      height={height}
      aria-hidden="true"
    >
      {lanes.past.map(lane => (
        <path key={`p${lane}`} d={`M${x(lane)} 0V${height}`} />
      ))}
      {lanes.into.map(lane => (
        <path key={`i${lane}`} d={curve(x(lane), 0, at, KNOT)} />
      ))}
      {lanes.outOf.map(lane => (
        <path key={`o${lane}`} d={curve(at, KNOT, x(lane), height)} />
      ))}
      <circle cx={at} cy={KNOT} r={props.merge ? 3 : 4} />
    </svg>
  );
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const half = (y1 + y2) / 2;
  return x1 === x2 ? `M${x1} ${y1}V${y2}` : `M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2}`;
}
