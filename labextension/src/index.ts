import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { badgePlugin } from './plugins/badgePlugin';
import { panelPlugin } from './plugins/panelPlugin';

export type { ILakePanel } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [panelPlugin, badgePlugin];

export default plugins;
