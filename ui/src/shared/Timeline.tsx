// What was said about something, newest first: each line opens to what the record says, and leads to its proof.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place, TimelineEntry } from "../api/generated";
import { shortId, useFormats } from "./format";
import { bodyOf, kindOf } from "./payload";
import { recordPage } from "./route";
import { type Names, Said } from "./Said";
import { RecordState, Sources, StateChip } from "./State";
import "./shared.css";

function brief(entry: TimelineEntry, f: ReturnType<typeof useFormats>): string {
  const body = bodyOf(entry.payload) as Record<string, never>;
  const place = body.place as Place | undefined;
  const quantity = body.quantity as { value: number; scale: number; unit: "KGM" } | undefined;
  const note = (body.note ?? body.remark) as string | undefined;
  return [place?.name && f.town(place), quantity && f.quantity(quantity), typeof note === "string" ? note : null]
    .filter(Boolean)
    .join(" · ");
}

function Entry(props: { entry: TimelineEntry; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [open, setOpen] = useState(false);
  const { entry } = props;
  const kind = kindOf(entry.payload);
  const happened = (bodyOf(entry.payload).at as { time?: string } | undefined)?.time ?? entry.claimed;
  return (
    <li className="sr-entry" data-testid={`entry-${kind}`}>
      <div className="sr-entry-head">
        <button type="button" className="sr-entry-open" aria-expanded={open} onClick={() => setOpen(!open)}>
          <strong>{t(`kinds.${kind}`, kind)}</strong>
        </button>
        <RecordState entry={entry} />
        <Sources count={entry.sources} />
        {entry.corrected_by && (
          <a href={recordPage(entry.corrected_by)} className="sr-link">
            {t("records.corrected")}
          </a>
        )}
        {entry.on_behalf && (
          <StateChip
            state="unverified"
            title={t("records.on-behalf", { name: f.local(entry.on_behalf_name) || shortId(entry.on_behalf) })}
          />
        )}
      </div>
      <div className="sr-soft sr-entry-under">
        <time dateTime={happened} title={f.stamp(happened)}>
          {f.time(happened)}
        </time>
        {` · ${f.local(entry.party_name)}`}
        {brief(entry, f) && ` · ${brief(entry, f)}`}
      </div>
      {open && (
        <div className="sr-entry-more">
          <Said payload={entry.payload} names={props.names} />
          <a className="sr-link" href={recordPage(entry.id)} data-testid={`proof-${entry.id}`}>
            {t("records.see-proof")}
          </a>
        </div>
      )}
    </li>
  );
}

export function Timeline(props: { entries: TimelineEntry[]; names: Names }) {
  return (
    <ol className="sr-timeline" data-testid="timeline">
      {[...props.entries].reverse().map((entry) => (
        <Entry key={entry.id} entry={entry} names={props.names} />
      ))}
    </ol>
  );
}
