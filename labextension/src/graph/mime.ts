import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

import { draw, size } from './draw';

const MIME_TYPE = 'text/vnd.graphviz';

/** A cell's Graphviz output as a picture that follows the theme. */
export class GraphvizOutput extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('jp-Lake-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const dot = text(model.data[MIME_TYPE]);
    try {
      const svg = await draw(dot);
      size(svg);
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', text(model.data['text/plain']) || 'graph');
      this.node.replaceChildren(svg);
    } catch (reason) {
      const words = document.createElement('pre');
      words.textContent = `${reason instanceof Error ? reason.message : String(reason)}\n\n${dot}`;
      this.node.replaceChildren(words);
    }
  }
}

/** What a kernel sent as one text or as lines. */
function text(data: unknown): string {
  return Array.isArray(data) ? data.join('') : typeof data === 'string' ? data : '';
}

const extension: IRenderMime.IExtension = {
  id: 'jupyter-lake:graphviz',
  description: 'Draws Graphviz output in notebooks.',
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME_TYPE],
    createRenderer: () => new GraphvizOutput()
  },
  rank: 60,
  dataType: 'string'
};

export default extension;
