// What a record says, for reading: every member of its body with its name, in the shape its value has.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { JsonValue, LocalText, Payload, Place, Quantity, Row, When, Who } from "../api/generated";
import { useCall } from "../api/hooks";
import { Facts } from "../components/Blocks";
import { type Formats, idOf, nameOf, useFormats } from "./format";
import { bodyOf } from "./payload";
import { subjectPage } from "./route";

export type Names = { [key in string]?: Row };

/** A subject or party by its name, as a link to its page. */
export function SubjectLink(props: { id: string; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const row = props.names[props.id];
  const person = props.id.startsWith("did:key:") || /^part(y|ner):/.test(props.id);
  const parties = useCall({ call: "parties" }, { enabled: !row && person });
  const party = parties.data?.find((p) => p.party === props.id || p.subject === props.id);
  const name = party && !row ? f.local(party.profile.name) : nameOf(props.id, props.names, f.language);
  const subject = row?.subject ?? (props.id.startsWith("did:key:") ? `party:${props.id}:self` : props.id);
  // A party's number is its key, an event's the hash of it: neither is read.
  const told = row && row.type !== "party" && row.type !== "event";
  const number = told && row.number !== name ? row.number : null;
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

function TextValue(props: { name: string; text: string; names: Names; kind: string }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const { name, text } = props;
  if (isSubject(text)) return <SubjectLink id={text} names={props.names} />;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
    return (
      <time dateTime={text} title={text}>
        {f.time(text)}
      </time>
    );
  for (const key of [`values.${name}.${text}`, `values.${name === "kind" ? "package" : name}.${text}`]) {
    if (i18n.exists(key)) return <>{t(key)}</>;
  }
  if (name === "country" || name === "origin") return <>{`${f.country(text)} (${text})`}</>;
  if (/^[0-9a-f]{64}$/.test(text)) return <span className="sr-mono">{text}</span>;
  if (name === "event") return <pre className="sr-raw">{text}</pre>;
  return <>{text}</>;
}

function Value(props: { name: string; value: JsonValue | undefined; names: Names; kind: string }): ReactNode {
  const f = useFormats();
  const { t } = useTranslation();
  const { name, value, names, kind } = props;
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return <TextValue name={name} text={value} names={names} kind={kind} />;
  if (typeof value === "number")
    return <span className="sr-num">{name.endsWith("grams") ? f.mass(value) : f.number(value)}</span>;
  if (typeof value === "boolean") return <>{t(value ? "common.yes" : "common.no")}</>;
  if (Array.isArray(value)) return <ListValue name={name} list={value} names={names} kind={kind} />;
  if (has(value, "value", "scale", "unit"))
    return <span className="sr-num">{f.quantity(value as unknown as Quantity)}</span>;
  if (has(value, "time", "zone"))
    return <time title={(value as unknown as When).time}>{f.when(value as unknown as When)}</time>;
  if (has(value, "party") || has(value, "partner")) return <WhoName who={value as unknown as Who} names={names} />;
  if (onlyLanguages(value)) return <LocalValue text={value as LocalText} />;
  if (typeof value.name === "string") return <PlaceText place={value as unknown as Place} f={f} />;
  return <SaidBody body={value} names={names} kind={kind} />;
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

function ListValue(props: { name: string; list: JsonValue[]; names: Names; kind: string }) {
  const { t } = useTranslation();
  if (!props.list.length) return <>{t("common.none")}</>;
  return (
    <ul className="sr-said-list">
      {props.list.map((entry, n) => (
        <li key={n}>
          <Value name={props.name} value={entry} names={props.names} kind={props.kind} />
        </li>
      ))}
    </ul>
  );
}

export function SaidBody(props: { body: { [key in string]?: JsonValue }; names: Names; kind: string }) {
  const { t } = useTranslation();
  return (
    <Facts
      of={Object.entries(props.body).map(([name, value]) => [
        t([`fields.${props.kind}.${name}`, `fields.${name}`], name),
        <Value key={name} name={name} value={value} names={props.names} kind={props.kind} />,
      ])}
    />
  );
}

export function Said(props: { payload: Payload; names: Names }) {
  return <SaidBody body={bodyOf(props.payload)} names={props.names} kind={props.payload.kind.replace(/\.\d+$/, "")} />;
}
