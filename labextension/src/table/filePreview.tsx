import React from 'react';

import type { FilePreview } from '../api/previewTypes';
import { useLake } from '../panel/context';
import { EmptyNotice } from '../panel/notice';

/** What a file that is no table looks like. */
export function FileBody({ file }: { file: FilePreview }): React.JSX.Element {
  const { trans } = useLake();
  switch (file.kind) {
    case 'image':
      return file.data ? (
        <div className="jp-Lake-image">
          <img alt={file.path} src={`data:${file.mime};base64,${file.data}`} />
        </div>
      ) : (
        <EmptyNotice what={trans.__('The picture is too large to be shown here.')} />
      );
    case 'notebook':
      return (
        <div className="jp-Lake-cells" tabIndex={0}>
          {file.cells.map((cell, index) => (
            <div key={index} className="jp-Lake-cell">
              <pre className="jp-Lake-source">{cell.source}</pre>
              {cell.outputs.map((output, at) => (
                <pre key={at}>{output}</pre>
              ))}
            </div>
          ))}
        </div>
      );
    case 'binary':
      return (
        <pre className="jp-Lake-text" tabIndex={0}>
          {file.hex}
        </pre>
      );
    default:
      return (
        <pre className="jp-Lake-text" tabIndex={0}>
          {file.text}
          {file.truncated && `\n… ${trans.__('only the beginning is shown')}`}
        </pre>
      );
  }
}
