// Fields for the things of trade: places, parties, goods, amounts, times.

import { ActionIcon, Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconClock, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place, Row, Table } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { useFormats } from "../format";
import { PLACES } from "../places";
import { nowHere } from "./assemble";

export interface Control {
  label: string;
  path: string;
  required: boolean;
  error: string | undefined;
  value: unknown;
  set(value: unknown): void;
}

const ZONES = ["+08:00", "+07:00", "+06:00", "+05:00", "+04:00", "+03:00", "+02:00", "+01:00", "+00:00"];
const UNITS = ["KGM", "GRM", "TNE", "H87", "MTR", "MTK", "MTQ", "LTR", "PR", "SET"];

const shell = (c: Control) => ({
  label: c.label,
  withAsterisk: c.required,
  error: c.error,
  "data-testid": `field-${c.path}`,
});

/** A place of the built-in list, by its name in any language or its code, or free words. */
export function PlaceField(c: Control) {
  const { t } = useTranslation();
  const f = useFormats();
  const given = c.value as Place | undefined;
  const labels = new Map(PLACES.map((p) => [`${p.name[f.language as "en"]} (${p.locode})`, p]));
  const shown = given ? f.place(given) : "";
  const change = (text: string) => {
    const known = labels.get(text);
    if (known) {
      const { lat_e6, lon_e6 } = known;
      c.set({
        name: known.name[f.language as "en"],
        country: known.locode.slice(0, 2),
        locode: known.locode,
        point: { lat_e6, lon_e6 },
      });
    } else c.set(text ? { name: text } : undefined);
  };
  const search = ({ options, search }: { options: unknown[]; search: string }) => {
    const words = search.toLowerCase();
    const fits = PLACES.filter((p) =>
      [p.locode, ...Object.values(p.name)].some((w) => w.toLowerCase().includes(words)),
    );
    const names = new Set(fits.map((p) => p.locode));
    return (options as Array<{ value: string }>).filter((o) => names.has(labels.get(o.value)?.locode ?? "")) as never;
  };
  return (
    <Autocomplete
      {...shell(c)}
      value={shown}
      onChange={change}
      data={[...labels.keys()]}
      filter={search}
      limit={12}
      placeholder={t("forms.place-hint")}
      autoComplete="off"
    />
  );
}

export function WhenField(c: Control) {
  const { t } = useTranslation();
  const given = (c.value ?? {}) as { text?: string; zone?: string };
  const zone = given.zone ?? nowHere().zone;
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  return (
    <div className="sr-pair">
      <TextInput
        {...shell(c)}
        value={given.text ?? ""}
        placeholder={t("forms.time-hint")}
        onChange={(e) => c.set({ text: e.currentTarget.value, zone })}
        rightSection={
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={t("forms.now")}
            title={t("forms.now")}
            onClick={() => c.set(nowHere())}
          >
            <IconClock size={15} />
          </ActionIcon>
        }
      />
      <Select
        label={t("forms.zone")}
        aria-label={`${c.label}: ${t("forms.zone")}`}
        data={zones}
        value={zone}
        allowDeselect={false}
        onChange={(value) => c.set({ text: given.text ?? "", zone: value })}
      />
    </div>
  );
}

export function QuantityField(c: Control) {
  const { t } = useTranslation();
  const given = (c.value ?? {}) as { text?: string; unit?: string };
  const unit = given.unit ?? "KGM";
  return (
    <div className="sr-pair">
      <TextInput
        {...shell(c)}
        inputMode="decimal"
        className="sr-num"
        value={given.text ?? ""}
        onChange={(e) => c.set({ text: e.currentTarget.value, unit })}
      />
      <Select
        label={t("forms.unit")}
        aria-label={`${c.label}: ${t("forms.unit")}`}
        data={UNITS.map((u) => ({ value: u, label: t(`units.${u}`) }))}
        value={unit}
        allowDeselect={false}
        onChange={(value) => c.set({ text: given.text ?? "", unit: value })}
      />
    </div>
  );
}

export function WhoField(c: Control & { withKey?: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const parties = useCall({ call: "parties" });
  const data = (parties.data ?? [])
    .filter((p) => !c.withKey || p.party)
    .map((p) => ({
      value: p.party ?? p.subject,
      label: `${f.local(p.profile.name)}${p.party ? "" : ` (${t("forms.no-key")})`}`,
    }));
  return (
    <Select
      {...shell(c)}
      searchable
      clearable
      data={data}
      value={(c.value as string) ?? null}
      onChange={(value) => c.set(value ?? undefined)}
      nothingFoundMessage={t("forms.nothing-found")}
    />
  );
}

function useRows(from: readonly Table[], text: string): Row[] {
  const [slow] = useDebouncedValue(text, 150);
  const ask = (table: Table | undefined) =>
    ({
      call: "list",
      table: table ?? "lots",
      text: slow,
      chip: "all",
      sort: "at",
      descending: true,
      offset: 0,
      limit: 30,
    }) as const;
  const a = useCall(ask(from[0]), { keep: true });
  const b = useCall(ask(from[1]), { keep: true, enabled: from.length > 1 });
  const c = useCall(ask(from[2]), { keep: true, enabled: from.length > 2 });
  return [a, b, c].slice(0, from.length).flatMap((answer) => answer.data?.rows ?? []);
}

export function useRowLabel(): (row: Row) => string {
  const f = useFormats();
  return (row) =>
    [row.number, f.local(row.name), row.type === "lot" ? f.quantity(row.quantity) : ""].filter(Boolean).join(" · ");
}

interface SubjectControl extends Control {
  from: readonly Table[];
  known: Row[];
  /** Told the whole row instead of its subject. */
  picked?(row: Row | null): void;
}

export function SubjectField(c: SubjectControl & { placeholder?: string }) {
  const { t } = useTranslation();
  const label = useRowLabel();
  const [text, setText] = useState("");
  const rows = useRows(c.from, text);
  const value = (c.value as string) || null;
  const all = new Map([...c.known, ...rows].map((row) => [row.subject, row]));
  const data = [...all.values()]
    .filter((r) => c.from.includes(`${r.type}s` as Table))
    .map((row) => ({ value: row.subject, label: label(row) }));
  if (value && !data.some((d) => d.value === value))
    data.push({ value, label: value.slice(value.lastIndexOf(":") + 1) });
  return (
    <Select
      {...shell(c)}
      searchable
      clearable
      data={data}
      value={value}
      onSearchChange={setText}
      filter={({ options }) => options}
      limit={40}
      placeholder={c.placeholder}
      onChange={(next) => {
        const row = next ? all.get(next) : null;
        if (c.picked && row !== undefined) c.picked(row);
        else c.set(next ?? undefined);
      }}
      nothingFoundMessage={t("forms.nothing-found")}
    />
  );
}

/** Several subjects, each with its own line. */
export function SubjectsField(c: Control & { from: readonly Table[]; known: Row[] }) {
  const { t } = useTranslation();
  const label = useRowLabel();
  const list = (c.value as string[]) ?? [];
  return (
    <div className="sr-stack">
      {list.map((subject) => {
        const row = c.known.find((r) => r.subject === subject);
        return (
          <div key={subject} className="sr-line sr-picked">
            <span>{row ? label(row) : subject.slice(subject.lastIndexOf(":") + 1)}</span>
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-label={t("forms.remove")}
              onClick={() => c.set(list.filter((s) => s !== subject))}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        );
      })}
      <SubjectField
        {...c}
        required={c.required && list.length === 0}
        placeholder={list.length ? t("forms.one-more") : undefined}
        value={undefined}
        set={(next) => next && c.set([...new Set([...list, String(next)])].sort())}
      />
    </div>
  );
}

/** Text in up to three languages; the user's own stands first, the others unfold. */
export function LocalField(c: Control & { long?: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const given = (c.value ?? {}) as Record<string, string>;
  const others = ["en", "zh", "de"].filter((tag) => tag !== f.language);
  const [more, setMore] = useState(others.some((tag) => given[tag]));
  const put = (tag: string, text: string) => c.set({ ...given, [tag]: text });
  return (
    <div className="sr-stack">
      <TextInput
        {...shell(c)}
        value={given[f.language] ?? ""}
        onChange={(e) => put(f.language, e.currentTarget.value)}
      />
      {more ? (
        others.map((tag) => (
          <TextInput
            key={tag}
            label={`${c.label} (${t(`languages.${tag}`)})`}
            lang={tag}
            data-testid={`field-${c.path}.${tag}`}
            value={given[tag] ?? ""}
            onChange={(e) => put(tag, e.currentTarget.value)}
          />
        ))
      ) : (
        <Button variant="subtle" size="compact-xs" className="sr-self-start" onClick={() => setMore(true)}>
          {t("forms.other-languages")}
        </Button>
      )}
    </div>
  );
}
