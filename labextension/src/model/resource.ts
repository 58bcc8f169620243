import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { LakeError } from '../api/request';

/**
 * Something that the server knows: the last answer stays while a new one is awaited.
 *
 * A `key` names what is asked for; an answer to another key than the last asked
 * for comes too late and is dropped.
 */
export class Resource<T> {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The last answer for the key, or undefined before the first. */
  get value(): T | undefined {
    return this._value;
  }

  /** Why the last question was refused, or null. */
  get error(): LakeError | null {
    return this._error;
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this._busy;
  }

  get key(): string {
    return this._key;
  }

  /** Ask; a new key forgets the old answer first. */
  async load(key: string, ask: () => Promise<T>): Promise<T | undefined> {
    const turn = ++this._turn;
    if (key !== this._key) {
      this._value = undefined;
      this._error = null;
    }
    this._key = key;
    this._busy = true;
    this._changed.emit();
    try {
      const value = await ask();
      this.settle(turn, value, null);
      return value;
    } catch (reason) {
      this.settle(turn, this._value, LakeError.from(reason));
      return undefined;
    }
  }

  /** Forget the answer, and drop the one that is on its way. */
  clear(): void {
    this._turn++;
    this._key = '';
    this._value = undefined;
    this._error = null;
    this._busy = false;
    this._changed.emit();
  }

  private settle(turn: number, value: T | undefined, error: LakeError | null): void {
    if (turn !== this._turn) {
      return;
    }
    this._value = value;
    this._error = error;
    this._busy = false;
    this._changed.emit();
  }

  private _busy = false;
  private _changed = new Signal<this, void>(this);
  private _error: LakeError | null = null;
  private _key = '';
  private _turn = 0;
  private _value: T | undefined = undefined;
}
