import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { panelPlugin } from './plugins/panelPlugin';

export type { ILakePanel } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [panelPlugin];

export default plugins;
