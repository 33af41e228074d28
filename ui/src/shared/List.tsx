// A list of subjects with its chips and filter, and beside it what is chosen.

import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row, Table as TableName } from "../api/generated";
import { call } from "../api/host";
import { Empty, Shape } from "../components/Blocks";
import { FilterChip } from "../components/Chip";
import { useKeys } from "../components/keys";
import { type Column, Table } from "../components/Table";
import { type Formats, shortId, useFormats } from "./format";
import { Problem } from "./Problem";
import { go, replace, useRoute } from "./route";
import { RowStates } from "./State";

const PAGE = 100;

export interface ListProps {
  table: TableName;
  path: string[];
  chips: readonly string[];
  columns: readonly ColumnName[];
  /** Shown when there is nothing at all. */
  empty: ReactNode;
  emptyAction?: ReactNode;
  /** What is chosen, drawn beside the list. */
  beside(subject: string): ReactNode;
}

export type ColumnName =
  | "number"
  | "name"
  | "code"
  | "quantity"
  | "status"
  | "place"
  | "country"
  | "at"
  | "due"
  | "expected"
  | "owner";

/** What a list shows only when asked for. */
const EXTRA: Partial<Record<TableName, readonly ColumnName[]>> = {
  products: ["code", "owner"],
  lots: ["owner"],
  items: ["code", "owner"],
  shipments: ["code", "at", "owner"],
  parties: ["owner"],
};

function cellOf(name: ColumnName, row: Row, f: Formats, narrow: boolean): ReactNode {
  switch (name) {
    case "number":
      return row.type === "party" ? (
        <span className="sr-mono" title={row.number}>
          {shortId(row.number)}
        </span>
      ) : (
        <strong title={row.number}>{row.number}</strong>
      );
    case "name":
    case "owner":
      return (
        <span className="sr-cell-words" title={f.local(row[name])}>
          {f.local(row[name])}
        </span>
      );
    case "place":
      return (
        <span className="sr-cell-words" title={f.local(row.place)}>
          {f.own(f.local(row.place))}
        </span>
      );
    case "country":
      return row.country && <span>{f.country(row.country)}</span>;
    case "quantity":
      // Packages are counted; their unit stands in the head of the column.
      return row.type === "shipment" && row.quantity ? f.number(row.quantity.value) : f.quantity(row.quantity);
    case "status":
      return (
        <span className="sr-cell-chips">
          <RowStates row={row} brief={narrow} />
        </span>
      );
    case "at":
    case "due":
    case "expected":
      return <time title={row[name] ?? undefined}>{f.time(row[name])}</time>;
    default:
      return <span title={row[name] ?? undefined}>{row[name]}</span>;
  }
}

/** Where a table needs more room than others do: long numbers of single pieces, three chips of a shipment in trouble. */
const OWN_WIDTHS: Partial<Record<TableName, Partial<Record<ColumnName, string>>>> = {
  items: { number: "minmax(190px, 1.3fr)" },
  shipments: { number: "minmax(88px, 0.8fr)", name: "minmax(120px, 1.6fr)", status: "minmax(216px, 1.4fr)" },
};

/** Beside an open detail there is room for three columns. */
const NARROW = ["minmax(84px, 1fr)", "minmax(80px, 1.2fr)", "minmax(112px, 1.1fr)"] as const;

const WIDTHS: Record<ColumnName, string> = {
  number: "minmax(110px, 1fr)",
  name: "minmax(150px, 2fr)",
  code: "minmax(130px, 1fr)",
  quantity: "minmax(100px, 0.8fr)",
  status: "minmax(136px, 1.2fr)",
  place: "minmax(110px, 1.1fr)",
  country: "minmax(110px, 1fr)",
  at: "minmax(120px, 0.9fr)",
  due: "minmax(120px, 0.9fr)",
  expected: "minmax(120px, 0.9fr)",
  owner: "minmax(120px, 1fr)",
};

function useColumns(names: readonly ColumnName[], table: TableName, narrow: boolean): Column<Row>[] {
  const { t } = useTranslation();
  const f = useFormats();
  return useMemo(() => {
    const kept = narrow ? names.slice(0, 3) : names;
    return kept.map((name, n) => ({
      key: name,
      label: t([`columns.${table}.${name}`, `columns.${name}`]),
      width: narrow ? (NARROW[n] ?? "1fr") : (OWN_WIDTHS[table]?.[name] ?? WIDTHS[name]),
      right: name === "quantity",
      sortable: name !== "country",
      always: n === 0,
      extra: EXTRA[table]?.includes(name),
      cell: (row: Row) => cellOf(name, row, f, narrow),
    }));
  }, [names, table, narrow, t, f]);
}

/** Rows by pages of 100, only those in sight. */
function useRows(table: TableName, text: string, chip: string, sort: { key: string; descending: boolean }) {
  const [pages, setPages] = useState<number[]>([0]);
  const ask = (page: number) =>
    ({
      call: "list",
      table,
      text,
      chip,
      sort: sort.key,
      descending: sort.descending,
      offset: page * PAGE,
      limit: PAGE,
    }) as const;
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["list", ask(page)],
      queryFn: () => call(ask(page)),
      placeholderData: (before: Awaited<ReturnType<typeof call<ReturnType<typeof ask>>>> | undefined) => before,
    })),
  });
  const first = answers[0];
  const rowAt = (index: number): Row | undefined =>
    answers[pages.indexOf(Math.floor(index / PAGE))]?.data?.rows[index % PAGE];
  const onRange = useCallback((from: number, to: number) => {
    const wanted: number[] = [0];
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) if (page > 0) wanted.push(page);
    setPages((before) => (before.join() === wanted.join() ? before : wanted));
  }, []);
  return { first, rowAt, onRange };
}

function Chips(props: {
  chips: readonly string[];
  now: string;
  counts: { [key in string]?: number };
  set(chip: string): void;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <fieldset className="sr-chips" aria-label={t("lists.chips")}>
      {props.chips.map((chip) => {
        const count = props.counts[chip] ?? 0;
        const label = chip === "all" ? t("lists.all") : t(`states.${chip}`);
        return (
          <FilterChip
            key={chip}
            id={`chip-${chip}`}
            on={chip === props.now}
            label={label}
            count={f.number(count)}
            onClick={() => props.set(chip)}
          />
        );
      })}
    </fieldset>
  );
}

export function List(props: ListProps) {
  const { t } = useTranslation();
  const route = useRoute();
  const filter = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [slow] = useDebouncedValue(text, 150);
  const [sort, setSort] = useState({ key: "at", descending: true });
  const chip = route.query.get("chip") ?? "all";
  const selected = route.query.get("open");
  const { first, rowAt, onRange } = useRows(props.table, slow, chip, sort);
  const columns = useColumns(props.columns, props.table, selected !== null);
  useKeys({ "/": () => filter.current?.focus(), Escape: () => selected && replace(props.path, { chip }) });
  const answer = first?.data;
  const bare = answer?.total === 0 && !slow && chip === "all";
  return (
    <div className={selected ? "sr-split sr-split-open" : "sr-split"}>
      <div className="sr-list">
        <div className="sr-list-tools">
          <Chips
            chips={props.chips}
            now={chip}
            counts={answer?.chips ?? {}}
            set={(next) => replace(props.path, { chip: next === "all" ? null : next })}
          />
          <TextInput
            ref={filter}
            size="xs"
            className="sr-list-filter"
            leftSection={<IconSearch size={14} />}
            placeholder={t("lists.filter")}
            aria-label={t("lists.filter")}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => e.key === "Escape" && e.currentTarget.blur()}
            data-testid="list-filter"
          />
        </div>
        {first?.isError && <Problem error={first.error} again={() => first.refetch()} />}
        {!answer && !first?.isError && <Shape lines={10} label={t("common.loading")} />}
        {bare && <Empty more={props.emptyAction}>{props.empty}</Empty>}
        {answer && !bare && answer.total === 0 && <Empty>{t("lists.nothing")}</Empty>}
        {answer && answer.total > 0 && (
          <Table
            id={props.table}
            label={t(`tables.${props.table}`)}
            columnsLabel={t("lists.columns")}
            columns={columns}
            count={answer.total}
            rowAt={rowAt}
            keyOf={(row) => row.subject}
            selected={selected}
            sort={sort}
            onSort={(key) => setSort((s) => ({ key, descending: s.key === key ? !s.descending : false }))}
            onSelect={(row) => replace(props.path, { chip: chip === "all" ? null : chip, open: row.subject })}
            onOpen={(row) => go(["subject", row.subject])}
            onRange={onRange}
          />
        )}
      </div>
      {selected && (
        <aside className="sr-beside" aria-label={t("lists.beside")} data-testid="beside">
          {props.beside(selected)}
        </aside>
      )}
    </div>
  );
}
