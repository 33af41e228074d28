// Which page an address means. The only place that knows every feature.

import { Button } from "@mantine/core";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Detail, Settings } from "../api/generated";
import { useCall } from "../api/hooks";
import { Empty, Shape } from "../components/Blocks";
import { HomePage } from "../features/home/Page";
import { forms as shipmentForms } from "../features/logistics/forms";
import { forms as networkForms } from "../features/network/forms";
import { forms as partyForms } from "../features/parties/forms";
import { forms as goodsForms } from "../features/supply-chain/forms";
import { Opened } from "../shared/Opened";
import { Problem } from "../shared/Problem";
import { go, type Route, useRoute } from "../shared/route";
import { FormsContext } from "../shared/Said";
import { LockedForm, ToSign } from "../shared/Unlock";

// Home is there at once. Every other page is loaded when it is first opened: a window holds what it has shown.
const ImportPage = lazy(async () => ({ default: (await import("../features/import/Page")).ImportPage }));
const KeysPage = lazy(async () => ({ default: (await import("../features/keys/Page")).KeysPage }));
const LedgerPage = lazy(async () => ({ default: (await import("../features/ledger/Page")).LedgerPage }));
const RecordPage = lazy(async () => ({ default: (await import("../features/ledger/RecordPage")).RecordPage }));
const ShipmentDetail = lazy(async () => ({ default: (await import("../features/logistics/Detail")).ShipmentDetail }));
const ShipmentsPage = lazy(async () => ({ default: (await import("../features/logistics/Page")).ShipmentsPage }));
const DesksPage = lazy(async () => ({ default: (await import("../features/network/Desks")).DesksPage }));
const NetworkPage = lazy(async () => ({ default: (await import("../features/network/Page")).NetworkPage }));
const ScanPage = lazy(async () => ({ default: (await import("../features/scan/Page")).ScanPage }));
const SettingsPage = lazy(async () => ({ default: (await import("../features/settings/Page")).SettingsPage }));
const GoodsDetail = lazy(async () => ({ default: (await import("../features/supply-chain/Detail")).GoodsDetail }));
const EventDetail = lazy(async () => ({ default: (await import("../features/supply-chain/EventDetail")).EventDetail }));
const GoodsPage = lazy(async () => ({ default: (await import("../features/supply-chain/Page")).GoodsPage }));
const VerifyPage = lazy(async () => ({ default: (await import("../features/verify/Page")).VerifyPage }));
const FormPage = lazy(async () => ({ default: (await import("../shared/form/FormPage")).FormPage }));
const PartiesPage = lazy(async () => ({ default: (await import("../features/parties/Page")).PartiesPage }));
const PartyDetail = lazy(async () => ({ default: (await import("../features/parties/Page")).PartyDetail }));

export const FORMS = [...goodsForms, ...shipmentForms, ...partyForms, ...networkForms];

function NoSuchPage() {
  const { t } = useTranslation();
  return <Empty more={<Button onClick={() => go([])}>{t("nav.home")}</Button>}>{t("common.no-page")}</Empty>;
}

function AnyDetail(props: { detail: Detail }) {
  const { type } = props.detail.view;
  if (type === "shipment") return <ShipmentDetail detail={props.detail} full />;
  if (type === "party" || type === "partner") return <PartyDetail detail={props.detail} full />;
  if (type === "event") return <EventDetail detail={props.detail} full />;
  return <GoodsDetail detail={props.detail} full />;
}

function DraftPage(props: { id: string }) {
  const { t } = useTranslation();
  const drafts = useCall({ call: "drafts" });
  // The draft changes while it is being typed; the form starts from what it was when the page was opened.
  const opened = useRef<{ id: string; kind: string; form: unknown } | null>(null);
  if (drafts.isError) return <Problem error={drafts.error} again={() => drafts.refetch()} />;
  if (!drafts.data) return <Shape label={t("common.loading")} />;
  if (opened.current?.id !== props.id) opened.current = drafts.data.find((d) => d.id === props.id) ?? null;
  const draft = opened.current;
  const form = FORMS.find((f) => f.kind === draft?.kind);
  if (!draft || !form)
    return <Empty more={<Button onClick={() => go([])}>{t("nav.home")}</Button>}>{t("forms.no-draft")}</Empty>;
  return <FormPage key={draft.id} form={form} about={null} draft={draft.id} kept={draft.form} />;
}

function FormFor(props: { kind: string; query: URLSearchParams }) {
  const { query } = props;
  // A draft that stands in the address from the beginning is read back: the page was loaded again, or come back to.
  const [opened] = useState(query.get("draft"));
  const form = FORMS.find((f) => f.kind === props.kind);
  if (!form) return <NoSuchPage />;
  if (opened) return <DraftPage id={opened} />;
  return (
    <FormPage
      form={form}
      about={query.get("about")}
      draft={null}
      kept={null}
      said={query.get("said")}
      again={query.get("again")}
      back={query.get("back")}
    />
  );
}

/** Another number whenever another form is opened; that the open one gets the id of its draft is no other form. */
function useTurn(form: string, draft: string | null): number {
  const seen = useRef({ form, draft, turn: 0 });
  const was = seen.current;
  const other = was.form !== form || (was.draft !== null && was.draft !== draft);
  if (other || was.draft !== draft) seen.current = { form, draft, turn: was.turn + (other ? 1 : 0) };
  return seen.current.turn;
}

interface PagesProps {
  settings: Settings;
  onSettings(settings: Settings): void;
}

export function Pages(props: PagesProps) {
  return (
    <FormsContext.Provider value={FORMS}>
      <OnePage {...props} />
    </FormsContext.Provider>
  );
}

/** A new page begins at its top, whether it scrolls in the frame or, in a small window, with it. */
function useTop(address: string): void {
  useEffect(() => {
    if (address === undefined) return;
    document.getElementById("page")?.scrollTo?.(0, 0);
    document.documentElement.scrollTop = 0;
  }, [address]);
}

function OnePage(props: PagesProps) {
  const { parts, query } = useRoute();
  const address = parts.join("/");
  const turn = useTurn(`${address} ${query.get("about")}`, query.get("draft"));
  useTop(address);
  // Nothing stands there while a page is loaded from this machine: a sign that it waits would only flicker.
  return (
    <Suspense key={parts[0]} fallback={null}>
      <PageAt {...props} parts={parts} query={query} turn={turn} />
    </Suspense>
  );
}

function PageAt(props: PagesProps & Route & { turn: number }) {
  const { query, turn } = props;
  const [page = "", id = ""] = props.parts;
  switch (page) {
    case "":
      return <HomePage />;
    case "goods":
      return <GoodsPage tab={id} />;
    case "shipments":
      return <ShipmentsPage />;
    case "parties":
      return <PartiesPage />;
    case "verify":
      return <VerifyPage code={query.get("code")} />;
    case "ledger":
      return <LedgerPage />;
    case "network":
      return id === "desks" ? <DesksPage at={query.get("at")} /> : <NetworkPage />;
    case "record":
      return <RecordPage id={id} />;
    case "keys":
      return <KeysPage tab={id} />;
    case "settings":
      return <SettingsPage settings={props.settings} onChange={props.onSettings} />;
    case "import":
      return <ImportPage />;
    case "scan":
      return (
        <ScanPage
          key={query.get("code") ?? ""}
          first={query.get("code")}
          shipment={query.get("shipment")}
          sounds={props.settings.sounds}
        />
      );
    case "form":
      return (
        <div className="sr-page sr-page-narrow">
          <ToSign instead={<LockedForm />}>
            <FormFor key={turn} kind={id} query={query} />
          </ToSign>
        </div>
      );
    case "draft":
      return (
        <div className="sr-page sr-page-narrow">
          <ToSign instead={<LockedForm />}>
            <DraftPage id={id} />
          </ToSign>
        </div>
      );
    case "subject":
      return (
        <div className="sr-page sr-page-wide">
          <Opened subject={id}>{(detail) => <AnyDetail detail={detail} />}</Opened>
        </div>
      );
    default:
      return <NoSuchPage />;
  }
}
