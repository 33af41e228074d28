// A shipment: its route planned and real, the map, who held it, what is in it, what went wrong.

import { useTranslation } from "react-i18next";
import type { ExceptionView, MovementView, ShipmentView } from "../../api/generated";
import { Banner, Facts, PageHead, Section } from "../../components/Blocks";
import { Actions } from "../../shared/Actions";
import { idOf, useFormats } from "../../shared/format";
import type { DetailProps } from "../../shared/Opened";
import { Recalls } from "../../shared/Recalls";
import { recordPage, to } from "../../shared/route";
import { type Names, WhoName } from "../../shared/Said";
import { lateness, StateChip } from "../../shared/State";
import { samePlace } from "../../shared/stops";
import { Timeline } from "../../shared/Timeline";
import { Custody } from "./Custody";
import { Packages } from "./Packages";
import { RouteMap, RouteStrip } from "./Route";

function Exceptions(props: { of: ExceptionView[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <>
      {props.of.map((one) => (
        <Banner key={one.record} tone="late" id="exception-banner" title={t(`values.code.${one.code}`)}>
          {one.note}
          <div>
            {one.packages.length > 0 && `${one.packages.join(", ")} · `}
            {f.when(one.at)}{" "}
            <a className="sr-link" href={recordPage(one.record)}>
              {t("records.see-proof")}
            </a>
          </div>
        </Banner>
      ))}
    </>
  );
}

/** The promise is compared in whole days, within a day in whole hours. */
const HOUR = 3_600_000;

function Delivered(props: { move: MovementView; due: string | null }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { move, due } = props;
  const hours = due === null ? null : (new Date(due).getTime() - new Date(move.at.time).getTime()) / HOUR;
  const apart = Math.floor(Math.abs(hours ?? 0));
  const side = (hours ?? 0) < 0 ? "late" : "early";
  const [unit, count] = apart < 24 ? ["hours", apart] : ["days", Math.floor(apart / 24)];
  const beside = apart === 0 ? t("shipments.on-time") : t(`shipments.${side}-${unit}`, { count });
  return (
    <p className="sr-tight" data-testid="delivered-line">
      <strong>{t("shipments.delivered", { when: f.when(move.at), place: f.town(move.place) })}</strong>
      {hours !== null && ` · ${beside}`}
    </p>
  );
}

/** What nobody resolved before the goods came: told, but no alarm. */
function Unresolved(props: { of: ExceptionView[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <>
      {props.of.map((one) => (
        <p key={one.record} className="sr-soft sr-tight" data-testid="exception-unresolved">
          {t("shipments.unresolved", { what: t(`values.code.${one.code}`) })} · {f.when(one.at)}{" "}
          <a className="sr-link" href={recordPage(one.record)}>
            {t("records.see-proof")}
          </a>
        </p>
      ))}
    </>
  );
}

function ShipmentFacts(props: { view: ShipmentView; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { view, names } = props;
  return (
    <Facts
      of={[
        [t("shipments.holder"), <WhoName key="h" who={view.holder} names={names} />],
        [t("fields.due"), f.zoned(view.due)],
        [t("fields.expected"), f.zoned(view.expected)],
        [t("fields.consignor"), <WhoName key="c" who={view.consignor} names={names} />],
        [t("fields.consignee"), <WhoName key="e" who={view.consignee} names={names} />],
        [t("fields.container"), view.container],
        [t("fields.tracking"), view.tracking],
      ]}
    />
  );
}

/** At its last stop the goods change hands; nothing else usually comes next. */
function nextOf(view: ShipmentView): string | null {
  const last = view.legs[view.legs.length - 1]?.to;
  const move = view.movements[view.movements.length - 1];
  if (!last || move?.event !== "arrived" || !samePlace(last, move.place)) return null;
  return idOf(view.holder) === idOf(view.consignee) ? "logistics.delivered" : "logistics.handover-offered";
}

export function ShipmentDetail(props: DetailProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const { detail } = props;
  const { view, names, row } = detail;
  if (view.type !== "shipment") return null;
  const first = view.legs[0];
  const last = view.legs[view.legs.length - 1];
  const late = lateness(row);
  const delivered = view.movements.find((move) => move.event === "delivered");
  const newest = view.movements[view.movements.length - 1];
  const standsAt = view.stage === "at-place" && newest ? f.town(newest.place) : undefined;
  const recalled = row.recalled || detail.inherited_recalls.length > 0;
  const open = view.custody.filter((link) => link.single_sourced).map((link) => link.record);
  const awaited = view.offer ? [...open, view.offer.record] : open;
  const title = first && last ? `${f.town(first.from)} → ${f.town(last.to)}` : f.local(row.name);
  return (
    <div className="sr-detail" data-testid={`detail-${row.subject}`}>
      <PageHead title={title} under={`${t("types.shipment")} ${row.number}`} />
      <div className="sr-line sr-detail-states">
        <StateChip state={view.stage} place={standsAt} />
        {recalled && <StateChip state="recalled" />}
        {late && <StateChip state={late} />}
        {view.exceptions.length > 0 && !delivered && <StateChip state="exception" />}
      </div>
      <Actions detail={detail} next={nextOf(view)} />
      <div className="sr-detail-top">
        <Recalls own={[]} inherited={detail.inherited_recalls} names={names} />
        {delivered && <Delivered move={delivered} due={view.due} />}
        {delivered ? <Unresolved of={view.exceptions} /> : <Exceptions of={view.exceptions} />}
        <ShipmentFacts view={view} names={names} />
      </div>
      <Section title={t("shipments.route")} id="route">
        <RouteStrip view={view} />
        <RouteMap view={view} />
      </Section>
      <Section title={t("shipments.custody")} id="custody">
        <Custody view={view} names={names} />
      </Section>
      <Section
        title={t("shipments.packages", { count: view.packages.length })}
        id="packages"
        aside={
          view.packages.length > 0 && (
            <a className="sr-link" href={to(["scan"], { shipment: view.subject })} data-testid="count-packages">
              {t("shipments.scan")}
            </a>
          )
        }
      >
        <Packages of={view.packages} names={names} />
      </Section>
      <Section title={t("records.timeline")}>
        <Timeline entries={detail.timeline} names={names} awaited={awaited} />
      </Section>
    </div>
  );
}
