import React, { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { moveBy } from './keys';
import { scrollTo, windowOf } from './window';

export interface IListRow {
  key: string;
  /** The depth in a tree and whether it is open; a plain list has neither. */
  level?: number;
  expanded?: boolean;
  title?: string;
}

export interface IVirtualListProps<T extends IListRow> {
  rows: readonly T[];
  rowHeight: number;
  label: string;
  role?: 'listbox' | 'tree';
  selected: string | null;
  /** Whether it takes the focus when it appears. */
  focused?: boolean;
  draw: (row: T, index: number) => React.ReactNode;
  onSelect: (row: T) => void;
  onOpen?: (row: T) => void;
  onFold?: (row: T, open: boolean) => void;
  onMenu?: (row: T, event: React.MouseEvent | React.KeyboardEvent) => void;
  onWindow?: (first: number, last: number) => void;
}

/** A list of rows of one height that draws only those in view; arrows move the selection. */
export function VirtualList<T extends IListRow>(props: IVirtualListProps<T>): React.JSX.Element {
  const { rows, rowHeight, selected, onWindow } = props;
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 300 });
  const measure = useCallback(() => {
    const node = host.current;
    if (node) {
      setView({ top: node.scrollTop, height: node.clientHeight || 300 });
    }
  }, []);

  useLayoutEffect(() => {
    measure();
    if (typeof ResizeObserver === 'undefined' || !host.current) {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [measure]);

  const { first, last } = windowOf(rows.length, rowHeight, view.top, view.height);
  useEffect(() => onWindow?.(first, last), [first, last, rows, onWindow]);

  const at = rows.findIndex(row => row.key === selected);
  const reveal = (index: number) => {
    const node = host.current;
    if (node) {
      const top = scrollTo(index, rowHeight, node.scrollTop, node.clientHeight);
      node.scrollTop = top ?? node.scrollTop;
    }
  };
  const appear = useRef(() => {
    if (props.focused) {
      reveal(at);
      host.current?.focus();
    }
  });
  useLayoutEffect(() => appear.current(), []);
  const focus = (index: number) => {
    const row = rows[index];
    if (row) {
      reveal(index);
      props.onSelect(row);
    }
  };
  const onKey = (event: React.KeyboardEvent) => {
    const row = rows[at];
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const to = moveBy(event.key, at, rows.length, page);
    if (to !== null) {
      focus(to);
    } else if (row && (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10'))) {
      props.onMenu?.(row, event);
    } else if (row && (event.key === 'Enter' || event.key === ' ')) {
      (props.onOpen ?? props.onSelect)(row);
    } else if (row?.expanded !== undefined && event.key === 'ArrowRight' && !row.expanded) {
      props.onFold?.(row, true);
    } else if (row?.expanded !== undefined && event.key === 'ArrowLeft' && row.expanded) {
      props.onFold?.(row, false);
    } else if (row && event.key === 'ArrowRight' && row.expanded) {
      focus(at + 1);
    } else if (row && event.key === 'ArrowLeft' && parentOf(rows, at) >= 0) {
      focus(parentOf(rows, at));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const item = props.role === 'tree' ? 'treeitem' : 'option';
  const id = (key: string) => `jp-Lake-${props.label}-${key}`.replace(/[^\w-]/g, '_');
  return (
    <div
      ref={host}
      className="jp-Lake-list"
      role={props.role ?? 'listbox'}
      aria-label={props.label}
      aria-activedescendant={at >= first && at < last ? id(selected ?? '') : undefined}
      tabIndex={0}
      onScroll={measure}
      onKeyDown={onKey}
    >
      <div
        className="jp-Lake-listSpace"
        role="presentation"
        style={{ height: rows.length * rowHeight }}
      >
        {rows.slice(first, last).map((row, offset) => (
          <div
            key={row.key}
            id={id(row.key)}
            role={item}
            className="jp-Lake-row"
            title={row.title}
            aria-selected={row.key === selected}
            aria-level={row.level}
            aria-expanded={row.expanded}
            aria-setsize={rows.length}
            aria-posinset={first + offset + 1}
            style={{ height: rowHeight, top: (first + offset) * rowHeight }}
            onClick={() => props.onSelect(row)}
            onDoubleClick={() => props.onOpen?.(row)}
            onContextMenu={event => props.onMenu?.(row, event)}
          >
            {props.draw(row, first + offset)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The row in a tree that another lies in, or -1. */
function parentOf(rows: readonly IListRow[], at: number): number {
  const level = rows[at]?.level ?? 0;
  let above = at - 1;
  while (above >= 0 && (rows[above]?.level ?? 0) >= level) {
    above--;
  }
  return above;
}
