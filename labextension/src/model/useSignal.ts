import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';

interface IChanging {
  readonly changed: ISignal<unknown, unknown>;
}

/** Draw a component anew whenever one of the things it shows has changed. */
export function useSignal(...things: IChanging[]): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    things.forEach(thing => thing.changed.connect(draw));
    // What changed between drawing and connecting would be missed.
    draw();
    return () => things.forEach(thing => thing.changed.disconnect(draw));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, things);
}
