// A product, a lot or a piece: what it is, where it comes from, what was said about it.

import { useTranslation } from "react-i18next";
import type { Detail, InspectionView, LotView, ProductView, Row, SerialView } from "../../api/generated";
import { Facts, PageHead, Section } from "../../components/Blocks";
import { Actions } from "../../shared/Actions";
import { useFormats } from "../../shared/format";
import type { DetailProps } from "../../shared/Opened";
import { Recalls } from "../../shared/Recalls";
import { recordPage } from "../../shared/route";
import { type Names, SubjectLink, WhoName } from "../../shared/Said";
import { RowStates, StateChip } from "../../shared/State";
import { Timeline } from "../../shared/Timeline";
import { TraceView } from "./Trace";

function Inspections(props: { of: InspectionView[]; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (!props.of.length) return null;
  return (
    <Section title={t("goods.inspections")}>
      <ul className="sr-plain">
        {props.of.map((one) => (
          <li key={one.record} className="sr-inspection">
            <StateChip state={one.outcome} />
            <div>
              <a className="sr-link" href={recordPage(one.record)}>
                {one.certificate
                  ? `${one.certificate.standard} ${one.certificate.number}`
                  : t("kinds.supply-chain.inspected")}
              </a>
              <div className="sr-soft">
                {f.when(one.at)} {one.inspector && <WhoName who={one.inspector} names={props.names} />}{" "}
                {one.certificate?.issuer}
                {one.certificate && ` · ${t("goods.valid-until", { day: f.day(one.certificate.valid_until) })}`}
              </div>
              {one.note && <p className="sr-tight">{one.note}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ProductFacts(props: { view: ProductView; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { view } = props;
  return (
    <Facts
      of={[
        [t("fields.number"), view.number],
        [t("fields.gtin"), view.gtin],
        [t("fields.unit"), t(`units.${view.unit}`)],
        [t("fields.net_grams"), view.net_grams === null ? null : f.mass(view.net_grams)],
        [t("fields.hs"), view.hs && `${view.hs.slice(0, 4)}.${view.hs.slice(4)}`],
        [t("fields.description"), f.local(view.description)],
        [t("columns.owner"), <SubjectLink key="o" id={view.owner} names={props.names} />],
      ]}
    />
  );
}

/** Where goods are that went with a shipment. */
function useNow(row: Row): string | null {
  const f = useFormats();
  return row.shipment && f.own(f.local(row.place));
}

function LotFacts(props: { view: LotView; row: Row; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { view, row, names } = props;
  const now = useNow(row);
  return (
    <Facts
      of={[
        [t("goods.left"), <strong key="l">{f.quantity(view.left)}</strong>],
        [t("goods.made"), f.quantity(view.made)],
        [t("fields.product"), <SubjectLink key="p" id={view.product} names={names} />],
        [t("fields.origin"), view.origin && `${f.country(view.origin)} (${view.origin})`],
        [t("goods.now"), now],
        [t("goods.went-with"), row.shipment && <SubjectLink key="s" id={row.shipment} names={names} />],
        [t("goods.made-at"), f.place(view.place)],
        [
          t("goods.made-on"),
          <time key="t" title={view.at.time}>
            {f.when(view.at)}
          </time>,
        ],
        [t("columns.owner"), <SubjectLink key="o" id={view.owner} names={names} />],
        [t("fields.maker"), view.maker && <WhoName who={view.maker} names={names} />],
        [t("goods.pieces"), view.items > 0 && f.number(view.items)],
        [t("fields.difference"), view.difference],
      ]}
    />
  );
}

function PieceFacts(props: { view: SerialView; row: Row; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { view, row, names } = props;
  const now = useNow(row);
  return (
    <Facts
      of={[
        [t("fields.serial"), view.serial],
        [t("columns.code"), view.code],
        [t("fields.product"), <SubjectLink key="p" id={view.product} names={names} />],
        [t("fields.lot"), <SubjectLink key="l" id={view.lot} names={names} />],
        [t("goods.now"), now],
        [t("fields.shipment"), view.shipment && <SubjectLink key="s" id={view.shipment} names={names} />],
        [t("goods.made-at"), f.place(view.place)],
        [t("goods.made-on"), f.when(view.at)],
        [t("columns.owner"), <SubjectLink key="o" id={view.owner} names={names} />],
      ]}
    />
  );
}

function FactsOf(props: { detail: Detail }) {
  const { view, row, names } = props.detail;
  if (view.type === "product") return <ProductFacts view={view} names={names} />;
  if (view.type === "lot") return <LotFacts view={view} row={row} names={names} />;
  if (view.type === "item") return <PieceFacts view={view} row={row} names={names} />;
  return null;
}

export function GoodsDetail(props: DetailProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const { detail } = props;
  const { view, names, row } = detail;
  if (view.type !== "product" && view.type !== "lot" && view.type !== "item") return null;
  const copied = view.type === "item" && view.claims > 1;
  return (
    <div className="sr-detail" data-testid={`detail-${row.subject}`}>
      <PageHead title={f.local(row.name) || row.number} under={`${t(`types.${view.type}`)} ${row.number}`} />
      <div className="sr-line sr-detail-states">
        <RowStates row={row} />
      </div>
      <Actions detail={detail} />
      <div className="sr-detail-top">
        <Recalls own={view.recalls} inherited={detail.inherited_recalls} names={names} />
        {copied && (
          <p className="sr-warn" role="status">
            {t("goods.copied", { count: view.claims })}
          </p>
        )}
        {view.type === "lot" && view.single_sourced && (
          <p className="sr-soft sr-tight">{t("goods.single-sourced-why")}</p>
        )}
        <FactsOf detail={detail} />
      </div>
      <Inspections of={view.inspections} names={names} />
      {view.type !== "product" && <TraceView subject={row.subject} full={props.full} />}
      <Section title={t("records.timeline")}>
        <Timeline entries={detail.timeline} names={names} />
      </Section>
    </div>
  );
}
