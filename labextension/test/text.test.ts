import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, test } from 'vitest';

import { address, brief, parse, short, sqlName } from '../src/text/addresses';
import { ago, bytes, firstLine, signed, tailOf } from '../src/text/format';

const trans = nullTranslator.load('jupyter_lake');
const ID = 'adb42b54ebc56369e73204e4f981659389421ca67643a05cc37a61fcf94d5ff2';

describe('addresses', () => {
  test.each(['flights', 'flights@main', 'flights@main~2/flights/2013-01.parquet', 'flights/a b'])(
    '%s is put together as it was taken apart',
    text => {
      const { repo, ref, path } = parse(text);
      expect(address(repo, ref, path)).toBe(text);
    }
  );

  test('ids are cut for reading, names are not', () => {
    expect(short(`sha256:${ID}`)).toBe('adb42b54');
    expect(brief(ID)).toBe('adb42b54');
    expect(brief('a-branch-with-quite-a-long-name-that-is-no-commit')).toMatch(/commit$/);
  });

  test('names in SQL are quoted where they must be', () => {
    expect(sqlName('flights', '', 'flights')).toBe('flights.flights');
    expect(sqlName('flights', 'main~6', 'flights')).toBe('"flights@main~6".flights');
    expect(sqlName('my-repo', '', 'a/b.csv')).toBe('"my-repo"."a/b.csv"');
    expect(sqlName('r', '', 'say "hi"')).toBe('r."say ""hi"""');
  });
});

describe('words', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  test.each([
    ['2026-11-23T11:59:40Z', 'now'],
    ['2026-11-23T11:55:00Z', '5 min'],
    ['2026-11-23T09:30:00Z', '2 h'],
    ['2026-11-20T09:30:00Z', '3 d'],
    ['2026-06-20T09:30:00Z', '5 mo'],
    ['2023-06-20T09:30:00Z', '3 y'],
    ['2026-11-23T12:00:30Z', 'now']
  ])('%s is %s', (time, words) => {
    expect(ago(time, trans, now)).toBe(words);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [8123, '8.1 kB'],
    [999_600, '1 MB'],
    [5_452_021, '5.5 MB'],
    [12e12, '12 TB']
  ])('%i bytes are %s', (size, words) => {
    expect(bytes(size)).toBe(words);
  });

  test('changes carry their sign', () => {
    expect(signed(5)).toBe('+5');
    expect(signed(-1200)).toBe(`−${(1200).toLocaleString()}`);
  });

  test('long names lose their middle', () => {
    expect(tailOf('short.parquet')).toBe('');
    expect(tailOf('part-00000-of-00099-of-it-all.parquet')).toBe('-all.parquet');
  });

  test('a message begins with its first line', () => {
    expect(firstLine('Why\n\nBecause.')).toBe('Why');
  });
});
