// What was said about something, newest first: each line opens to what the record says, and leads to its proof.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place, TimelineEntry, When } from "../api/generated";
import { clockGap } from "./clock";
import { shortId, useFormats } from "./format";
import { bodyOf, kindOf } from "./payload";
import { recordPage } from "./route";
import { type Names, Said } from "./Said";
import { RecordState, Sources, StateChip } from "./State";

function brief(entry: TimelineEntry, f: ReturnType<typeof useFormats>): string {
  const body = bodyOf(entry.payload) as Record<string, never>;
  const place = body.place as Place | undefined;
  const quantity = body.quantity as { value: number; scale: number; unit: "KGM" } | undefined;
  const note = (body.note ?? body.remark) as string | undefined;
  return [place?.name && f.town(place), quantity && f.quantity(quantity), typeof note === "string" ? note : null]
    .filter(Boolean)
    .join(" · ");
}

/** Says so where the author's clock and the validators' are far apart: only one of the two is the author's own word. */
export function ClockGap(props: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const gap = clockGap(props.entry);
  if (!gap) return null;
  return (
    <div className="sr-soft sr-entry-under" data-testid="clock-gap">
      {t(gap.ahead ? "records.clock-ahead" : "records.clock-behind", { count: gap.days })}
    </div>
  );
}

function Entry(props: { entry: TimelineEntry; names: Names; awaited: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [open, setOpen] = useState(false);
  const { entry } = props;
  const kind = kindOf(entry.payload);
  const at = bodyOf(entry.payload).at as When | undefined;
  const happened = at?.time ?? entry.claimed;
  const silent = f.local(entry.on_behalf_name) || (entry.on_behalf && shortId(entry.on_behalf));
  return (
    <li className="sr-entry" data-testid={`entry-${kind}`}>
      <div className="sr-entry-head">
        <button type="button" className="sr-entry-open" aria-expanded={open} onClick={() => setOpen(!open)}>
          <strong>{t(`kinds.${kind}`, kind)}</strong>
        </button>
        <RecordState entry={entry} />
        {entry.suspected && <StateChip state="suspected" title={t("records.suspected")} />}
        {entry.sources > 1 && <Sources count={entry.sources} />}
        {props.awaited && (
          <StateChip
            state="single-sourced"
            title={silent ? t("records.on-behalf", { name: silent }) : t("records.sources-one")}
          />
        )}
        {entry.corrected_by && (
          <a href={recordPage(entry.corrected_by)} className="sr-link">
            {t("records.corrected")}
          </a>
        )}
      </div>
      <div className="sr-soft sr-entry-under">
        <time dateTime={happened} title={f.stamp(happened)}>
          {at ? f.when(at) : f.zoned(happened)}
        </time>
        {` · ${f.local(entry.party_name)}`}
        {brief(entry, f) && ` · ${brief(entry, f)}`}
      </div>
      <ClockGap entry={entry} />
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

/** Said for somebody who has not confirmed it. What a firm says of its own is not awaited from anybody. */
export const awaitsWord = (entry: TimelineEntry): boolean => entry.on_behalf !== null && entry.sources < 2;

export function Timeline(props: { entries: TimelineEntry[]; names: Names; awaited?: readonly string[] }) {
  return (
    <ol className="sr-timeline" data-testid="timeline">
      {[...props.entries].reverse().map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          names={props.names}
          awaited={props.awaited ? props.awaited.includes(entry.id) : awaitsWord(entry)}
        />
      ))}
    </ol>
  );
}
