import { useEffect, useReducer } from 'react';

const MINUTE = 60_000;

/** Draw a component anew each minute: what was 'now' is some minutes ago by then. */
export function useClock(): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(draw, MINUTE);
    return () => clearInterval(timer);
  }, []);
}
