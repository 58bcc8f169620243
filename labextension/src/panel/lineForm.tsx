import React, { useState } from 'react';

export interface ILineFormProps {
  /** The word before the field, in capitals: it is SQL's, or stands for such a word. */
  word: string;
  label: string;
  placeholder: string;
  onEnter: (text: string) => void;
}

/** One line to type into, which counts when Enter is pressed. */
export function LineForm({ word, label, placeholder, onEnter }: ILineFormProps): React.JSX.Element {
  const [text, setText] = useState('');
  return (
    <form
      className="jp-Lake-where"
      onSubmit={event => {
        event.preventDefault();
        onEnter(text.trim());
      }}
    >
      <label>
        <span>{word}</span>
        <input
          type="text"
          spellCheck={false}
          aria-label={label}
          placeholder={placeholder}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
    </form>
  );
}
