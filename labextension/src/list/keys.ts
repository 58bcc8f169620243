/** Where a key moves the selection in a list of `total` rows, or null for any other key. */
export function moveBy(key: string, at: number, total: number, page: number): number | null {
  const to = target(key, at, total, page);
  return to === null || total === 0 ? null : Math.min(Math.max(to, 0), total - 1);
}

function target(key: string, at: number, total: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at < 0 ? total - 1 : at - 1;
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
