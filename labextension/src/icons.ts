/** The icon of pipelines. */

import { LabIcon } from '@jupyterlab/ui-components';

export const pipelineIcon = new LabIcon({
  name: 'jupyter-mlops:pipeline',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <rect x="1.5" y="1.5" width="6" height="3.6" rx="1"/>
    <rect x="8.5" y="6.2" width="6" height="3.6" rx="1"/>
    <rect x="1.5" y="10.9" width="6" height="3.6" rx="1"/>
    <path d="M4 5.1h1.2v2.3h3.3v1.2H5.2v2.3H4z"/>
  </g>
</svg>`
});
