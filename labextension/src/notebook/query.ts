import { sqlName } from '../text/addresses';

/** The source of a cell that looks at a table. */
export function queryCell(repo: string, ref: string, path: string): string {
  return `%%lake sql\nSELECT *\nFROM ${sqlName(repo, ref, path)}\nLIMIT 10`;
}

/** Whether a notebook's cells bring the magics before a query needs them. */
export function loadsMagics(sources: Iterable<string>): boolean {
  for (const source of sources) {
    if (/^\s*%(re)?load_ext\s+jupyter_lake\b/m.test(source)) {
      return true;
    }
  }
  return false;
}
