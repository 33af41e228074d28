// A table of any length: only the rows in sight exist, the keyboard moves through all of them, columns are chosen and kept.

import { ActionIcon, Checkbox, Popover } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { useKeys } from "./keys";

export interface Column<R> {
  key: string;
  label: string;
  /** CSS grid track: `2fr`, `minmax(120px, 1fr)`. */
  width: string;
  right?: boolean;
  sortable?: boolean;
  /** Cannot be hidden. */
  always?: boolean;
  /** Hidden until chosen. */
  extra?: boolean;
  cell(row: R): ReactNode;
}

export interface TableProps<R> {
  id: string;
  label: string;
  columnsLabel: string;
  columns: Column<R>[];
  count: number;
  rowAt(index: number): R | undefined;
  keyOf(row: R): string;
  selected: string | null;
  sort?: { key: string; descending: boolean };
  onSort?(key: string): void;
  onSelect(row: R): void;
  onOpen(row: R): void;
  onRange?(first: number, last: number): void;
}

const ROW = 44;
const HEAD = 36;
/** Between columns, and before the first and after the last: `components.css` says the same. */
const GUTTER = 16;
const MARGINS = 56;

/** The least width, in pixels, at which no column is cut: beyond its box the table scrolls sideways. */
function leastWidth(tracks: string[]): number {
  const least = tracks.map((track) => Number(/^(?:minmax\()?(\d+)px/.exec(track)?.[1] ?? 0));
  return least.reduce((sum, width) => sum + width, MARGINS + GUTTER * Math.max(0, tracks.length - 1));
}

function kept(id: string): string[] | null {
  try {
    const text = localStorage.getItem(`sealroad-columns-${id}`);
    return text ? (JSON.parse(text) as string[]) : null;
  } catch {
    return null;
  }
}

function useColumns<R>(id: string, columns: Column<R>[]) {
  const [chosen, setChosen] = useState<string[] | null>(() => kept(id));
  useEffect(() => setChosen(kept(id)), [id]);
  const shown = columns.filter((c) => c.always || (chosen ? chosen.includes(c.key) : !c.extra));
  const toggle = (key: string) => {
    const now = shown.map((c) => c.key);
    const next = now.includes(key) ? now.filter((k) => k !== key) : [...now, key];
    localStorage.setItem(`sealroad-columns-${id}`, JSON.stringify(next));
    setChosen(next);
  };
  return { shown, toggle };
}

function ColumnChoice<R>(props: {
  label: string;
  columns: Column<R>[];
  shown: Column<R>[];
  toggle(key: string): void;
}) {
  return (
    <Popover position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <ActionIcon variant="subtle" aria-label={props.label} title={props.label} className="sr-table-choose">
          <IconColumns3 size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="sr-stack">
          {props.columns
            .filter((c) => !c.always)
            .map((c) => (
              <Checkbox
                key={c.key}
                size="xs"
                label={c.label}
                checked={props.shown.some((s) => s.key === c.key)}
                onChange={() => props.toggle(c.key)}
              />
            ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function HeadCell<R>(props: { column: Column<R>; sort: TableProps<R>["sort"]; onSort?: (key: string) => void }) {
  const { column, sort } = props;
  const on = sort?.key === column.key;
  const direction = on ? (sort.descending ? "descending" : "ascending") : "none";
  const Arrow = sort?.descending ? IconArrowDown : IconArrowUp;
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-sort={column.sortable ? direction : undefined}
      className={column.right ? "sr-right" : undefined}
    >
      {column.sortable && props.onSort ? (
        <button type="button" onClick={() => props.onSort?.(column.key)}>
          {column.label}
          {on && <Arrow size={13} aria-hidden="true" />}
        </button>
      ) : (
        <span>{column.label}</span>
      )}
    </div>
  );
}

/**
 * The index one moves to: j/k and the arrows by one, Page Up and Page Down by ten, Home and End to the ends. A row that is not
 * loaded yet is chosen as soon as it is.
 */
function useMoves<R>(props: TableProps<R>, reveal: (index: number) => void) {
  const cursor = useRef(0);
  const awaited = useRef<number | null>(null);
  const choose = (index: number) => {
    const row = props.rowAt(index);
    awaited.current = row ? null : index;
    if (row) props.onSelect(row);
    else props.onRange?.(index, index);
  };
  useEffect(() => {
    if (awaited.current !== null && props.rowAt(awaited.current)) choose(awaited.current);
  });
  const at = () => {
    const row = props.rowAt(cursor.current);
    // What is chosen may have been chosen by its address, or stand elsewhere since the order changed.
    if (props.selected !== null && (!row || props.keyOf(row) !== props.selected)) {
      for (let n = 0; n < Math.min(props.count, 500); n += 1) {
        const other = props.rowAt(n);
        if (other && props.keyOf(other) === props.selected) return n;
      }
    }
    return cursor.current;
  };
  const move = (to: number) => {
    const index = Math.max(0, Math.min(props.count - 1, to));
    cursor.current = index;
    reveal(index);
    choose(index);
  };
  const by = (step: number) => () => move(props.selected === null && awaited.current === null ? 0 : at() + step);
  const open = () => {
    const row = props.rowAt(at());
    if (row) props.onOpen(row);
  };
  // As a click does, Enter first shows the row beside the list; on the row that is shown it opens the page.
  const enter = () => {
    const row = props.rowAt(at());
    if (row && props.keyOf(row) === props.selected) open();
    else move(at());
  };
  useKeys(
    {
      j: by(1),
      ArrowDown: by(1),
      k: by(-1),
      ArrowUp: by(-1),
      PageDown: by(10),
      PageUp: by(-10),
      Home: () => move(0),
      End: () => move(props.count - 1),
      Enter: enter,
      "ctrl+enter": open,
    },
    props.count > 0,
  );
  // Choosing the first row opens its detail, which may leave less room for the list.
  const chosen = props.selected !== null;
  const again = useRef(reveal);
  again.current = reveal;
  useEffect(() => {
    if (!chosen) return;
    const soon = requestAnimationFrame(() => again.current(cursor.current));
    return () => cancelAnimationFrame(soon);
  }, [chosen]);
  return (index: number) => {
    cursor.current = index;
    awaited.current = null;
  };
}

interface LineProps<R> extends TableProps<R> {
  line: VirtualItem;
  shown: Column<R>[];
  tracks: CSSProperties;
  onPick(index: number): void;
}

function Line<R>(props: LineProps<R>) {
  const { line } = props;
  const row = props.rowAt(line.index);
  const key = row ? props.keyOf(row) : String(line.index);
  const pick = () => {
    if (!row) return;
    props.onPick(line.index);
    props.onSelect(row);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the table's own keys (j, k, Enter) move and open
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={line.index + 2}
      aria-selected={row !== undefined && key === props.selected}
      className="sr-row"
      style={{ ...props.tracks, height: line.size, transform: `translateY(${line.start - HEAD}px)` }}
      onClick={pick}
      onDoubleClick={() => row && props.onOpen(row)}
      data-testid={row && `row-${key}`}
    >
      {props.shown.map((c) => (
        <div key={c.key} role="gridcell" tabIndex={-1} className={c.right ? "sr-cell sr-right" : "sr-cell"}>
          {row ? c.cell(row) : <span className="sr-cell-wait" />}
        </div>
      ))}
    </div>
  );
}

export function Table<R>(props: TableProps<R>) {
  const box = useRef<HTMLDivElement>(null);
  const { shown, toggle } = useColumns(props.id, props.columns);
  const lines = useVirtualizer({
    count: props.count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 800, height: 640 },
    // The head lies in the same box, so that its columns are as wide as those of the rows whatever the scroll bar takes.
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  });
  const reveal = (index: number) => {
    // The end of the list lies below its last row by as much as the head is high.
    if (index === props.count - 1 && box.current) box.current.scrollTop = box.current.scrollHeight;
    else lines.scrollToIndex(index);
  };
  const pick = useMoves(props, reveal);
  const seen = lines.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const last = seen[seen.length - 1]?.index ?? 0;
  const { onRange } = props;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const tracks = { gridTemplateColumns: shown.map((c) => c.width).join(" ") };
  const minWidth = leastWidth(shown.map((c) => c.width));
  return (
    <div className="sr-table">
      <ColumnChoice label={props.columnsLabel} columns={props.columns} shown={shown} toggle={toggle} />
      <div
        className="sr-table-grid"
        role="grid"
        ref={box}
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={props.count + 1}
        data-testid={`table-${props.id}`}
      >
        <div role="rowgroup" className="sr-table-top" style={{ minWidth }}>
          <div className="sr-table-head" role="row" tabIndex={-1} style={{ ...tracks, height: HEAD }}>
            {shown.map((c) => (
              <HeadCell key={c.key} column={c} sort={props.sort} onSort={props.onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: lines.getTotalSize(), minWidth, position: "relative" }}>
          {seen.map((line) => (
            <Line key={line.index} {...props} line={line} shown={shown} tracks={tracks} onPick={pick} />
          ))}
        </div>
      </div>
    </div>
  );
}
