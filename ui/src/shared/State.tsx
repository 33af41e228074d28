// The one language of states: word, icon, colour.

import {
  type Icon,
  IconAlertTriangle,
  IconArrowNarrowRight,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleFilled,
  IconCircleX,
  IconClock,
  IconDownload,
  IconFlag,
  IconKey,
  IconMapPin,
  IconPackage,
  IconPencil,
  IconPlugConnectedX,
  IconRosetteDiscountCheck,
  IconSend,
  IconSignature,
  IconUsers,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Row, TimelineEntry } from "../api/generated";
import { Chip, Rings, type Tone } from "../components/Chip";
import { present } from "./clock";
import { useFormats } from "./format";

const LOOKS: Record<string, [Tone, Icon]> = {
  draft: ["draft", IconPencil],
  signed: ["signed", IconSignature],
  shared: ["signed", IconSend],
  received: ["signed", IconDownload],
  agreed: ["agreed", IconUsers],
  confirmed: ["confirmed", IconCircleCheck],
  refused: ["refused", IconCircleX],
  late: ["late", IconClock],
  "will-be-late": ["late", IconClock],
  "in-use": ["agreed", IconKey],
  "own-key": ["signed", IconKey],
  "no-key": ["unverified", IconCircleDashed],
  exception: ["late", IconAlertTriangle],
  unverified: ["unverified", IconCircleDashed],
  "single-sourced": ["unverified", IconCircleDashed],
  recalled: ["refused", IconAlertTriangle],
  ok: ["confirmed", IconCircleCheck],
  planned: ["draft", IconFlag],
  packed: ["signed", IconPackage],
  "under-way": ["agreed", IconArrowNarrowRight],
  "at-place": ["agreed", IconMapPin],
  delivered: ["confirmed", IconCircleCheck],
  passed: ["confirmed", IconRosetteDiscountCheck],
  failed: ["refused", IconCircleX],
  conditional: ["late", IconAlertTriangle],
  proposed: ["draft", IconUsers],
  admitted: ["confirmed", IconUsers],
  suspended: ["refused", IconUsers],
  revoked: ["refused", IconCircleX],
  "in-force": ["confirmed", IconKey],
  expiring: ["late", IconClock],
  expired: ["unverified", IconClock],
  "kit-tried": ["confirmed", IconCircleCheck],
  "kit-untried": ["late", IconAlertTriangle],
  suspected: ["late", IconAlertTriangle],
  agrees: ["agreed", IconCircleFilled],
  silent: ["unverified", IconCircle],
  heard: ["confirmed", IconCircleCheck],
  "not-heard": ["unverified", IconCircleDashed],
  unreached: ["late", IconPlugConnectedX],
  slowed: ["late", IconClock],
  dropped: ["refused", IconCircleX],
  "double-voted": ["refused", IconAlertTriangle],
};

export function StateChip(props: { state: string; title?: string; id?: string; place?: string }) {
  const { t } = useTranslation();
  const [tone, icon] = LOOKS[props.state] ?? ["draft", IconCircleDashed];
  return (
    <Chip tone={tone} icon={icon} title={props.title} id={props.id ?? `state-${props.state}`}>
      {props.place ? t(`states-at.${props.state}`, { place: props.place }) : t(`states.${props.state}`, props.state)}
    </Chip>
  );
}

/** How far a record is, and on hover: by whom, when claimed, when witnessed, at which block. */
export function RecordState(props: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { entry } = props;
  const lines = [
    t("records.by", { name: f.local(entry.party_name) }),
    t("records.claimed", { time: f.stamp(entry.claimed) }),
    entry.witnessed && t("records.witnessed", { time: f.stamp(entry.witnessed), height: f.number(entry.height ?? 0) }),
  ];
  return <StateChip state={entry.status} title={lines.filter(Boolean).join("\n")} />;
}

/** Single ring: one party states it. Linked rings: two or more do. Said in words too. */
export function Sources(props: { count: number }) {
  const { t } = useTranslation();
  const linked = props.count > 1;
  const long = t(linked ? "records.sources-many" : "records.sources-one", { count: props.count });
  return (
    <span className="sr-sources" title={long}>
      <Rings linked={linked} />
      {linked ? t("records.said-by-many", { count: props.count }) : t("records.said-by-one")}
    </span>
  );
}

/** How a shipment stands beside what was promised: late, going to be late, or neither. */
export function lateness(row: Row): "late" | "will-be-late" | null {
  if (row.type !== "shipment" || row.status === "delivered" || row.due === null) return null;
  const due = new Date(row.due).getTime();
  if (due < present().getTime()) return "late";
  return row.expected !== null && new Date(row.expected).getTime() > due ? "will-be-late" : null;
}

/** Everything that is to be said about a row in chips; in brief the state and the gravest besides. */
export function RowStates(props: { row: Row; brief?: boolean }) {
  const f = useFormats();
  const { row } = props;
  if (row.type === "party" || row.type === "partner")
    return <StateChip state={row.type === "party" ? "own-key" : "no-key"} />;
  const late = lateness(row);
  const recalled = row.type === "shipment" && row.recalled;
  const besides = [
    recalled && "recalled",
    row.single_sourced && row.status !== "single-sourced" && "single-sourced",
    late,
    row.exceptions > 0 && "exception",
  ].filter((state): state is string => !!state);
  const alone = besides.length === 0 && !props.brief && row.status === "at-place";
  return (
    <>
      <StateChip state={row.status} place={alone ? f.own(f.local(row.place)) : undefined} />
      {(props.brief ? besides.slice(0, 1) : besides).map((state) => (
        <StateChip key={state} state={state} />
      ))}
    </>
  );
}
