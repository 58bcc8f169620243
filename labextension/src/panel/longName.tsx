import React from 'react';

import { tailOf } from '../text/format';

/** A name that loses its middle where there is no room: beginnings and ends tell names apart. */
export function LongName(props: { name: string; title: string }): React.JSX.Element {
  const { name } = props;
  const tail = tailOf(name);
  return (
    <span className="jp-Lake-grow jp-Lake-longName" title={props.title}>
      <span>{name.slice(0, name.length - tail.length)}</span>
      {tail && <span>{tail}</span>}
    </span>
  );
}
