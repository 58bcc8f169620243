/** The colours that drawings use, and what JupyterLab's themes call their like. */
const COLOURS: Record<string, string> = {
  black: 'ink',
  '#000000': 'ink',
  white: 'paper',
  '#ffffff': 'paper',
  '#9e9e9e': 'line',
  gray: 'line',
  grey: 'line',
  '#757575': 'faint',
  '#b35900': 'warn',
  '#1976d2': 'brand'
};

/**
 * Make a drawing of Graphviz's fit the page: its known colours follow the theme,
 * and links lead nowhere but to the web.
 */
export function tint(svg: SVGSVGElement): SVGSVGElement {
  svg.classList.add('jp-Lake-svg');
  svg.querySelectorAll('image, script, foreignObject').forEach(node => node.remove());
  svg.querySelectorAll('*').forEach(node => {
    if (node.localName === 'text' && !node.hasAttribute('fill')) {
      node.setAttribute('fill', 'black');
    }
    ['fill', 'stroke'].forEach(part => paint(node, part));
    unlink(node);
  });
  return svg;
}

function paint(node: Element, part: string): void {
  const colour = node.getAttribute(part)?.toLowerCase();
  const known = colour && COLOURS[colour];
  if (known) {
    node.removeAttribute(part);
    node.classList.add(`jp-Lake-${part}-${known}`);
  }
}

function unlink(node: Element): void {
  for (const { name, value } of [...node.attributes]) {
    const link = name === 'href' || name === 'xlink:href';
    if (name.startsWith('on') || (link && !/^(https?:|#)/i.test(value.trim()))) {
      node.removeAttribute(name);
    }
  }
}
