import { Notification } from '@jupyterlab/apputils';

import { LakeError } from '../api/request';

/** Do something and say what went wrong, in the two lines the lake has for it. */
export async function tellTrouble<T>(task: Promise<T>): Promise<T | undefined> {
  try {
    return await task;
  } catch (reason) {
    const { message, hint } = LakeError.from(reason);
    Notification.error(hint ? `${message}\n${hint}` : message, { autoClose: 8000 });
    return undefined;
  }
}

/** A short word that something was done. */
export function tell(message: string): void {
  Notification.success(message, { autoClose: 2500 });
}
