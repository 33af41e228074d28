// An event that another system has captured: what, when, where, why and how, in words; below, exactly as it was kept.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventGoodsView, EventNamedView, EventView } from "../../api/generated";
import { Banner, Facts, PageHead, Section } from "../../components/Blocks";
import { Actions } from "../../shared/Actions";
import { digits, useFormats } from "../../shared/format";
import type { DetailProps } from "../../shared/Opened";
import { subjectPage } from "../../shared/route";
import { type Names, SubjectLink } from "../../shared/Said";
import { Timeline } from "../../shared/Timeline";

/** The word of a vocabulary; others may use terms of their own, of whose addresses the end says most. */
function useTerm() {
  const { t } = useTranslation();
  return (list: string, term: string) => t(`epcis.${list}.${term}`, term.slice(term.search(/[^:/#]*$/)));
}

/** The pairs of a canonical GS1 Digital Link (GS1 Digital Link URI Syntax 1.5); none for other addresses. */
export function keysOf(id: string): Array<[string, string]> {
  const path = /^https:\/\/id\.gs1\.org((?:\/\d{2,4}\/[^/?#]+)+)$/.exec(id)?.[1];
  const parts = path?.slice(1).split("/") ?? [];
  return parts.flatMap((part, n) =>
    n % 2 ? [[parts[n - 1] ?? "", decodeURIComponent(part)] as [string, string]] : [],
  );
}

/** A GS1 key by its parts, anything else as it was written; a link where we know the thing. */
function Named(props: { id: string; keys?: Array<[string, string]>; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const row = props.names[props.id];
  const keys = props.keys?.length ? props.keys : keysOf(props.id);
  const parts = keys.map(([ai, value]) => `${t(`epcis.ai.${ai}`, `(${ai})`)} ${value}`).join(" · ");
  const text = parts || props.id;
  if (!row) return <span title={props.id}>{text}</span>;
  return (
    <>
      <a className="sr-link" href={subjectPage(row.subject)} title={props.id}>
        {f.local(row.name) || row.number}
      </a>{" "}
      <span className="sr-soft">{text}</span>
    </>
  );
}

/** Decimal text in the user's digits, exact. */
function useAmount() {
  const { t, i18n } = useTranslation();
  return (one: EventGoodsView) => {
    if (one.amount === null) return "";
    const [whole = "", part = ""] = one.amount.split(".");
    const value = Number(whole + part);
    const shown = Number.isSafeInteger(value) ? digits({ value, scale: part.length }, i18n.language) : one.amount;
    return `${shown} ${t(`units.${one.unit ?? "H87"}`, one.unit ?? "")}`;
  };
}

function Goods(props: { of: EventGoodsView[]; names: Names }) {
  const { t } = useTranslation();
  const term = useTerm();
  const amount = useAmount();
  if (!props.of.length) return <p className="sr-soft">{t("epcis.no-goods")}</p>;
  return (
    <ul className="sr-plain sr-event-goods" data-testid="event-goods">
      {props.of.map((one, n) => (
        <li key={`${one.role} ${one.id} ${n}`}>
          <span className="sr-soft">{term("roles", one.role)}</span>
          <span>
            <Named id={one.id} keys={one.key} names={props.names} />
          </span>
          <span className="sr-num sr-right">{amount(one)}</span>
        </li>
      ))}
    </ul>
  );
}

function NamedList(props: { title: string; words: string; of: EventNamedView[]; names: Names }) {
  const term = useTerm();
  if (!props.of.length) return null;
  return (
    <Section title={props.title}>
      <ul className="sr-plain sr-event-goods">
        {props.of.map((one) => (
          <li key={one.kind + one.id}>
            <span className="sr-soft" title={one.kind}>
              {term(props.words, one.kind || "document")}
            </span>
            <span>
              <Named id={one.id} names={props.names} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** JSON text with white space, for reading; as it is when it cannot be read. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function EventFacts(props: { view: EventView; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const term = useTerm();
  const { view, names } = props;
  const where = (id: string | null) => id && <Named id={id} names={names} />;
  return (
    <Facts
      of={[
        [
          t("epcis.when"),
          <time key="w" title={f.stamp(view.at.time)}>
            {f.when(view.at)}
          </time>,
        ],
        [t("epcis.step"), view.biz_step && term("steps", view.biz_step)],
        [t("epcis.disposition"), view.disposition && term("dispositions", view.disposition)],
        [t("epcis.action"), view.action && term("actions", view.action)],
        [t("epcis.read-point"), where(view.read_point)],
        [t("epcis.location"), where(view.biz_location)],
        [t("epcis.captured-by"), <SubjectLink key="o" id={view.owner} names={names} />],
        [t("epcis.id"), view.event_id && <span className="sr-mono">{view.event_id}</span>],
        [
          t("epcis.hash"),
          <span key="h" className="sr-mono">
            {view.event_hash}
          </span>,
        ],
      ]}
    />
  );
}

function Exact(props: { event: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="sr-unfold"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid="event-exact"
      >
        {t("epcis.exact")}
      </button>
      {open && <pre className="sr-raw">{laidOut(props.event)}</pre>}
    </>
  );
}

export function EventDetail(props: DetailProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const term = useTerm();
  const { view, names, row, source, timeline } = props.detail;
  if (view.type !== "event") return null;
  const title = view.biz_step ? term("steps", view.biz_step) : term("types", view.event_type);
  return (
    <div className="sr-detail" data-testid={`detail-${row.subject}`}>
      <PageHead title={title} under={`${t("types.event")} · ${term("types", view.event_type)}`} />
      <Actions detail={props.detail} />
      <div className="sr-detail-top">
        {view.declares_error && <Banner tone="late" title={t("epcis.error")} id="event-error" />}
        <EventFacts view={view} names={names} />
      </div>
      <Section title={t("epcis.goods")}>
        <Goods of={view.goods} names={names} />
      </Section>
      <NamedList title={t("epcis.documents")} words="documents-of" of={view.documents} names={names} />
      <NamedList title={t("epcis.from")} words="parties" of={view.sources} names={names} />
      <NamedList title={t("epcis.to")} words="parties" of={view.destinations} names={names} />
      {view.extensions && (
        <Section title={t("epcis.also")}>
          <pre className="sr-raw">{laidOut(view.extensions)}</pre>
        </Section>
      )}
      <Section title={t("records.timeline")}>
        <p className="sr-soft sr-tight">{t("epcis.why")}</p>
        {source && (
          <p className="sr-soft sr-tight" title={`${t("epcis.file-hash")}: ${source.hash}`} data-testid="event-source">
            {t("epcis.source", { name: source.name, time: f.stamp(source.when) })}
          </p>
        )}
        <Timeline entries={timeline} names={names} />
        <Exact event={view.event} />
      </Section>
    </div>
  );
}
