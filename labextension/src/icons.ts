import { LabIcon } from '@jupyterlab/ui-components';

import branchSvg from '../style/icons/branch.svg';
import commitSvg from '../style/icons/commit.svg';
import compareSvg from '../style/icons/compare.svg';
import lakeSvg from '../style/icons/lake.svg';
import lineageSvg from '../style/icons/lineage.svg';
import pinSvg from '../style/icons/pin.svg';
import tagSvg from '../style/icons/tag.svg';

export const lakeIcon = new LabIcon({ name: 'jupyter-lake:lake', svgstr: lakeSvg });
export const commitIcon = new LabIcon({ name: 'jupyter-lake:commit', svgstr: commitSvg });
export const compareIcon = new LabIcon({ name: 'jupyter-lake:compare', svgstr: compareSvg });
export const branchIcon = new LabIcon({ name: 'jupyter-lake:branch', svgstr: branchSvg });
export const lineageIcon = new LabIcon({ name: 'jupyter-lake:lineage', svgstr: lineageSvg });
export const pinIcon = new LabIcon({ name: 'jupyter-lake:pin', svgstr: pinSvg });
export const tagIcon = new LabIcon({ name: 'jupyter-lake:tag', svgstr: tagSvg });
