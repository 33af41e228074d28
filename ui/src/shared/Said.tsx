// What a record says, for reading: every member of its body with its name, in the shape its value has and the order of its form.

import { createContext, type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";
import type { JsonValue, LocalText, Payload, Place, Quantity, Row, When, Who } from "../api/generated";
import { useCall } from "../api/hooks";
import { Facts } from "../components/Blocks";
import type { Field, Form } from "./form/spec";
import { type Formats, idOf, nameOf, useFormats } from "./format";
import { bodyOf, kindOf } from "./payload";
import { recordPage, subjectPage } from "./route";

export type Names = { [key in string]?: Row };

/** The forms records are made with: they know in which order their members are read. */
export const FormsContext = createContext<readonly Form[]>([]);

/** A public code as people print it: `GTIN 04012345678901`, not `gs1:01/04012345678901`. */
export function useCodeText(): (text: string) => string {
  const { t } = useTranslation();
  return (text) => {
    const gs1 = /^(?:gs1:)?(\d{2,4}\/.+)$/.exec(text)?.[1];
    if (!gs1) return text.replace(/^(container|tracking):/, "");
    const parts = gs1.split("/").map(decodeURIComponent);
    const pairs = parts.flatMap((ai, n) => (n % 2 ? [] : [`${t(`epcis.ai.${ai}`, `(${ai})`)} ${parts[n + 1] ?? ""}`]));
    return pairs.join(" · ");
  };
}

/** A subject or party by its name, as a link to its page. */
export function SubjectLink(props: { id: string; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const row = props.names[props.id];
  const person = props.id.startsWith("did:key:") || /^part(y|ner):/.test(props.id);
  const parties = useCall({ call: "parties" }, { enabled: !row && person });
  const party = parties.data?.find((p) => p.party === props.id || p.subject === props.id);
  const code = useCodeText();
  const name = party && !row ? f.local(party.profile.name) : code(nameOf(props.id, props.names, f.language));
  const subject = row?.subject ?? (props.id.startsWith("did:key:") ? `party:${props.id}:self` : props.id);
  // A party's number is its key, an event's the hash of it: neither is read.
  const told = row && row.type !== "party" && row.type !== "event";
  const number = told && row.type !== "code" && row.number !== name ? row.number : null;
  return (
    <a className="sr-link" href={subjectPage(subject)} title={props.id}>
      {row?.type === "event" ? t(`epcis.types.${name}`, name) : name}{" "}
      {number && <span className="sr-whole">{number}</span>}
    </a>
  );
}

export function WhoName(props: { who: Who; names: Names }) {
  return <SubjectLink id={idOf(props.who)} names={props.names} />;
}

const has = (value: object, ...keys: string[]) => keys.every((key) => key in value);
const onlyLanguages = (value: object) =>
  Object.keys(value).length > 0 && Object.keys(value).every((key) => ["en", "zh", "de"].includes(key));
const isSubject = (text: string) =>
  /^(product|lot|item|shipment|party|partner):did:key:/.test(text) || text.startsWith("did:key:");

function PlaceText(props: { place: Place; f: Formats }) {
  const { place, f } = props;
  const country = place.country ? `, ${f.country(place.country)}` : "";
  return <>{`${f.place(place)}${country}`}</>;
}

/** Members that name a record by its id. */
const RECORDS = ["offer", "record", "recall", "exception", "proposal"];

/** A record by what it says; its id is in the title and on its page. */
function RecordName(props: { id: string }) {
  const { t } = useTranslation();
  const f = useFormats();
  const record = useCall({ call: "record", id: props.id });
  const entry = record.data?.entry;
  if (!entry) return <span className="sr-mono">{props.id}</span>;
  const body = bodyOf(entry.payload);
  const at = body.at as unknown as When | undefined;
  const place = body.place as unknown as Place | undefined;
  const what = t(`kinds.${kindOf(entry.payload)}`, entry.payload.kind);
  return (
    <a className="sr-link" href={recordPage(props.id)} title={props.id}>
      {[what, f.day(at?.time ?? entry.claimed), place && f.town(place)].filter(Boolean).join(" · ")}
    </a>
  );
}

function TextValue(props: { name: string; text: string; names: Names; kind: string }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const { name, text } = props;
  if (name === "key") return <span className="sr-mono">{text}</span>;
  // Whoever votes on a firm or links one compares all of its key.
  if (name === "party" && text.startsWith("did:key:"))
    return (
      <>
        <SubjectLink id={text} names={props.names} />
        <span className="sr-mono sr-soft sr-block">{text}</span>
      </>
    );
  if (isSubject(text)) return <SubjectLink id={text} names={props.names} />;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
    return (
      <time dateTime={text} title={text}>
        {f.zoned(text)}
      </time>
    );
  if (name === "hs" && /^\d{6}$/.test(text)) return <>{`${text.slice(0, 4)}.${text.slice(4)}`}</>;
  if (name === "unit" && i18n.exists(`units.${text}`)) return <>{t(`units.${text}`)}</>;
  for (const key of [`values.${name}.${text}`, `values.${name === "kind" ? "package" : name}.${text}`]) {
    if (i18n.exists(key)) return <>{t(key)}</>;
  }
  if (name === "country" || name === "origin") return <>{`${f.country(text)} (${text})`}</>;
  if (RECORDS.includes(name) && /^[0-9a-f]{64}$/.test(text)) return <RecordName id={text} />;
  if (/^[0-9a-f]{64}$/.test(text)) return <span className="sr-mono">{text}</span>;
  if (name === "event") return <pre className="sr-raw">{text}</pre>;
  return <>{text}</>;
}

interface ValueProps {
  name: string;
  value: JsonValue | undefined;
  names: Names;
  kind: string;
  /** The field it was typed into, if it was typed. */
  field: Field | undefined;
}

function Value(props: ValueProps): ReactNode {
  const f = useFormats();
  const { t } = useTranslation();
  const { name, value, names, kind, field } = props;
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return <TextValue name={name} text={value} names={names} kind={kind} />;
  if (typeof value === "number")
    return <span className="sr-num">{name.endsWith("grams") ? f.mass(value) : f.number(value)}</span>;
  if (typeof value === "boolean") return <>{t(value ? "common.yes" : "common.no")}</>;
  if (Array.isArray(value)) return <ListValue {...props} list={value} />;
  if (has(value, "value", "scale", "unit"))
    return <span className="sr-num">{f.quantity(value as unknown as Quantity)}</span>;
  if (has(value, "time", "zone"))
    return <time title={(value as unknown as When).time}>{f.when(value as unknown as When)}</time>;
  if (name === "proof") return <pre className="sr-raw">{JSON.stringify(value, null, 2)}</pre>;
  const alone = Object.keys(value).length === 1;
  if (alone && (has(value, "party") || has(value, "partner")))
    return <WhoName who={value as unknown as Who} names={names} />;
  if (onlyLanguages(value)) return <LocalValue text={value as LocalText} />;
  if (typeof value.name === "string") return <PlaceText place={value as unknown as Place} f={f} />;
  return <SaidBody body={value} names={names} kind={kind} fields={field?.type === "flow" ? LEG : (field?.of ?? [])} />;
}

function LocalValue(props: { text: LocalText }) {
  return (
    <>
      {Object.entries(props.text).map(([language, text]) => (
        <span key={language} lang={language} className="sr-local">
          {text}
        </span>
      ))}
    </>
  );
}

function ListValue(props: ValueProps & { list: JsonValue[] }) {
  const { t } = useTranslation();
  if (!props.list.length) return <>{t("common.none")}</>;
  return (
    <ul className="sr-said-list">
      {props.list.map((entry, n) => (
        <li key={n}>
          <Value {...props} value={entry} />
        </li>
      ))}
    </ul>
  );
}

/** Members of a leg as a route is read. */
const LEG: Field[] = ["from", "to", "mode", "departs", "arrives"].map((path) => ({ path, type: "text" }));

export function SaidBody(props: {
  body: { [key in string]?: JsonValue };
  names: Names;
  kind: string;
  fields: readonly Field[];
}) {
  const { t } = useTranslation();
  // What nobody types, the shipment it is about, stands first.
  const place = (name: string) => props.fields.findIndex((field) => field.path === name);
  const entries = Object.entries(props.body).sort(([a], [b]) => place(a) - place(b));
  return (
    <Facts
      of={entries.map(([name, value]) => [
        t([`fields.${props.kind}.${name}`, `fields.${name}`], name),
        <Value
          key={name}
          name={name}
          value={value}
          names={props.names}
          kind={props.kind}
          field={props.fields[place(name)]}
        />,
      ])}
    />
  );
}

export function Said(props: {
  payload: Payload;
  names: Names;
  /** The subject that already stands above it. */
  above?: string;
}) {
  const kind = kindOf(props.payload);
  const form = useContext(FormsContext).find((f) => f.kind === kind);
  const rest = Object.entries(bodyOf(props.payload)).filter(([, value]) => !props.above || value !== props.above);
  return <SaidBody body={Object.fromEntries(rest)} names={props.names} kind={kind} fields={form?.fields ?? []} />;
}

/** Members of a payload in the order of its form, and the words over one of them. */
export function useMembers(): { of(payload: Payload): string[]; word(payload: Payload, name: string): string } {
  const { t } = useTranslation();
  const forms = useContext(FormsContext);
  return {
    of(payload) {
      const fields = forms.find((form) => form.kind === kindOf(payload))?.fields ?? [];
      const place = (name: string) => fields.findIndex((field) => field.path === name);
      return Object.keys(bodyOf(payload)).sort((a, b) => place(a) - place(b));
    },
    word: (payload, name) => t([`fields.${kindOf(payload)}.${name}`, `fields.${name}`], name),
  };
}

/** One member of what is said, for records that stand side by side. */
export function SaidMember(props: { payload: Payload; name: string; names: Names }) {
  const { payload, name, names } = props;
  const kind = kindOf(payload);
  const fields = useContext(FormsContext).find((form) => form.kind === kind)?.fields ?? [];
  const field = fields.find((one) => one.path === name);
  return <Value name={name} value={bodyOf(payload)[name]} names={names} kind={kind} field={field} />;
}
