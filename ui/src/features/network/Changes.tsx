// The lines of a proposal: whom to add, to take out, to weigh otherwise, or whose key to replace.

import { ActionIcon, Autocomplete, Button, FileButton, Select, TextInput } from "@mantine/core";
import { IconFileImport, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { NetworkPage, UserError } from "../../api/generated";
import { useCall } from "../../api/hooks";
import type { OwnProps } from "../../shared/form/spec";
import { shortId, useFormats } from "../../shared/format";
import { type Entry, ofLine, WHAT, type What } from "./changes";
import { useNames } from "./names";

/** What a form finds itself; every other code is a rule's, which counts the changes and not the lines. */
const OWN = new Set(["required", "not-a-key", "not-a-weight"]);

interface LineProps {
  entry: Entry;
  path: string;
  problems: UserError[];
  page: NetworkPage | undefined;
  set(entry: Entry): void;
  remove(): void;
}

function useFault(props: LineProps) {
  const { t } = useTranslation();
  return (field: keyof Entry) => {
    const found = props.problems.find((p) => p.field === `${props.path}.${field}`);
    return found && wordError(t, found);
  };
}

/** A validator of the set, with the party and weight it has there. */
function Known(props: LineProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const fault = useFault(props);
  const { entry, page } = props;
  const data = (page?.validators ?? []).map((v) => ({
    value: v.key,
    label: `${f.local(v.name) || shortId(v.party)} · ${shortId(v.key)} · ${f.number(v.weight)}`,
  }));
  const choose = (key: string | null) => {
    const validator = page?.validators.find((v) => v.key === key);
    props.set({ ...entry, key: key ?? "", party: validator?.party, weight: validator ? String(validator.weight) : "" });
  };
  return (
    <Select
      label={t("network.validator")}
      withAsterisk
      data={data}
      value={entry.key || null}
      onChange={choose}
      error={fault("key") ?? fault("party")}
      data-testid={`field-${props.path}.key`}
    />
  );
}

/** Key and party from the file that the new validator's operator has handed over. */
function SeatFile(props: LineProps) {
  const { t } = useTranslation();
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      const seat = JSON.parse(new TextDecoder().decode(await file.arrayBuffer())) as {
        vote?: unknown;
        party?: unknown;
      };
      props.set({ ...props.entry, key: String(seat.vote ?? ""), party: String(seat.party ?? "") });
    } catch {
      // Not JSON: the fields stay empty and say what is missing.
      props.set({ ...props.entry, key: "", party: "" });
    }
  };
  return (
    <FileButton
      onChange={read}
      accept=".json,application/json"
      inputProps={{ "aria-label": t("network.seat-file") } as object}
    >
      {(button) => (
        <Button
          {...button}
          variant="default"
          size="xs"
          leftSection={<IconFileImport size={14} />}
          className="sr-net-seat"
        >
          {t("network.seat-file")}
        </Button>
      )}
    </FileButton>
  );
}

function Newcomer(props: LineProps) {
  const { t } = useTranslation();
  const fault = useFault(props);
  const names = useNames();
  const { entry, set } = props;
  return (
    <>
      <TextInput
        label={t("network.vote-key")}
        withAsterisk
        placeholder="did:key:z6Mk…"
        value={entry.key ?? ""}
        error={fault("key")}
        data-testid={`field-${props.path}.key`}
        onChange={(e) => set({ ...entry, key: e.currentTarget.value })}
      />
      <Autocomplete
        label={t("network.operated-by")}
        withAsterisk
        placeholder="did:key:z6Mk…"
        data={(props.page?.members ?? []).map((member) => member.party)}
        renderOption={({ option }) => (
          <span>
            {names(option.value)} <small className="sr-soft">{shortId(option.value)}</small>
          </span>
        )}
        value={entry.party ?? ""}
        error={fault("party")}
        data-testid={`field-${props.path}.party`}
        onChange={(party) => set({ ...entry, party })}
      />
    </>
  );
}

function Weight(props: LineProps) {
  const { t } = useTranslation();
  const fault = useFault(props);
  return (
    <TextInput
      label={t("fields.weight")}
      withAsterisk
      inputMode="numeric"
      value={props.entry.weight ?? ""}
      error={fault("weight")}
      data-testid={`field-${props.path}.weight`}
      onChange={(e) => props.set({ ...props.entry, weight: e.currentTarget.value })}
    />
  );
}

function Line(props: LineProps) {
  const { t } = useTranslation();
  const fault = useFault(props);
  const { entry, path, set } = props;
  const { what } = entry;
  return (
    <div className="sr-list-entry">
      <div className="sr-fields">
        <Select
          label={t("network.what")}
          data={WHAT.map((value) => ({ value, label: t(`network.change.${value}`) }))}
          value={what}
          allowDeselect={false}
          data-testid={`field-${path}.what`}
          onChange={(v) => set({ what: (v ?? "add") as What, weight: v === "add" ? "1" : "" })}
        />
        {what === "add" ? <Newcomer {...props} /> : <Known {...props} />}
        {(what === "add" || what === "weight") && <Weight {...props} />}
        {what === "add" && <SeatFile {...props} />}
        {what === "replace" && (
          <TextInput
            label={t("network.new-key")}
            withAsterisk
            placeholder="did:key:z6Mk…"
            value={entry.next ?? ""}
            error={fault("next")}
            data-testid={`field-${path}.next`}
            onChange={(e) => set({ ...entry, next: e.currentTarget.value })}
          />
        )}
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${t("forms.remove")} ${Number(path.split(".").at(-1)) + 1}`}
        title={t("forms.remove")}
        onClick={props.remove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </div>
  );
}

export function Changes(props: OwnProps) {
  const { t } = useTranslation();
  const page = useCall({ call: "network" });
  const entries = (props.value as Entry[] | undefined) ?? [];
  const problems = props.problems.map((p) => ofLine(p, props.path, entries, OWN.has(p.code)));
  const whole = problems.find((p) => p.field === props.path);
  return (
    <fieldset className="sr-list-field">
      <legend>{props.label}</legend>
      {entries.map((entry, n) => (
        <Line
          key={n}
          entry={entry}
          path={`${props.path}.${n}`}
          problems={problems}
          page={page.data}
          set={(next) => props.set(entries.map((e, m) => (m === n ? next : e)))}
          remove={() => props.set(entries.filter((_, m) => m !== n))}
        />
      ))}
      {whole && <p className="sr-field-error">{wordError(t, whole)}</p>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => props.set([...entries, { what: "add", weight: "1" }])}
        data-testid={`add-${props.path}`}
      >
        {t("network.add-change")}
      </Button>
    </fieldset>
  );
}
