import { expect, test } from 'vitest';

import { loadsMagics, queryCell } from '../src/notebook/query';

test('a query cell runs as it stands', () => {
  expect(queryCell('flights', '', 'flights')).toBe(
    '%%lake sql\nSELECT *\nFROM flights.flights\nLIMIT 10'
  );
  expect(queryCell('flights', 'adb42b54', 'a b')).toContain('FROM "flights@adb42b54"."a b"');
});

test('whether the magics are loaded is seen in any cell', () => {
  expect(loadsMagics(['import x', '# hi\n%load_ext jupyter_lake'])).toBe(true);
  expect(loadsMagics(['%load_ext jupyter_lakes', '#%load_ext jupyter_lake'])).toBe(false);
});
