import { caretLeftIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import React from 'react';

import { CommandButton } from './commandButton';
import { useLake } from './context';
import type { Subject } from './menu';
import { MenuButton } from './menuButton';

export interface ISubjectBarProps {
  title: string;
  /** The whole of it, where the title is cut. */
  tooltip?: string;
  status?: string;
  /** Command ids, each a button; the first may be the one that stands out. */
  buttons?: readonly string[];
  strong?: string;
  args?: ReadonlyJSONObject;
  /** Whose menu holds the rest of what can be done. */
  menu?: Subject;
  /** The way back, where this stands in the place of a list. */
  onBack?: () => void;
  children?: React.ReactNode;
}

/** The line at the head of each tab: what is shown, something about it, what can be done with it. */
export function SubjectBar(props: ISubjectBarProps): React.JSX.Element {
  const { commands, trans } = useLake();
  const buttons = (props.buttons ?? []).filter(id => commands.isVisible(id, props.args));
  return (
    <div className="jp-Lake-bar" role="toolbar" aria-label={props.title}>
      {props.onBack && (
        <button
          type="button"
          autoFocus
          className="jp-Lake-iconButton jp-Lake-back"
          aria-label={trans.__('Back to the list')}
          title={trans.__('Back to the list')}
          onClick={props.onBack}
        >
          <caretLeftIcon.react tag="span" />
        </button>
      )}
      <h2 className="jp-Lake-title" title={props.tooltip ?? props.title}>
        {props.title}
      </h2>
      <span className="jp-Lake-second jp-Lake-grow" role="status" title={props.status}>
        {props.status}
      </span>
      {props.children}
      {buttons.map(id => (
        <CommandButton key={id} id={id} args={props.args} strong={id === props.strong} />
      ))}
      {props.menu && (
        <MenuButton label={trans.__('More')} subject={props.menu} args={props.args ?? null} />
      )}
    </div>
  );
}
