// Search or scan anything: subjects by any of their numbers or words, the pages, and what can be done now.

import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../api/generated";
import { useCall } from "../api/hooks";
import { useFormats } from "../shared/format";
import { Problem } from "../shared/Problem";
import { recordPage, subjectPage } from "../shared/route";
import { RowStates } from "../shared/State";
import { type Command, type CommandsProps, fits, useCommands } from "./commands";
import { learnAll } from "./i18n";

interface Hit {
  key: string;
  kind: string;
  title: string;
  under: string;
  more: string;
  row: Row | null;
  href?: string;
  run?: () => void;
  stays?: boolean;
}

const BARE = { under: "", more: "", row: null };

/** What is called so stands before what is only like it. */
function byName(command: Command, text: string): number {
  return Number(fits({ words: command.words.filter((word) => !word.startsWith("search.also.")) }, text));
}

function useHits(text: string, commands: Command[]) {
  const { t } = useTranslation();
  const f = useFormats();
  const [slow] = useDebouncedValue(text.trim(), 80);
  const found = useCall({ call: "search", text: slow, limit: 20 }, { enabled: slow.length > 0, keep: true });
  const asked = commands.filter((command) => fits(command, text)).sort((a, b) => byName(b, text) - byName(a, text));
  const known = asked.map((c): Hit => ({ ...BARE, ...c, kind: t(c.page ? "search.page" : "search.command") }));
  const rows = slow ? (found.data?.rows ?? []) : [];
  const hits = rows.map(
    (row): Hit => ({
      key: row.subject,
      href: subjectPage(row.subject),
      kind: t(`types.${row.type}`, row.type),
      title: f.local(row.name) || row.number,
      under: row.type === "party" ? "" : row.number,
      more: [row.code, f.own(f.local(row.place)), row.country && f.country(row.country)].filter(Boolean).join(" · "),
      row,
    }),
  );
  const exact = found.data?.exact;
  if (slow && found.data?.read_as === "record" && exact)
    hits.unshift({ ...BARE, key: exact, href: recordPage(exact), kind: t("types.record"), title: exact.slice(0, 16) });
  // What is known at once stands first: what is found later moves nothing that is about to be chosen.
  return { hits: [...known, ...hits], found, slow };
}

/** Before the sample is deleted: what was meant to be kept is chosen first. */
function useLeaving(leave: () => void, stay: () => void): Hit[] {
  const { t } = useTranslation();
  const kind = t("search.command");
  return [
    { ...BARE, key: "stay", kind, title: t("search.stay"), run: stay, stays: true },
    { ...BARE, key: "leave-sure", kind, title: t("sample.leave-sure"), run: leave },
  ];
}

function Hits(props: { hits: Hit[]; at: number; onEnter(hit: Hit): void }) {
  const { t } = useTranslation();
  return (
    <div id="palette-hits" role="listbox" aria-label={t("search.hits")} className="sr-hits">
      {props.hits.map((hit, n) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
        <div
          key={hit.key}
          id={`hit-${n}`}
          role="option"
          aria-selected={n === props.at}
          className="sr-hit"
          onClick={() => props.onEnter(hit)}
          data-testid={`hit-${hit.key}`}
        >
          <span className="sr-soft">{hit.kind}</span>
          <span className="sr-hit-words">
            <strong>{hit.title}</strong> <span className="sr-whole">{hit.under}</span>
            {hit.more && <small className="sr-soft sr-hit-more">{hit.more}</small>}
          </span>
          <span className="sr-hit-states">{hit.row && <RowStates row={hit.row} />}</span>
        </div>
      ))}
    </div>
  );
}

type FieldProps = {
  text: string;
  active: string | undefined;
  onPress(event: KeyboardEvent): void;
  onText(text: string): void;
};

function Field(props: FieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      data-autofocus
      size="lg"
      variant="unstyled"
      px={16}
      placeholder={t("search.hint")}
      aria-label={t("search.hint")}
      value={props.text}
      onKeyDown={props.onPress}
      data-testid="palette-field"
      role="combobox"
      aria-expanded
      aria-controls="palette-hits"
      aria-activedescendant={props.active}
      onChange={(e) => props.onText(e.currentTarget.value)}
    />
  );
}

/** What a command said or could not do, and what a text was taken for. */
function Told(props: { commands: ReturnType<typeof useCommands>; readAs: string }) {
  const { t } = useTranslation();
  const { commands, readAs } = props;
  return (
    <>
      {commands.error && <Problem error={commands.error} />}
      {commands.said && (
        <p role="status" className="sr-read-as" data-testid="palette-said">
          {commands.said}
        </p>
      )}
      {readAs !== "words" && <p className="sr-soft sr-read-as">{t(`search.read-as.${readAs}`, "")}</p>}
    </>
  );
}

/** What the arrow keys do to the line that is marked. */
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

export type PaletteProps = Omit<CommandsProps, "onLeave"> & { open: boolean; onClose(): void };

export function Palette(props: PaletteProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [leaving, setLeaving] = useState(false);
  const begin = (asked: string) => {
    setText(asked);
    setAt(0);
    setLeaving(false);
  };
  const ask = () => {
    begin("");
    setLeaving(true);
  };
  const commands = useCommands({ ...props, onLeave: ask });
  const free = useHits(text, commands.all);
  const sure = useLeaving(commands.leave, () => begin(""));
  const hits = leaving ? sure : free.hits;
  const { found, slow } = free;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening begins anew, nothing else does
  useEffect(() => {
    if (props.open) {
      // Commands are found by their words in every language.
      learnAll();
      begin("");
      commands.forget();
    }
  }, [props.open]);
  useEffect(() => document.getElementById(`hit-${at}`)?.scrollIntoView?.({ block: "nearest" }), [at]);
  const enter = (hit: Hit | undefined) => {
    if (!hit) return;
    commands.forget();
    if (hit.href) window.location.hash = hit.href;
    if (!hit.stays) props.onClose();
    hit.run?.();
  };
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step) setAt(Math.max(0, Math.min(hits.length - 1, at + step)));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) enter(hits[at]);
    else return;
    event.preventDefault();
  };
  const nothing = slow && found.data && hits.length === 0;
  return (
    <Modal
      opened={props.open}
      onClose={props.onClose}
      withCloseButton={false}
      size="lg"
      padding={0}
      yOffset="10vh"
      attributes={{ content: { "aria-label": t("search.hint") } }}
    >
      <Field text={text} active={hits[at] ? `hit-${at}` : undefined} onPress={press} onText={begin} />
      {found.isError && <Problem error={found.error} />}
      <Told commands={commands} readAs={slow && found.data ? found.data.read_as : "words"} />
      {nothing && <p className="sr-soft sr-read-as">{t("search.nothing", { text: slow })}</p>}
      <Hits hits={hits} at={at} onEnter={enter} />
    </Modal>
  );
}
