import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon } from '@jupyterlab/ui-components';
import React, { useRef, useState } from 'react';
import { createPortal } from 'react-dom';

import type { IRefs, IStanding } from '../api/types';
import { branchIcon } from '../icons';
import { moveBy } from '../list/keys';
import { useSignal } from '../model/useSignal';
import { short } from '../text/addresses';
import { ago, count } from '../text/format';
import { useLake } from './context';
import { LongName } from './longName';

interface IChoice {
  name: string;
  group: string;
  note: string;
}

/** The branch or tag whose history is shown, and the list to choose another from. */
export function RefPicker(): React.JSX.Element {
  const { model, trans } = useLake();
  const { selection, refs, standing } = model;
  useSignal(selection, refs, standing);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) {
      button.current?.focus();
    }
  };
  return (
    <div className="jp-Lake-refPicker" onClick={event => event.stopPropagation()}>
      <button
        ref={button}
        type="button"
        className="jp-Lake-refButton"
        aria-haspopup="listbox"
        aria-expanded={open}
        title={trans.__('Choose a branch or tag')}
        onKeyDown={event => event.stopPropagation()}
        onClick={() => setOpen(!open)}
      >
        <branchIcon.react tag="span" className="jp-Lake-smallIcon" />
        <LongName name={selection.now.ref} title={selection.now.ref} />
        <span className="jp-Lake-second">{standing.value && apart(standing.value, trans)}</span>
        <caretDownIcon.react tag="span" className="jp-Lake-caret" />
      </button>
      {open &&
        button.current &&
        createPortal(
          <RefList anchor={button.current.getBoundingClientRect()} onClose={close} />,
          document.body
        )}
    </div>
  );
}

/** `2 ahead`, of the default branch; nothing where the two are level. */
function apart({ ahead, behind, against }: IStanding, trans: TranslationBundle): React.ReactNode {
  const words = [
    ...(ahead ? [trans.__('%1 ahead', count(ahead))] : []),
    ...(behind ? [trans.__('%1 behind', count(behind))] : [])
  ].join(', ');
  const title = trans.__('Commits, held against %1', against);
  return words && <span title={title}>{words}</span>;
}

function RefList(props: {
  anchor: DOMRect;
  onClose: (refocus: boolean) => void;
}): React.JSX.Element {
  const { model, trans } = useLake();
  const { selection, refs } = model;
  useSignal(refs);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const choices = matching(choicesOf(refs.value, trans.__('branch'), trans.__('tag')), typed);
  const free = typed.trim();
  if (free && !choices.some(choice => choice.name === free)) {
    choices.push({ name: free, group: trans.__('ref'), note: trans.__('as typed') });
  }
  const noted = choices.map(choice => ({ ...choice, note: note(choice.note) }));
  function note(text: string): string {
    return Number.isNaN(Date.parse(text)) ? text : ago(text, trans);
  }
  const choose = (choice: IChoice | undefined) => {
    if (choice) {
      selection.ref(choice.name);
      props.onClose(true);
    }
  };
  const onKey = (event: React.KeyboardEvent) => {
    const to = moveBy(event.key, at, choices.length, 8);
    if (event.key === 'Escape') {
      props.onClose(true);
    } else if (event.key === 'Enter') {
      choose(choices[at]);
    } else if (to !== null && event.key !== 'Home' && event.key !== 'End') {
      setAt(to);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const { left, bottom, width } = props.anchor;
  return (
    <div className="jp-Lake-popup" style={{ left, top: bottom + 2, minWidth: width }}>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="jp-Lake-refList"
        aria-activedescendant={`jp-Lake-ref-${at}`}
        aria-label={trans.__('Branch, tag or commit')}
        placeholder={trans.__('Branch, tag or commit')}
        value={typed}
        onKeyDown={onKey}
        onBlur={() => props.onClose(false)}
        onChange={event => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <div id="jp-Lake-refList" role="listbox" aria-label={trans.__('Branches and tags')}>
        {noted.map((choice, index) => (
          <div
            key={`${choice.group}/${choice.name}`}
            id={`jp-Lake-ref-${index}`}
            role="option"
            aria-selected={index === at}
            className="jp-Lake-popupRow"
            title={choice.name}
            onMouseEnter={() => setAt(index)}
            onMouseDown={event => event.preventDefault()}
            onClick={() => choose(choices[index])}
          >
            <LongName name={choice.name} title={choice.name} />
            <span className="jp-Lake-second">
              {choice.group} · {choice.note}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function choicesOf(refs: IRefs | undefined, branches: string, tags: string): IChoice[] {
  return [
    ...(refs?.branches ?? []).map(({ name, time }) => ({ name, group: branches, note: time })),
    ...(refs?.tags ?? []).map(({ name, commit }) => ({ name, group: tags, note: short(commit) }))
  ];
}

function matching(choices: IChoice[], typed: string): IChoice[] {
  const wanted = typed.trim().toLowerCase();
  return choices.filter(choice => choice.name.toLowerCase().includes(wanted));
}
