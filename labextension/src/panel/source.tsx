import React, { useEffect, useRef } from 'react';

import { useLake } from './context';

/** A cell's source, in the colours that the notebook has it in. */
export function Source({ code }: { code: string }): React.JSX.Element {
  const { highlight } = useLake();
  const host = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (host.current && highlight) {
      const coloured = document.createElement('code');
      void highlight(code, coloured).then(
        () => host.current?.replaceChildren(coloured),
        () => undefined // plain as it stands
      );
    }
  }, [code, highlight]);
  return (
    <pre ref={host} key={code} className="jp-Lake-source" tabIndex={0}>
      {code}
    </pre>
  );
}
