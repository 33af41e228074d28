// The one language of states: word, icon, colour.

import {
  type Icon,
  IconAlertTriangle,
  IconArrowNarrowRight,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconFlag,
  IconMapPin,
  IconPackage,
  IconPencil,
  IconRosetteDiscountCheck,
  IconSignature,
  IconUsers,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Row, TimelineEntry } from "../api/generated";
import { Chip, Rings, type Tone } from "../components/Chip";
import { useFormats } from "./format";

const LOOKS: Record<string, [Tone, Icon]> = {
  draft: ["draft", IconPencil],
  signed: ["signed", IconSignature],
  agreed: ["agreed", IconUsers],
  confirmed: ["confirmed", IconCircleCheck],
  refused: ["refused", IconCircleX],
  late: ["late", IconClock],
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
};

export function StateChip(props: { state: string; title?: string; id?: string }) {
  const { t } = useTranslation();
  const [tone, icon] = LOOKS[props.state] ?? ["draft", IconCircleDashed];
  return (
    <Chip tone={tone} icon={icon} title={props.title} id={props.id ?? `state-${props.state}`}>
      {t(`states.${props.state}`, props.state)}
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
    t("records.claimed", { time: entry.claimed }),
    entry.witnessed && t("records.witnessed", { time: entry.witnessed, height: entry.height }),
  ];
  return <StateChip state={entry.status} title={lines.filter(Boolean).join("\n")} />;
}

/** Single ring: one party states it. Linked rings: two or more do. */
export function Sources(props: { count: number }) {
  const { t } = useTranslation();
  const linked = props.count > 1;
  return (
    <Rings linked={linked} title={t(linked ? "records.sources-many" : "records.sources-one", { count: props.count })} />
  );
}

/** Past what was promised and not there. */
export function isLate(row: Row): boolean {
  return (
    row.type === "shipment" &&
    row.status !== "delivered" &&
    row.due !== null &&
    new Date(row.due).getTime() < Date.now()
  );
}
