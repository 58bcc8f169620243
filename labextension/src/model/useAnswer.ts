import { useEffect, useState } from 'react';

import { LakeError } from '../api/request';

export interface IAnswered<T> {
  value: T | null;
  error: LakeError | null;
}

const NOTHING = { value: null, error: null };

/**
 * Ask once for what `key` names, and again when it changes.
 *
 * The last answer stays until the next is there; one that comes too late is dropped.
 */
export function useAnswer<T>(key: string, ask: () => Promise<T>): IAnswered<T> {
  const [answered, setAnswered] = useState<IAnswered<T>>(NOTHING);
  useEffect(() => {
    let late = false;
    ask().then(
      value => late || setAnswered({ value, error: null }),
      (reason: unknown) =>
        late || setAnswered(({ value }) => ({ value, error: LakeError.from(reason) }))
    );
    return () => {
      late = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return answered;
}
