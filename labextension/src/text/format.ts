import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How long ago, in a word or two: now, 5 min, 2 h, 3 d, 4 mo, 2 y. */
export function ago(time: string, trans: TranslationBundle, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < MINUTE) {
    return trans.__('now');
  }
  if (seconds < HOUR) {
    return trans.__('%1 min', Math.floor(seconds / MINUTE));
  }
  if (seconds < DAY) {
    return trans.__('%1 h', Math.floor(seconds / HOUR));
  }
  if (seconds < 60 * DAY) {
    return trans.__('%1 d', Math.floor(seconds / DAY));
  }
  return seconds < YEAR
    ? trans.__('%1 mo', Math.floor(seconds / (30.4 * DAY)))
    : trans.__('%1 y', Math.floor(seconds / YEAR));
}

/** The exact time, as the reader's own clock and language have it. */
export function exactly(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime())
    ? time
    : at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A time of today as the clock has it, else with its day. */
export function when(time: string, now = new Date()): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) {
    return time;
  }
  const today = at.toDateString() === now.toDateString();
  return today
    ? at.toLocaleTimeString(undefined, { timeStyle: 'short' })
    : at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size with two or three figures: 8 kB, 1.2 MB. */
export function bytes(size: number): string {
  let unit = 0;
  let amount = size;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = amount < 9.95 && unit > 0 ? 1 : 0;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`;
}

/** A whole number with its thousands apart. */
export function count(amount: number): string {
  return Math.round(amount).toLocaleString();
}

/** A change in a number, its sign always shown. */
export function signed(amount: number): string {
  return `${amount < 0 ? '−' : '+'}${count(Math.abs(amount))}`;
}

/** The first line of a message. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

const TAIL = 12;

/** The end of a long name, which stays in view when its middle goes; '' of a short one. */
export function tailOf(name: string): string {
  return name.length > 2 * TAIL ? name.slice(-TAIL) : '';
}
