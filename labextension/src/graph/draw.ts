import type { Viz } from '@viz-js/viz';

import { fitLetters } from './letters';
import { tint } from './tint';

let viz: Promise<Viz> | null = null;

/** Draw what Graphviz's language describes; its engine is fetched at the first drawing. */
export async function draw(dot: string): Promise<SVGSVGElement> {
  viz ??= import('@viz-js/viz').then(({ instance }) => instance());
  const svg = tint((await viz).renderSVGElement(dot));
  const style = getComputedStyle(document.body);
  fitLetters(svg, style.getPropertyValue('--jp-ui-font-family').trim() || 'sans-serif');
  return svg;
}
