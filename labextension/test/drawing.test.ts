import { expect, test } from 'vitest';

import { draw } from '../src/graph/draw';
import { fitLetters, shrink } from '../src/graph/letters';
import mime from '../src/graph/mime';
import { tint } from '../src/graph/tint';

const svg = (inner: string) => {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${inner}</svg>`;
  return new DOMParser().parseFromString(text, 'image/svg+xml')
    .documentElement as unknown as SVGSVGElement;
};

test('known colours follow the theme, chosen ones stay', () => {
  const drawn = tint(svg('<path stroke="black" fill="#123456"/><text>a</text>'));
  const path = drawn.querySelector('path');
  expect(path?.getAttribute('stroke')).toBeNull();
  expect(path?.classList.contains('jp-Lake-stroke-ink')).toBe(true);
  expect(path?.getAttribute('fill')).toBe('#123456');
  expect(drawn.querySelector('text')?.getAttribute('class')).toBe('jp-Lake-fill-ink');
});

test('a drawing can not do harm', () => {
  const drawn = tint(
    svg(
      '<a xlink:href="javascript:alert(1)"><text onclick="x()">a</text></a>' +
        '<a xlink:href="https://example.org"><text>b</text></a><image href="http://spy/"/><script/>'
    )
  );
  expect(drawn.innerHTML).not.toMatch(/javascript|onclick|<image|<script/);
  expect(drawn.innerHTML).toContain('https://example.org');
});

test('wide letters are made to fit the room left for them', () => {
  expect(shrink('Wide', 'normal', () => 4256.2)).toBeCloseTo(0.475, 3);
  expect(shrink('Narrow', 'normal', () => 100)).toBe(1);
  const drawn = svg('<text font-size="10" font-family="Arial">a</text>');
  fitLetters(drawn, 'Wide', () => 4256.2);
  expect(drawn.querySelector('text')?.getAttribute('font-size')).toBe('4.75');
});

test('Graphviz draws in the page', async () => {
  const drawn = await draw('digraph { "a b" -> c [label="x"] }');
  expect(drawn.querySelectorAll('g.node')).toHaveLength(2);
  expect(drawn.querySelector('g.edge title')?.textContent).toBe('a b->c');
});

test('outputs that are no graph are shown as they are', async () => {
  const output = mime.rendererFactory.createRenderer({} as never);
  const data = { 'text/vnd.graphviz': 'digraph {' };
  await output.renderModel({ data } as never);
  expect(output.node.textContent).toContain('digraph {');
});
