/** Which rows of a long list are in view. */
export interface IWindow {
  first: number;
  last: number;
}

const SPARE = 6;

/** The rows to draw, `first` to before `last`, with a few spare ones at either end. */
export function windowOf(total: number, height: number, top: number, view: number): IWindow {
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(total, Math.ceil((top + view) / height) + SPARE);
  return { first: Math.min(first, total), last: Math.max(last, 0) };
}

/** Where to scroll so that a row is in view, or null where it is already. */
export function scrollTo(index: number, height: number, top: number, view: number): number | null {
  if (index * height < top) {
    return index * height;
  }
  return (index + 1) * height > top + view ? (index + 1) * height - view : null;
}
