// Which page an address means. The only place that knows every feature.

import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Detail, Settings } from "../api/generated";
import { useCall } from "../api/hooks";
import { Empty, Shape } from "../components/Blocks";
import { HomePage } from "../features/home/Page";
import { ImportPage } from "../features/import/Page";
import { KeysPage } from "../features/keys/Page";
import { LedgerPage } from "../features/ledger/Page";
import { RecordPage } from "../features/ledger/RecordPage";
import { ShipmentDetail } from "../features/logistics/Detail";
import { forms as shipmentForms } from "../features/logistics/forms";
import { ShipmentsPage } from "../features/logistics/Page";
import { DesksPage } from "../features/network/Desks";
import { forms as networkForms } from "../features/network/forms";
import { NetworkPage } from "../features/network/Page";
import { forms as partyForms } from "../features/parties/forms";
import { PartiesPage, PartyDetail } from "../features/parties/Page";
import { ScanPage } from "../features/scan/Page";
import { SettingsPage } from "../features/settings/Page";
import { GoodsDetail } from "../features/supply-chain/Detail";
import { EventDetail } from "../features/supply-chain/EventDetail";
import { forms as goodsForms } from "../features/supply-chain/forms";
import { GoodsPage } from "../features/supply-chain/Page";
import { VerifyPage } from "../features/verify/Page";
import { FormPage } from "../shared/form/FormPage";
import { Opened } from "../shared/Opened";
import { Problem } from "../shared/Problem";
import { go, useRoute } from "../shared/route";
import { FormsContext } from "../shared/Said";
import { LockedForm, ToSign } from "../shared/Unlock";

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
  const [page = "", id = ""] = parts;
  const address = parts.join("/");
  const turn = useTurn(`${address} ${query.get("about")}`, query.get("draft"));
  useTop(address);
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
