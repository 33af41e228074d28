// What can be done from the search field: each only where it is allowed now, found by its words in all our languages.

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Call, Settings } from "../api/generated";
import { useAsk, useCall } from "../api/hooks";
import { saveFile } from "../components/FileDrop";
import { formPage } from "../shared/form/open";
import { useFormats } from "../shared/format";
import { isShared } from "../shared/network";
import { to, useRoute } from "../shared/route";
import { useSession } from "../shared/session";
import { i18next, LANGUAGES } from "./i18n";

export interface Command {
  key: string;
  title: string;
  page: boolean;
  /** The words by which it is found, as keys of our word lists. */
  words: string[];
  /** Where it leads. */
  href?: string;
  /** What it does here; the palette stays open for its answer if `stays`. */
  run?: () => void;
  stays?: boolean;
}

const PAGES: Array<[string, string[]]> = [
  ["home", []],
  ["goods", ["goods", "lots"]],
  ["shipments", ["shipments"]],
  ["parties", ["parties"]],
  ["verify", ["verify"]],
  ["ledger", ["ledger"]],
  ["network", ["network"]],
  ["settings", ["settings"]],
];

/** Forms that need nothing to start from. */
const NEW = [
  "supply-chain.product-defined",
  "supply-chain.lot-made",
  "supply-chain.serial-made",
  "logistics.shipment-planned",
  "parties.partner-named",
  "supply-chain.processed",
  "supply-chain.inspected",
  "supply-chain.recalled",
];

/** What only operators of validators can say. */
const OPERATOR = ["alliance.member-voted", "alliance.validators-proposed"];

const IDEOGRAPH = /[\u3400-\u9fff]/;

/** The words of one key in every language, in small letters. */
function everyLanguage(key: string): string[] {
  return Object.keys(LANGUAGES).map((language) => i18next.getFixedT(language)(key, "").toLowerCase());
}

/** Whether each asked word begins a word of the command; Chinese is written without spaces and is found anywhere. */
export function fits(command: Pick<Command, "words">, asked: string): boolean {
  const texts = command.words.flatMap(everyLanguage);
  const begun = texts.flatMap((text) => text.split(/[\s,/()（），、]+/));
  return asked
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => begun.some((w) => w.startsWith(word)) || (IDEOGRAPH.test(word) && texts.join(" ").includes(word)));
}

/** Language and colours: those that are not in use. */
function useLooks(settings: Settings, language: string, change: (next: Settings) => void): Command[] {
  const { t } = useTranslation();
  const languages = Object.keys(LANGUAGES).filter((name) => name !== language);
  const schemes = ["system", "light", "dark"].filter((name) => name !== settings.scheme);
  return [
    ...languages.map((name) => ({
      key: `language-${name}`,
      title: `${t("settings.language")}: ${t(`languages.own.${name}`)}`,
      page: false,
      words: ["settings.language", `languages.${name}`, `languages.own.${name}`],
      run: () => change({ ...settings, language: name }),
    })),
    ...schemes.map((name) => ({
      key: `scheme-${name}`,
      title: `${t("settings.scheme")}: ${t(`settings.${name}`)}`,
      page: false,
      words: ["settings.scheme", `settings.${name}`, "search.also.scheme"],
      run: () => change({ ...settings, scheme: name }),
    })),
  ];
}

/** Files to hand to somebody about what is open, and the copy of everything; what they were saved as. */
function useFiles() {
  const { t } = useTranslation();
  const f = useFormats();
  const { parts, query } = useRoute();
  const file = useAsk<Call & { call: "export" }>((made) => made.content && saveFile(made.name, made.content));
  const backup = useAsk<Call & { call: "backup" }>();
  const subject = parts[0] === "subject" ? (parts[1] ?? null) : query.get("open");
  const record = parts[0] === "record" ? (parts[1] ?? null) : null;
  const firm = subject !== null && /^(party|partner):/.test(subject);
  const forms = record ? ["vc"] : subject === null ? [] : firm ? ["evidence"] : ["evidence", "epcis", "anchor"];
  const commands: Command[] = forms.map((as) => ({
    key: `export-${as}`,
    title: `${t("common.export")}: ${t(`exports.${as}`)}`,
    page: false,
    words: ["common.export", `exports.${as}`, "search.also.export"],
    run: () => file.mutate({ call: "export", subject: record ? null : subject, record, as }),
    stays: true,
  }));
  commands.push({
    key: "backup",
    title: t("settings.backup"),
    page: false,
    words: ["settings.backup", "search.also.backup"],
    run: () => backup.mutate({ call: "backup" }),
    stays: true,
  });
  const said = backup.data
    ? t("settings.backed-up", { name: backup.data.path ?? backup.data.name, size: f.bytes(backup.data.size) })
    : file.data && t("common.saved-as", { name: file.data.path ?? file.data.name });
  const forget = () => {
    file.reset();
    backup.reset();
  };
  return { commands, said: said ?? null, error: backup.error ?? file.error, forget };
}

export interface CommandsProps {
  settings: Settings;
  language: string;
  onSettings(settings: Settings): void;
  /** Somebody is looking. */
  open: boolean;
  /** Asks before the sample is deleted. */
  onLeave(): void;
}

/** Pages and commands, what they answered, and how the sample is left once that was confirmed. */
export function useCommands(props: CommandsProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const { parts } = useRoute();
  const files = useFiles();
  const looks = useLooks(props.settings, props.language, props.onSettings);
  const left = useAsk<{ call: "leave-sample" }>(() => client.invalidateQueries());
  const plain = (key: string, word: string, href: string, also: string[] = []): Command => {
    return { key, title: t(word), page: false, words: [word, ...also], href };
  };
  const pages = PAGES.map(([name, path]) => ({ ...plain(name, `nav.${name}`, to(path)), page: true }));
  const shared = isShared(session);
  const network = useCall({ call: "network" }, { enabled: shared && props.open });
  const kinds = network.data?.operator ? [...NEW, ...OPERATOR] : NEW;
  const forms = kinds.map((kind) => plain(`new-${kind}`, `actions.${kind}`, formPage(kind), ["search.also.new"]));
  const here = parts[0] === "subject" && parts[1]?.startsWith("shipment:") ? parts[1] : null;
  const commands = [
    ...(session.locked ? [] : [...forms, plain("import", "search.import", to(["import"]), ["search.also.import"])]),
    ...(shared
      ? [
          plain("invite", "network.invite", to(["network"], { invite: "1" }), ["search.also.invite"]),
          plain("desks", "desks.title", to(["network", "desks"]), ["search.also.desks"]),
        ]
      : []),
    plain("verify-file", "search.verify", to(["verify"]), ["search.also.verify"]),
    plain("scan", "search.count", to(["scan"], { shipment: here }), ["scan.title"]),
    ...files.commands,
    ...looks,
  ];
  if (session.sample) {
    const leave = { key: "leave-sample", title: t("sample.leave"), page: false, words: ["sample.leave"], stays: true };
    commands.push({ ...leave, run: props.onLeave });
  }
  return {
    all: [...pages, ...commands],
    said: files.said,
    error: files.error ?? left.error,
    forget: files.forget,
    leave: () => left.mutate({ call: "leave-sample" }),
  };
}
