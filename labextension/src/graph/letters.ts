/**
 * Graphviz leaves room for letters as wide as Arial's; the page's font may be wider.
 * The widths are those of Arial, in thousandths of the font's size.
 */
const SAMPLE = 'abcdefghijklmnopqrstuvwxyz0123456789 .,()_="';
const ARIAL = { normal: 21281, bold: 22677 };

/** Lines differ in the letters they are made of: this much is left over for wide ones. */
const SPARE = 0.95;

export type Measure = (font: string, text: string) => number;

/** How much smaller letters must be to fit the room, at most 1. */
export function shrink(family: string, weight: keyof typeof ARIAL, measure: Measure): number {
  const size = 100;
  const wide = measure(`${weight} ${size}px ${family}`, SAMPLE);
  const factor = wide > 0 ? (ARIAL[weight] * size) / 1000 / wide : 1;
  return factor < 1 ? factor * SPARE : 1;
}

/** Make a drawing's letters fit the room that Graphviz left for them. */
export function fitLetters(svg: SVGSVGElement, family: string, measure = onCanvas()): void {
  const factors = {
    normal: shrink(family, 'normal', measure),
    bold: shrink(family, 'bold', measure)
  };
  svg.querySelectorAll('text').forEach(text => {
    const size = Number(text.getAttribute('font-size'));
    const weight = text.getAttribute('font-weight') === 'bold' ? 'bold' : 'normal';
    text.removeAttribute('font-family');
    if (size) {
      text.setAttribute('font-size', (size * factors[weight]).toFixed(2));
    }
  });
}

function onCanvas(): Measure {
  const context = document.createElement('canvas').getContext('2d');
  return (font, text) => {
    if (!context) {
      return 0;
    }
    context.font = font;
    return context.measureText(text).width;
  };
}
