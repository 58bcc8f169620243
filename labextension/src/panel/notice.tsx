import React from 'react';

import type { LakeError } from '../api/request';
import { useLake } from './context';

export interface INoticeProps {
  error: LakeError;
  children?: React.ReactNode;
}

/** An error as two clean lines: what is wrong, and what to do. In little room it is scrolled by keys. */
export function ErrorNotice({ error, children }: INoticeProps): React.JSX.Element {
  return (
    <div className="jp-Lake-notice jp-mod-error" role="alert" tabIndex={children ? undefined : 0}>
      <p className="jp-Lake-noticeWhat">{withCode(error.message)}</p>
      {error.hint && <p className="jp-Lake-noticeHint">{withCode(error.hint)}</p>}
      {children && <div className="jp-Lake-noticeActions">{children}</div>}
    </div>
  );
}

/** Words in back quotes are what a person types. */
function withCode(text: string): React.ReactNode[] {
  return text.split('`').map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}

/** Nothing here yet: what that means and what to do next. */
export function EmptyNotice(props: {
  what: string;
  hint?: string;
  children?: React.ReactNode;
}): React.JSX.Element {
  return (
    <div className="jp-Lake-notice" role="status" tabIndex={props.children ? undefined : 0}>
      <p className="jp-Lake-noticeWhat">{props.what}</p>
      {props.hint && <p className="jp-Lake-noticeHint">{withCode(props.hint)}</p>}
      {props.children && <div className="jp-Lake-noticeActions">{props.children}</div>}
    </div>
  );
}

/** Nothing is known yet: said in a quiet line, after a moment in which the answer may come. */
export function Reading(): React.JSX.Element {
  const { trans } = useLake();
  return <p className="jp-Lake-second jp-Lake-reading">{trans.__('reading…')}</p>;
}

/** A button with words on it, as notices and headers have them. */
export function TextButton(props: {
  label: string;
  onClick: () => void;
  strong?: boolean;
  title?: string;
}): React.JSX.Element {
  return (
    <button
      type="button"
      className={`jp-Lake-textButton${props.strong ? ' jp-mod-strong' : ''}`}
      title={props.title}
      onClick={props.onClick}
    >
      {props.label}
    </button>
  );
}
