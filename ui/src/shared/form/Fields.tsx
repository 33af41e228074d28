// Draws the fields of a form, whatever they hold.

import { ActionIcon, Button, Checkbox, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { Detail, Row, UserError } from "../../api/generated";
import { useFormats } from "../format";
import { COUNTRIES } from "./countries";
import {
  type Control,
  LocalField,
  PlaceField,
  QuantityField,
  SubjectField,
  SubjectsField,
  WhenField,
  WhoField,
} from "./pickers";
import { Stops } from "./Stops";
import type { Field, Values } from "./spec";

export interface FieldsProps {
  kind: string;
  fields: Field[];
  values: Values;
  prefix?: string;
  problems: UserError[];
  detail: Detail | null;
  me: string;
  set(values: Values): void;
}

/** What the stops of a route say themselves. */
const OWN = new Set(["required", "not-a-time"]);

/** The problem that belongs to a field: its own, or one somewhere inside a value that has no fields of its own. */
export function problemAt(problems: UserError[], path: string, whole: boolean): UserError | undefined {
  return problems.find((p) => p.field === path || (whole && p.field?.startsWith(`${path}.`)));
}

function CountryField(c: Control) {
  const f = useFormats();
  const data = COUNTRIES.map((code) => ({ value: code, label: `${f.country(code)} (${code})` })).sort((a, b) =>
    a.label.localeCompare(b.label, f.language),
  );
  return (
    <Select
      label={c.label}
      withAsterisk={c.required}
      error={c.error}
      data-testid={`field-${c.path}`}
      searchable
      clearable
      data={data}
      value={(c.value as string) || null}
      onChange={(v) => c.set(v ?? undefined)}
    />
  );
}

function ChoiceField(props: { c: Control; field: Field }) {
  const { t } = useTranslation();
  const { c, field } = props;
  const words = field.words ?? `values.${field.path}`;
  const data = (field.options ?? []).map((value) => ({ value, label: t(`${words}.${value}`) }));
  const shell = { label: c.label, withAsterisk: c.required, error: c.error, "data-testid": `field-${c.path}`, data };
  if (field.type === "many") return <MultiSelect {...shell} value={(c.value as string[]) ?? []} onChange={c.set} />;
  return (
    <Select
      {...shell}
      value={(c.value as string) || null}
      allowDeselect={field.optional === true}
      onChange={(v) => c.set(v ?? undefined)}
    />
  );
}

function RecordField(props: { c: Control; field: Field; detail: Detail | null; me: string }) {
  const { t } = useTranslation();
  const { c, detail } = props;
  const among = detail && props.field.among ? props.field.among(detail, props.me) : [];
  const data = among.map((r) => ({
    value: r.id,
    label: [t(`kinds.${r.kind}`, r.kind), r.note].filter(Boolean).join(" · "),
  }));
  return (
    <Select
      label={c.label}
      withAsterisk={c.required}
      error={c.error}
      data-testid={`field-${c.path}`}
      data={data}
      value={(c.value as string) || null}
      onChange={(v) => c.set(v ?? undefined)}
      nothingFoundMessage={t("forms.nothing-found")}
    />
  );
}

function TextField(props: { c: Control; field: Field }) {
  const { t } = useTranslation();
  const { c, field } = props;
  const common = {
    label: c.label,
    withAsterisk: c.required,
    error: c.error,
    "data-testid": `field-${c.path}`,
    value: (c.value as string) ?? "",
    onChange: (event: { currentTarget: { value: string } }) => c.set(event.currentTarget.value),
  };
  if (field.type === "long") return <Textarea {...common} autosize minRows={2} />;
  if (field.type === "day") return <TextInput {...common} placeholder={t("forms.day-hint")} />;
  return <TextInput {...common} inputMode={field.type === "count" || field.type === "grams" ? "decimal" : undefined} />;
}

function ListField(props: FieldsProps & { field: Field; path: string; label: string }) {
  const { t } = useTranslation();
  const { field, path } = props;
  const list = (props.values[field.path] as Values[]) ?? [];
  const put = (next: Values[]) => props.set({ ...props.values, [field.path]: next });
  const own = problemAt(props.problems, path, false);
  return (
    <fieldset className="sr-list-field">
      <legend>{props.label}</legend>
      {list.map((entry, n) => (
        <div key={n} className="sr-list-entry">
          <Fields
            {...props}
            fields={field.of ?? []}
            values={entry}
            prefix={`${path}.${n}.`}
            set={(next) => put(list.map((e, m) => (m === n ? next : e)))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t("forms.remove")} ${n + 1}`}
            title={t("forms.remove")}
            onClick={() => put(list.filter((_, m) => m !== n))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      {own && <p className="sr-field-error">{wordError(t, own)}</p>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => put([...list, {}])}
        data-testid={`add-${path}`}
      >
        {t([`forms.add.${field.path}`, "forms.add-one"])}
      </Button>
    </fieldset>
  );
}

function GroupField(props: FieldsProps & { field: Field; path: string; label: string }) {
  const { field, path } = props;
  const given = props.values[field.path] as Values | undefined;
  const put = (next: Values | undefined) => props.set({ ...props.values, [field.path]: next });
  return (
    <fieldset className="sr-list-field">
      <legend>{props.label}</legend>
      {field.optional && (
        <Checkbox
          label={props.label}
          checked={Boolean(given)}
          onChange={(e) => put(e.currentTarget.checked ? {} : undefined)}
          data-testid={`field-${path}`}
        />
      )}
      {(given || !field.optional) && (
        <Fields {...props} fields={field.of ?? []} values={given ?? {}} prefix={`${path}.`} set={put} />
      )}
    </fieldset>
  );
}

/** Puts a subject in, and its unit in the amount beside it: a lot is counted as its product is. */
function pick(props: FieldsProps & { field: Field }, row: Row | null) {
  const beside = props.fields.find((f) => f.type === "quantity");
  const amount = beside && (props.values[beside.path] as Values | undefined);
  const unit = row?.quantity?.unit;
  props.set({
    ...props.values,
    [props.field.path]: row?.subject,
    ...(beside && unit && props.field.units ? { [beside.path]: { text: "", ...amount, unit } } : {}),
  });
}

function OneField(props: FieldsProps & { field: Field }) {
  const { t } = useTranslation();
  const { field } = props;
  const path = `${props.prefix ?? ""}${field.path}`;
  const label =
    t([`fields.${props.kind}.${field.path}`, `fields.${field.path}`]) + (field.type === "grams" ? " (kg)" : "");
  if (field.type === "list") return <ListField {...props} path={path} label={label} />;
  if (field.type === "group") return <GroupField {...props} path={path} label={label} />;
  if (field.own) {
    const inside = props.problems.filter((p) => p.field === path || p.field?.startsWith(`${path}.`));
    const put = (value: unknown) => props.set({ ...props.values, [field.path]: value });
    return <field.own.Draw label={label} path={path} problems={inside} value={props.values[field.path]} set={put} />;
  }
  // A stop shows itself what is missing in it.
  const shown =
    field.type === "flow" ? props.problems.filter((p) => p.field === path || !OWN.has(p.code)) : props.problems;
  const problem = problemAt(shown, path, true);
  const set = (value: unknown) => props.set({ ...props.values, [field.path]: value });
  const error = problem && wordError(t, problem);
  const c: Control = { label, path, required: !field.optional, error, value: props.values[field.path], set };
  const known = props.detail
    ? [...Object.values(props.detail.names), props.detail.row].filter((row) => row !== undefined)
    : [];
  switch (field.type) {
    case "local":
      return <LocalField {...c} />;
    case "quantity":
      return <QuantityField {...c} />;
    case "place":
      return <PlaceField {...c} />;
    case "when":
    case "time":
      return <WhenField {...c} />;
    case "who":
      return <WhoField {...c} withKey={field.withKey} />;
    case "subject":
      return <SubjectField {...c} from={field.from ?? ["lots"]} known={known} picked={(row) => pick(props, row)} />;
    case "subjects":
      return <SubjectsField {...c} from={field.from ?? ["lots"]} known={known} />;
    case "record":
      return <RecordField c={c} field={field} detail={props.detail} me={props.me} />;
    case "select":
    case "many":
      return <ChoiceField c={c} field={field} />;
    case "country":
      return <CountryField {...c} />;
    case "flow":
      return <Stops {...props} c={c} />;
    default:
      return <TextField c={c} field={field} />;
  }
}

export function Fields(props: FieldsProps) {
  const wide = (field: Field) =>
    field.wide || ["list", "group", "flow", "long", "subjects", "own"].includes(field.type);
  return (
    <div className="sr-fields">
      {props.fields.map((field) => (
        <div key={field.path} className={wide(field) ? "sr-field sr-wide" : "sr-field"}>
          <OneField {...props} field={field} />
        </div>
      ))}
    </div>
  );
}
