import React, { useEffect, useState } from 'react';

import { useLake } from './context';

const WAIT = 250;

/** A text that commits are searched for; Escape closes it and lists them all again. */
export function CommitSearch(): React.JSX.Element {
  const { model, trans } = useLake();
  const { history } = model;
  const [text, setText] = useState(history.find);
  useEffect(() => {
    const timer = setTimeout(() => void history.search(text), WAIT);
    return () => clearTimeout(timer);
  }, [history, text]);
  return (
    <input
      autoFocus
      className="jp-Lake-filter"
      type="search"
      placeholder={trans.__('Message, author or id')}
      aria-label={trans.__('Search commits by message, author or id')}
      value={text}
      onChange={event => setText(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          history.searching = false;
        } else if (event.key === 'Enter') {
          void history.search(text);
        }
      }}
    />
  );
}
