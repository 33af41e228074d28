// Search or scan anything: subjects by any of their numbers or words, and the pages.

import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../api/generated";
import { useCall } from "../api/hooks";
import { useFormats } from "../shared/format";
import { Problem } from "../shared/Problem";
import { recordPage, subjectPage, to } from "../shared/route";
import { RowStates } from "../shared/State";

interface Hit {
  key: string;
  href: string;
  kind: string;
  title: string;
  under: string;
  more: string;
  row: Row | null;
}

const PAGES: Array<[string, string[]]> = [
  ["home", []],
  ["goods", ["goods", "lots"]],
  ["shipments", ["shipments"]],
  ["parties", ["parties"]],
  ["verify", ["verify"]],
  ["ledger", ["ledger"]],
  ["settings", ["settings"]],
];

function useHits(text: string) {
  const { t } = useTranslation();
  const f = useFormats();
  const [slow] = useDebouncedValue(text.trim(), 80);
  const found = useCall({ call: "search", text: slow, limit: 20 }, { enabled: slow.length > 0, keep: true });
  const pages = PAGES.map(
    ([name, path]): Hit => ({
      key: name,
      href: to(path),
      kind: t("search.page"),
      title: t(`nav.${name}`),
      under: "",
      more: "",
      row: null,
    }),
  );
  const fits = pages.filter((p) => !text || p.title.toLowerCase().includes(text.toLowerCase()));
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
    hits.unshift({
      key: exact,
      href: recordPage(exact),
      kind: t("types.record"),
      title: exact.slice(0, 16),
      under: "",
      more: "",
      row: null,
    });
  return { hits: [...hits, ...fits], found, slow };
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

export function Palette(props: { open: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { hits, found, slow } = useHits(text);
  useEffect(() => {
    if (props.open) {
      setText("");
      setAt(0);
    }
  }, [props.open]);
  const enter = (hit: Hit | undefined) => {
    if (!hit) return;
    window.location.hash = hit.href;
    props.onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(hits.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) enter(hits[at]);
    else return;
    event.preventDefault();
  };
  const nothing = slow && found.data && found.data.rows.length === 0;
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
      <TextInput
        data-autofocus
        size="lg"
        variant="unstyled"
        px={16}
        placeholder={t("search.hint")}
        aria-label={t("search.hint")}
        value={text}
        onKeyDown={press}
        data-testid="palette-field"
        role="combobox"
        aria-expanded
        aria-controls="palette-hits"
        aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
        onChange={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
      />
      {found.isError && <Problem error={found.error} />}
      {slow && found.data && found.data.read_as !== "words" && (
        <p className="sr-soft sr-read-as">{t(`search.read-as.${found.data.read_as}`, "")}</p>
      )}
      {nothing && <p className="sr-soft sr-read-as">{t("search.nothing", { text: slow })}</p>}
      <Hits hits={hits} at={at} onEnter={enter} />
    </Modal>
  );
}
