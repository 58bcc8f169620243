import type { Viz } from '@viz-js/viz';

import { fitLetters } from './letters';
import { tint } from './tint';

let viz: Promise<Viz> | null = null;

const PIXELS_PER_POINT = 96 / 72;
const SMALLEST = 0.85;

/** Make a drawing as large as its letters are meant, or smaller to fit, but never too small to read. */
export function size(svg: SVGSVGElement, scale = 1): void {
  const meant = svg.viewBox.baseVal.width * PIXELS_PER_POINT;
  if (meant) {
    svg.style.width = `calc(min(100%, ${meant}px) * ${scale})`;
    svg.style.minWidth = `${meant * SMALLEST * scale}px`;
    svg.style.height = 'auto';
  }
}

/** Draw what Graphviz's language describes; its engine is fetched at the first drawing. */
export async function draw(dot: string): Promise<SVGSVGElement> {
  viz ??= import('@viz-js/viz').then(({ instance }) => instance());
  const svg = tint((await viz).renderSVGElement(dot));
  const style = getComputedStyle(document.body);
  fitLetters(svg, style.getPropertyValue('--jp-ui-font-family').trim() || 'sans-serif');
  return svg;
}
