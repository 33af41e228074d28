// Scan mode: one big field that never loses the focus, the last scan huge, the last ten below, how many of how many, undo.

import { Button, TextInput } from "@mantine/core";
import { type Icon, IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { call } from "../../api/host";
import { useFormats } from "../../shared/format";
import { subjectPage } from "../../shared/route";
import { sound } from "./sound";

type Found = "ok" | "double" | "unknown";

interface Scan {
  text: string;
  found: Found;
  row: Row | null;
}

const MARKS: Record<Found, Icon> = { ok: IconCircleCheck, double: IconAlertTriangle, unknown: IconCircleX };
const TONES: Record<Found, string> = { ok: "confirmed", double: "late", unknown: "refused" };

/** Marks of the packages of the shipment that is being counted. */
function useMarks(shipment: string | null): string[] {
  const detail = useCall({ call: "open", subject: shipment ?? "" }, { enabled: shipment !== null });
  return detail.data?.view.type === "shipment" ? detail.data.view.packages.map((p) => p.mark) : [];
}

/** A label's SSCC may come with its application identifier (GS1 General Specifications 3.2: `00`). */
const bare = (text: string) => text.replace(/^\]C1/, "").replace(/^\(?00\)?(?=\d{18}$)/, "");

async function look(text: string, marks: string[], before: Scan[]): Promise<Scan> {
  const mark = marks.find((m) => m === text || m === bare(text));
  const key = mark ?? text;
  const double = before.some((s) => s.text === key && s.found !== "unknown");
  if (mark) return { text: mark, found: double ? "double" : "ok", row: null };
  if (marks.length) return { text, found: "unknown", row: null };
  const found = await call({ call: "search", text, limit: 2 });
  const row =
    found.rows.find((r) => r.subject === found.exact) ??
    (found.exact || found.rows.length === 1 ? (found.rows[0] ?? null) : null);
  return { text, found: row ? (double ? "double" : "ok") : "unknown", row };
}

function Last(props: { scan: Scan }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { scan } = props;
  const Mark = MARKS[scan.found];
  return (
    <div className={`sr-scan-last sr-tone-${TONES[scan.found]}`} role="status" data-testid={`scan-${scan.found}`}>
      <Mark size={56} stroke={1.6} aria-hidden="true" />
      <div>
        <strong>{t(`scan.${scan.found}`)}</strong>
        <p>{scan.row ? `${f.local(scan.row.name)} ${scan.row.number}` : scan.text}</p>
        {scan.row && (
          <a className="sr-link" href={subjectPage(scan.row.subject)}>
            {t("common.open")}
          </a>
        )}
      </div>
    </div>
  );
}

/** The ten before the last. */
function Before(props: { scans: Scan[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <ol className="sr-plain">
      {props.scans.slice(1, 11).map((scan, n) => {
        const Mark = MARKS[scan.found];
        return (
          <li key={props.scans.length - n} className="sr-line">
            <Mark size={16} aria-hidden="true" className={`sr-mark-${scan.found}`} />
            <span>{scan.row ? f.local(scan.row.name) || scan.text : scan.text}</span>
            <span className="sr-soft">{t(`scan.${scan.found}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

export function ScanPage(props: { first: string | null; shipment: string | null; sounds: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [scans, setScans] = useState<Scan[]>([]);
  const marks = useMarks(props.shipment);
  const counted = new Set(scans.filter((s) => s.found === "ok").map((s) => s.text)).size;
  const take = async (given: string) => {
    const scan = await look(given, marks, scans);
    if (props.sounds) sound(scan.found);
    setScans((before) => [scan, ...before]);
  };
  const started = useRef(false);
  useEffect(() => {
    if (started.current || !props.first) return;
    started.current = true;
    take(props.first);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = text.trim();
    setText("");
    if (given) take(given);
  };
  return (
    <div className="sr-page sr-page-narrow sr-scan">
      <h1>{t("scan.title")}</h1>
      <form onSubmit={submit}>
        <TextInput
          ref={field}
          size="xl"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={t("scan.field")}
          aria-label={t("scan.field")}
          onChange={(e) => setText(e.currentTarget.value)}
          onBlur={(e) => !e.relatedTarget && requestAnimationFrame(() => field.current?.focus())}
          data-testid="scan-field"
        />
      </form>
      {scans[0] ? <Last scan={scans[0]} /> : <p className="sr-soft sr-note">{t("scan.hint")}</p>}
      {(marks.length > 0 || scans.length > 0) && (
        <div className="sr-line sr-scan-count">
          <strong data-testid="scan-count">
            {marks.length > 0
              ? t("scan.of", { count: counted, all: f.number(marks.length) })
              : t("scan.so-far", { count: counted })}
          </strong>
          <Button
            size="xs"
            variant="default"
            disabled={!scans.length}
            onClick={() => setScans(scans.slice(1))}
            data-testid="scan-undo"
          >
            {t("scan.undo")}
          </Button>
        </div>
      )}
      <Before scans={scans} />
    </div>
  );
}
