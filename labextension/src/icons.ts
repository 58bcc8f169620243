import { LabIcon } from '@jupyterlab/ui-components';

import branchSvg from '../style/icons/branch.svg';
import commitSvg from '../style/icons/commit.svg';
import compareSvg from '../style/icons/compare.svg';
import lakeSvg from '../style/icons/lake.svg';
import lineageSvg from '../style/icons/lineage.svg';

export const lakeIcon = new LabIcon({ name: 'jupyter-lake:lake', svgstr: lakeSvg });
export const commitIcon = new LabIcon({ name: 'jupyter-lake:commit', svgstr: commitSvg });
export const compareIcon = new LabIcon({ name: 'jupyter-lake:compare', svgstr: compareSvg });
export const branchIcon = new LabIcon({ name: 'jupyter-lake:branch', svgstr: branchSvg });
export const lineageIcon = new LabIcon({ name: 'jupyter-lake:lineage', svgstr: lineageSvg });
