// The ledger itself: blocks, the records in them by time, and what a block is.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BlockRow, LocalText, TimelineEntry } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { Empty, PageHead, Section, Shape } from "../../components/Blocks";
import { type Column, Table } from "../../components/Table";
import { instant } from "../../shared/form/assemble";
import { type Formats, shortId, useFormats, zoneOf } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { type Body, bodyOf, kindOf } from "../../shared/payload";
import { go, recordPage, replace, useRoute } from "../../shared/route";
import { RecordState } from "../../shared/State";

const PAGE = 50;

function useBlockColumns(): Column<BlockRow>[] {
  const { t } = useTranslation();
  const f = useFormats();
  return [
    {
      key: "height",
      label: t("ledger.height"),
      width: "90px",
      right: true,
      always: true,
      cell: (b) => f.number(b.height),
    },
    {
      key: "time",
      label: t("ledger.time"),
      width: "minmax(130px, 1fr)",
      cell: (b) => <time title={f.stamp(b.time)}>{f.time(b.time)}</time>,
    },
    { key: "records", label: t("ledger.records"), width: "90px", right: true, cell: (b) => f.number(b.records) },
    {
      key: "signers",
      label: t("ledger.signers"),
      width: "minmax(110px, 1fr)",
      cell: (b) => t("ledger.of", { signed: b.signers[0], all: b.signers[1] }),
    },
    {
      key: "id",
      label: t("ledger.id"),
      width: "minmax(120px, 1fr)",
      extra: true,
      cell: (b) => (
        <span className="sr-mono" title={b.id}>
          {b.id.slice(0, 16)}…
        </span>
      ),
    },
  ];
}

function Blocks(props: { selected: number | null; onSelect(height: number): void }) {
  const { t } = useTranslation();
  const columns = useBlockColumns();
  const [below, setBelow] = useState<number | null>(null);
  const blocks = useCall({ call: "blocks", below, limit: 200 }, { keep: true });
  if (blocks.isError) return <Problem error={blocks.error} again={() => blocks.refetch()} />;
  if (!blocks.data) return <Shape label={t("common.loading")} />;
  const rows = blocks.data.blocks;
  if (!rows.length) return <Empty>{t("ledger.no-blocks")}</Empty>;
  const lowest = rows[rows.length - 1]?.height ?? 1;
  return (
    <>
      <Table<BlockRow>
        id="blocks"
        label={t("ledger.blocks")}
        columnsLabel={t("lists.columns")}
        columns={columns}
        count={rows.length}
        rowAt={(n) => rows[n]}
        keyOf={(b) => String(b.height)}
        selected={props.selected === null ? null : String(props.selected)}
        onSelect={(b) => props.onSelect(b.height)}
        onOpen={(b) => props.onSelect(b.height)}
      />
      <div className="sr-line sr-older">
        {below !== null && (
          <Button size="xs" variant="default" onClick={() => setBelow(null)}>
            {t("ledger.newest")}
          </Button>
        )}
        {lowest > 1 && (
          <Button size="xs" variant="default" onClick={() => setBelow(lowest)}>
            {t("ledger.older")}
          </Button>
        )}
      </div>
    </>
  );
}

/** Numbers of things that one record is about, named before the rest is only counted. */
const NAMED = 3;

/** The numbers of what a record is about: its own, those of what it makes, or the ends of the subjects that it names. */
function aboutOf(entry: TimelineEntry, f: Formats): string {
  const body = bodyOf(entry.payload);
  const made = Array.isArray(body.outputs) ? body.outputs.map((output) => (output as Body).number) : undefined;
  const named = body.number ?? body.serial ?? body.shipment ?? body.about ?? body.partner ?? made ?? body.label;
  if (named === undefined && body.profile) return f.local((body.profile as { name?: LocalText }).name);
  const list = (Array.isArray(named) ? named : [named]).filter((one): one is string => typeof one === "string");
  const more = list.length > NAMED ? ` +${f.number(list.length - NAMED)}` : "";
  return list.slice(0, NAMED).map(shortId).join(", ") + more;
}

function RecordLine(props: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { entry } = props;
  return (
    <li className="sr-record-line" data-testid={`record-${entry.id}`}>
      <span>
        <a className="sr-link" href={recordPage(entry.id)}>
          {t(`kinds.${kindOf(entry.payload)}`, entry.payload.kind)}
        </a>{" "}
        <span className="sr-soft sr-whole">{aboutOf(entry, f)}</span>
      </span>
      <span>{f.local(entry.party_name)}</span>
      <time className="sr-soft" title={f.stamp(entry.witnessed ?? entry.claimed)}>
        {f.time(entry.witnessed ?? entry.claimed)}
      </time>
      <RecordState entry={entry} />
    </li>
  );
}

/** `2026-11-03` or `2026-11-03 14:02` in the machine's zone, as the ledger writes time; null while it is not one. */
const moment = (text: string): string | null => (text.trim() ? instant(text, zoneOf(new Date())) : null);

function Turn(props: { offset: number; total: number; set(offset: number): void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { offset, total, set } = props;
  const last = Math.min(total, offset + PAGE);
  return (
    <div className="sr-line">
      <Button size="xs" variant="default" disabled={offset === 0} onClick={() => set(Math.max(0, offset - PAGE))}>
        {t("ledger.newer-page")}
      </Button>
      <span className="sr-soft">
        {t("ledger.range", { first: f.number(offset + 1), last: f.number(last), total: f.number(total) })}
      </span>
      <Button size="xs" variant="default" disabled={last >= total} onClick={() => set(offset + PAGE)}>
        {t("ledger.older")}
      </Button>
    </div>
  );
}

interface Range {
  from: string;
  to: string;
}
const ALWAYS: Range = { from: "", to: "" };

/** From when and before when, in the machine's zone. */
function RangeFields(props: { range: Range; set(range: Range): void }) {
  const { t } = useTranslation();
  const { range, set } = props;
  const [from, to] = [moment(range.from), moment(range.to)];
  const reversed = from !== null && to !== null && to <= from;
  const bad = (end: "from" | "to") => {
    if (range[end].trim() && !moment(range[end])) return t("errors.not-a-time");
    return end === "to" && reversed ? t("errors.end-before-start") : null;
  };
  return (
    <div className="sr-line sr-range">
      {(["from", "to"] as const).map((end) => (
        <TextInput
          key={end}
          size="xs"
          label={t(`ledger.${end}`)}
          placeholder={t("forms.time-hint")}
          w={190}
          value={range[end]}
          error={bad(end)}
          data-testid={`records-${end}`}
          onChange={(e) => set({ ...range, [end]: e.currentTarget.value })}
        />
      ))}
      {(range.from || range.to) && (
        <Button
          size="xs"
          variant="subtle"
          className="sr-range-clear"
          onClick={() => set(ALWAYS)}
          data-testid="records-clear"
        >
          {t("ledger.clear")}
        </Button>
      )}
      <span className="sr-soft sr-range-zone">{t("ledger.zone", { zone: zoneOf(new Date()) })}</span>
    </div>
  );
}

function Records(props: { height: number | null; onAll(): void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [range, setRange] = useState(ALWAYS);
  const [offset, setOffset] = useState(0);
  const ask = {
    call: "records",
    from: moment(range.from),
    to: moment(range.to),
    height: props.height,
    offset,
    limit: PAGE,
  } as const;
  const records = useCall(ask, { keep: true });
  const total = records.data?.total ?? 0;
  const change = (next: Range) => {
    setRange(next);
    setOffset(0);
  };
  const title =
    props.height === null
      ? t("ledger.all-records", { count: total, total: f.number(total) })
      : t("ledger.block-records", { height: f.number(props.height), count: total });
  return (
    <Section
      title={title}
      aside={
        props.height !== null && (
          <Button size="compact-xs" variant="subtle" onClick={props.onAll}>
            {t("ledger.show-all")}
          </Button>
        )
      }
    >
      <RangeFields range={range} set={change} />
      {records.isError && <Problem error={records.error} />}
      {records.isPending && <Shape label={t("common.loading")} />}
      {records.data && total === 0 && <Empty>{t("ledger.no-records")}</Empty>}
      <ul className="sr-plain" data-testid="records">
        {records.data?.records.map((entry) => (
          <RecordLine key={entry.id} entry={entry} />
        ))}
      </ul>
      {total > PAGE && <Turn offset={offset} total={total} set={setOffset} />}
    </Section>
  );
}

export function LedgerPage() {
  const { t } = useTranslation();
  const route = useRoute();
  const [explain, setExplain] = useState(false);
  const height = Number(route.query.get("block")) || null;
  return (
    <div className="sr-page">
      <PageHead title={t("ledger.title")} under={t("ledger.lead")}>
        <Button
          variant="default"
          size="sm"
          aria-expanded={explain}
          onClick={() => setExplain(!explain)}
          data-testid="ledger-explain"
        >
          {t("ledger.what")}
        </Button>
        <Button variant="default" size="sm" onClick={() => go(["verify"])}>
          {t("check.title")}
        </Button>
      </PageHead>
      {explain && <p className="sr-explain">{t("ledger.explained")}</p>}
      <div className="sr-ledger">
        <div className="sr-ledger-blocks">
          <Blocks selected={height} onSelect={(h) => replace(["ledger"], { block: String(h) })} />
        </div>
        <div className="sr-ledger-records">
          <Records key={height ?? "all"} height={height} onAll={() => replace(["ledger"])} />
        </div>
      </div>
    </div>
  );
}
