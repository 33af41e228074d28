// A shipment: its route planned and real, the map, who held it, what is in it, what went wrong.

import { useTranslation } from "react-i18next";
import type { ExceptionView, Package, ShipmentView } from "../../api/generated";
import { Banner, Facts, PageHead, Section } from "../../components/Blocks";
import { Actions } from "../../shared/Actions";
import { useFormats } from "../../shared/format";
import type { DetailProps } from "../../shared/Opened";
import { Recalls } from "../../shared/Recalls";
import { recordPage, to } from "../../shared/route";
import { type Names, SubjectLink, WhoName } from "../../shared/Said";
import { isLate, StateChip } from "../../shared/State";
import { Timeline } from "../../shared/Timeline";
import { Custody } from "./Custody";
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

function Packages(props: { of: Package[]; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (!props.of.length) return <p className="sr-soft">{t("shipments.no-packages")}</p>;
  return (
    <ul className="sr-plain">
      {props.of.map((one) => (
        <li key={one.mark} className="sr-package">
          <strong>{one.mark}</strong>
          <span className="sr-soft">{t(`values.package.${one.kind}`, one.kind)}</span>
          <span>
            {one.contents.map((c, n) => (
              <span key={c.subject}>
                {n > 0 && ", "}
                <SubjectLink id={c.subject} names={props.names} />{" "}
                <span className="sr-num">{f.quantity(c.quantity)}</span>
              </span>
            ))}
          </span>
          <span className="sr-num sr-right">{one.gross_grams !== undefined && f.mass(one.gross_grams)}</span>
        </li>
      ))}
    </ul>
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
        [t("fields.due"), f.time(view.due)],
        [t("fields.expected"), f.time(view.expected)],
        [t("fields.consignor"), <WhoName key="c" who={view.consignor} names={names} />],
        [t("fields.consignee"), <WhoName key="e" who={view.consignee} names={names} />],
        [t("fields.container"), view.container],
        [t("fields.tracking"), view.tracking],
      ]}
    />
  );
}

export function ShipmentDetail(props: DetailProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const { detail } = props;
  const { view, names, row } = detail;
  if (view.type !== "shipment") return null;
  const first = view.legs[0];
  const last = view.legs[view.legs.length - 1];
  const title = first && last ? `${first.from.name} → ${last.to.name}` : f.local(row.name);
  return (
    <div className="sr-detail" data-testid={`detail-${row.subject}`}>
      <PageHead title={title} under={`${t("types.shipment")} ${row.number}`} />
      <div className="sr-line sr-detail-states">
        <StateChip state={view.stage} />
        {isLate(row) && <StateChip state="late" />}
        {view.exceptions.length > 0 && <StateChip state="exception" />}
      </div>
      <Actions detail={detail} />
      <div className="sr-detail-top">
        <Recalls own={[]} inherited={detail.inherited_recalls} names={names} />
        <Exceptions of={view.exceptions} />
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
        <Timeline entries={detail.timeline} names={names} />
      </Section>
    </div>
  );
}
