import React from 'react';

import { tailOf } from '../text/format';

/** A name that loses its middle where there is no room: beginnings and ends tell names apart. */
export function LongName({ name, title }: { name: string; title: string }): React.JSX.Element {
  const tail = tailOf(name);
  if (!tail) {
    return (
      <span className="jp-Lake-grow" title={title}>
        {name}
      </span>
    );
  }
  return (
    <span className="jp-Lake-grow jp-Lake-longName" title={title}>
      <span aria-hidden="true">{name.slice(0, -tail.length)}</span>
      <span aria-hidden="true">{tail}</span>
      <span className="jp-Lake-spoken">{name}</span>
    </span>
  );
}
