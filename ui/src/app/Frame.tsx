// The frame that is always there: rail left, search on top, the true line at the bottom.

import { ActionIcon, Button, Select, Tooltip, useComputedColorScheme } from "@mantine/core";
import {
  type Icon,
  IconAffiliate,
  IconBarcode,
  IconBox,
  IconHome,
  IconKeyboard,
  IconLink,
  IconSearch,
  IconSettings,
  IconShieldCheck,
  IconShip,
  IconSun,
  IconUsers,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Settings } from "../api/generated";
import { forgetParty, useAsk } from "../api/hooks";
import { Banner } from "../components/Blocks";
import { useKeys } from "../components/keys";
import { useFormats } from "../shared/format";
import { Problem } from "../shared/Problem";
import { go, to, useRoute } from "../shared/route";
import { useSession } from "../shared/session";
import { SigningStrip } from "../shared/signing";
import { LockedLine } from "../shared/Unlock";
import { Admission } from "./Admission";
import { KeyList } from "./KeyList";
import { Palette } from "./Palette";
import { StatusLine } from "./StatusLine";
import { useScanner } from "./scanner";

const NAV: Array<[string, string[], Icon]> = [
  ["home", [], IconHome],
  ["goods", ["goods", "lots"], IconBox],
  ["shipments", ["shipments"], IconShip],
  ["parties", ["parties"], IconUsers],
  ["verify", ["verify"], IconShieldCheck],
  ["ledger", ["ledger"], IconLink],
  ["network", ["network"], IconAffiliate],
  ["settings", ["settings"], IconSettings],
];

function Rail() {
  const { t } = useTranslation();
  const { parts } = useRoute();
  const here = parts[0] ?? "home";
  return (
    <nav className="sr-rail" aria-label={t("nav.label")}>
      <svg viewBox="0 0 32 32" width="30" height="30" className="sr-logo" role="img" aria-label="Sealroad">
        <circle cx="16" cy="16" r="13" />
        <path d="M9 20c4 0 3-8 7-8s3 8 7 8" />
      </svg>
      {NAV.map(([name, path, Mark]) => (
        <a
          key={name}
          href={to(path)}
          aria-current={(here === "keys" ? "settings" : here) === (path[0] ?? "home") ? "page" : undefined}
          data-testid={`nav-${name}`}
        >
          <Mark size={20} stroke={1.7} aria-hidden="true" />
          <span>{t(`nav.${name}`)}</span>
        </a>
      ))}
    </nav>
  );
}

function SampleBanner() {
  const { t } = useTranslation();
  const f = useFormats();
  const client = useQueryClient();
  const session = useSession();
  const step = useAsk<{ call: "step-into"; party: string }>((now) => forgetParty(client, now));
  const leave = useAsk<{ call: "leave-sample" }>(() => client.invalidateQueries());
  const [sure, setSure] = useState(false);
  return (
    <div className="sr-sample" data-testid="sample-banner">
      <span className="sr-sample-words">{t("sample.banner")}</span>
      <span className="sr-soft">{t("sample.act-as")}</span>
      <fieldset className="sr-shoes" aria-label={t("sample.act-as")}>
        {session.shoes.map((party, n) => (
          <button
            key={party.subject}
            type="button"
            className="sr-filter"
            aria-pressed={party.party === session.party}
            disabled={step.isPending}
            data-testid={`shoes-${n}`}
            title={party.profile.roles.map((role) => t(`values.roles.${role}`)).join(", ")}
            onClick={() => party.party && step.mutate({ call: "step-into", party: party.party })}
          >
            {f.local(party.profile.name)}
          </button>
        ))}
      </fieldset>
      {sure ? (
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          loading={leave.isPending}
          onClick={() => leave.mutate({ call: "leave-sample" })}
          data-testid="leave-sample-sure"
        >
          {t("sample.leave-sure")}
        </Button>
      ) : (
        <Button size="compact-sm" variant="subtle" onClick={() => setSure(true)} data-testid="leave-sample">
          {t("sample.leave")}
        </Button>
      )}
      {(step.error ?? leave.error) && <Problem error={step.error ?? leave.error} />}
    </div>
  );
}

function Top(props: FrameProps & { onSearch(): void; onKeys(): void }) {
  const { t } = useTranslation();
  const dark = useComputedColorScheme("light") === "dark";
  const data = ["en", "zh", "de"].map((value) => ({ value, label: t(`languages.own.${value}`) }));
  return (
    <header className="sr-top">
      <button type="button" className="sr-search-open" onClick={props.onSearch} data-testid="search-field">
        <IconSearch size={16} aria-hidden="true" />
        <span>{t("search.hint")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span className="sr-grow" />
      <Button
        component="a"
        href={to(["scan"])}
        size="xs"
        variant="default"
        leftSection={<IconBarcode size={16} />}
        data-testid="scan-mode"
      >
        {t("scan.title")}
      </Button>
      <Select
        size="xs"
        w={112}
        data={data}
        value={props.language}
        allowDeselect={false}
        aria-label={t("settings.language")}
        onChange={(v) => v && props.onLanguage(v)}
        data-testid="language-switch"
      />
      <Tooltip label={t(dark ? "settings.to-light" : "settings.to-dark")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t(dark ? "settings.to-light" : "settings.to-dark")}
          onClick={() => props.onSettings({ ...props.settings, scheme: dark ? "light" : "dark" })}
          data-testid="scheme-switch"
        >
          <IconSun size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("keys.title")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("keys.title")}
          onClick={props.onKeys}
          data-testid="keys"
        >
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

/** Why the ledger takes no new records; what can be done about it from here is a button. */
function Halted(props: { code: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ask = useAsk<{ call: "confirm-votes-lost" }>(() => client.invalidateQueries());
  return (
    <Banner tone="refused" title={t([`halted.${props.code}`, "halted.other"], { code: props.code })} id="halted">
      {props.code === "halt.votes-missing" && (
        <>
          <p className="sr-tight">{t("halted.votes-why")}</p>
          <Button
            size="xs"
            variant="default"
            loading={ask.isPending}
            onClick={() => ask.mutate({ call: "confirm-votes-lost" })}
            data-testid="confirm-votes-lost"
          >
            {t("halted.votes-confirm")}
          </Button>
        </>
      )}
      {ask.isError && <Problem error={ask.error} />}
    </Banner>
  );
}

/** What was scanned while a form was open. */
function Heard(props: { text: string; onLook(): void; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <div className="sr-strip" role="status" data-testid="heard">
      <span>{t("scan.heard", { text: props.text })}</span>
      <Button size="xs" variant="default" onClick={props.onLook} data-testid="heard-look">
        {t("scan.look")}
      </Button>
      <Button size="xs" variant="subtle" onClick={props.onClose}>
        {t("common.close")}
      </Button>
    </div>
  );
}

export interface FrameProps {
  language: string;
  onLanguage(language: string): void;
  settings: Settings;
  onSettings(settings: Settings): void;
}

export function Frame(props: FrameProps & { children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  const [searching, setSearching] = useState(false);
  const [listing, setListing] = useState(false);
  useKeys({ "ctrl+k": () => setSearching(true), "?": () => setListing(true) });
  const { parts } = useRoute();
  const [heard, setHeard] = useState<string | null>(null);
  // Whoever fills in or reviews a form is not taken away from it by a scan.
  const busy = parts[0] === "form" || parts[0] === "draft";
  const page = parts.slice(0, 2).join("/");
  useEffect(() => {
    // What was scanned on one form is no news on the next.
    if (page !== undefined) setHeard(null);
  }, [page]);
  const look = (text: string) => go(["scan"], { code: text });
  useScanner((text) => (busy ? setHeard(text) : look(text)), !searching);
  return (
    <div className="sr-frame" data-testid="app">
      <button type="button" className="sr-skip" onClick={() => document.getElementById("page")?.focus()}>
        {t("nav.skip")}
      </button>
      <Rail />
      <div className="sr-middle">
        <Top {...props} onSearch={() => setSearching(true)} onKeys={() => setListing(true)} />
        {session.sample && <SampleBanner />}
        <LockedLine />
        <Admission />
        {session.halted && <Halted code={session.halted} />}
        <main id="page" className="sr-main" tabIndex={-1}>
          {props.children}
        </main>
        {heard && busy && <Heard text={heard} onLook={() => look(heard)} onClose={() => setHeard(null)} />}
        <SigningStrip />
      </div>
      <StatusLine />
      <Palette
        open={searching}
        onClose={() => setSearching(false)}
        language={props.language}
        settings={props.settings}
        onSettings={props.onSettings}
      />
      <KeyList open={listing} onClose={() => setListing(false)} />
    </div>
  );
}
