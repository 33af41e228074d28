// Import: the file left, what it became right; bad cells are mended in place; nothing is signed before it is accepted.

import { Button, SegmentedControl, Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asUserError } from "../../api/errors";
import type { Call, ImportPreview, Mapping, MendedCell } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { Banner, PageHead, Section, Shape } from "../../components/Blocks";
import { base64Of, FileDrop } from "../../components/FileDrop";
import { useFormats } from "../../shared/format";
import { forgetImport, useImportStand } from "../../shared/imports";
import { Problem } from "../../shared/Problem";
import { LockedForm, ToSign } from "../../shared/Unlock";
import { mendedRows, Problems, rowsOf } from "./Problems";
import { Running } from "./Running";

const KINDS = ["epcis", "shipments", "products"] as const;
/** The file is sound, but not what was chosen. */
const AS_IT_IS = ["is-events", "is-products", "is-shipments", "is-table"].map((what) => `import.${what}`);

function MappingGrid(props: { preview: ImportPreview; onChange(mapping: Mapping): void }) {
  const { t } = useTranslation();
  const { preview } = props;
  const { mapping } = preview;
  const taken = Object.values(mapping.columns);
  const missing = preview.fields.filter(
    ([field, required]) => required && !taken.includes(field) && !mapping.defaults[field],
  );
  const give = (column: string, field: string | null) => {
    const others = Object.entries(mapping.columns).filter(([, given]) => given !== field);
    const columns = Object.fromEntries(others);
    if (field) columns[column] = field;
    else delete columns[column];
    props.onChange({ ...mapping, columns });
  };
  return (
    <Section title={t("import.mapping")} id="import-mapping">
      {missing.length > 0 && (
        <p className="sr-warn" role="status">
          {t("import.missing", { fields: missing.map(([field]) => t(`import.fields.${field}`, field)).join(", ") })}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div className="sr-grid-box" tabIndex={0} role="group" aria-label={t("import.mapping")}>
        <table className="sr-grid">
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column} scope="col">
                  <span>{column}</span>
                  <Select
                    size="xs"
                    clearable
                    searchable
                    aria-label={t("import.column-is", { column })}
                    placeholder={t("import.left-out")}
                    value={mapping.columns[column] ?? null}
                    data={preview.fields.map(([field, required]) => ({
                      value: field,
                      label: t(`import.fields.${field}`, field) + (required ? " *" : ""),
                    }))}
                    onChange={(field) => give(column, field)}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.sample.map((line, n) => (
              <tr key={n}>
                {line.map((cell, m) => (
                  <td key={m}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Counts(props: { preview: ImportPreview; mended: number }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { report } = props.preview;
  const parts: Array<[string, number]> = [
    [props.preview.as === "epcis" ? "events" : "rows", report.rows],
    ["accepted", report.accepted],
    ["refused", rowsOf(report.refused).size - props.mended],
    ["mended", props.mended],
    ["doubtful", rowsOf(report.doubtful).size],
  ];
  return (
    <ul className="sr-counts" data-testid="import-counts">
      {parts
        .filter(([name, count]) => count > 0 || ["rows", "events", "accepted"].includes(name))
        .map(([name, count]) => (
          <li key={name}>
            <strong>{f.number(count)}</strong> {t(`import.${name}`, { count })}
          </li>
        ))}
    </ul>
  );
}

function Looked(props: {
  preview: ImportPreview;
  mended: MendedCell[];
  onMended(mended: MendedCell[]): void;
  onMapping(mapping: Mapping): void;
  onStart(): void;
  onOther(): void;
  busy: boolean;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const { preview, mended } = props;
  const mend = (cell: MendedCell) =>
    props.onMended([...mended.filter((c) => c.row !== cell.row || c.field !== cell.field), cell]);
  const { report } = preview;
  const whole = mendedRows(report.refused, mended);
  const ready = report.accepted + whole;
  return (
    <>
      {report.already_imported && (
        <Banner tone="late" title={t("import.before", { time: f.time(report.already_imported) })} id="import-before">
          {t("import.before-why")}
        </Banner>
      )}
      <Counts preview={preview} mended={whole} />
      <div className="sr-actions">
        <Button onClick={props.onStart} disabled={ready === 0} loading={props.busy} data-testid="import-start">
          {t(preview.as === "epcis" ? "import.start-events" : "import.start", { count: ready })}
        </Button>
        <Button variant="default" onClick={props.onOther}>
          {t("import.other")}
        </Button>
      </div>
      {report.refused.length > 0 && (
        <Problems
          title={t("import.to-mend")}
          of={report.refused}
          as={preview.as}
          fields={preview.fields}
          mended={mended}
          onMend={mend}
        />
      )}
      {report.doubtful.length > 0 && (
        <Problems
          title={t("import.to-look")}
          of={report.doubtful}
          as={preview.as}
          fields={preview.fields}
          mended={mended}
          onMend={mend}
        />
      )}
      {preview.columns.length > 0 && <MappingGrid preview={preview} onChange={props.onMapping} />}
    </>
  );
}

function Asked(props: { as: string | null; onAs(as: string | null): void; onFile(file: File): void }) {
  const { t } = useTranslation();
  return (
    <>
      <SegmentedControl
        mb={16}
        aria-label={t("import.kind")}
        value={props.as ?? "guess"}
        onChange={(v) => props.onAs(v === "guess" ? null : v)}
        data={["guess", ...KINDS].map((value) => ({ value, label: t(`import.kinds.${value}`) }))}
      />
      <FileDrop
        id="import-drop"
        title={t("import.drop")}
        button={t("import.choose")}
        accept=".csv,.xlsx,.json,.jsonld"
        onFile={props.onFile}
      >
        <p className="sr-soft sr-drop-hint">{t(`import.hint.${props.as ?? "guess"}`)}</p>
      </FileDrop>
    </>
  );
}

/** Reads files and starts to sign; what comes of it is kept also when the page has been left meanwhile. */
function useImport(as: string | null) {
  const [stand, change] = useImportStand();
  const look = useAsk<Call & { call: "import-preview" }>((preview) => change({ preview, failed: null }));
  const start = useAsk<Call & { call: "import-start" }>();
  const read = async (name: string, content: string, kind: string | null, mapping: Mapping | null) => {
    try {
      await look.mutateAsync({ call: "import-preview", name, file: content, as: kind, mapping });
    } catch (problem) {
      change({ preview: null, failed: asUserError(problem) });
    }
  };
  const take = async (file: File) => {
    const content = await base64Of(file);
    change({ file: { name: file.name, content }, preview: null, failed: null, mended: [], started: null, over: false });
    await read(file.name, content, as, null);
  };
  const map = (mapping: Mapping) =>
    stand.file && stand.preview && read(stand.file.name, stand.file.content, stand.preview.as, mapping);
  const automatic = () => stand.file && read(stand.file.name, stand.file.content, null, null);
  const begin = async () => {
    if (!stand.preview) return;
    const id = stand.preview.import;
    const { mapping } = stand.preview;
    const first = await start.mutateAsync({ call: "import-start", import: id, mapping, mended: stand.mended });
    change({ started: { import: id, first } });
  };
  return { stand, change, look, start, take, map, automatic, begin };
}

export function ImportPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [as, setAs] = useState<string | null>(null);
  const { stand, change, look, start, take, map, automatic, begin } = useImport(as);
  const { file, preview, started, failed } = stand;
  const other = () => {
    forgetImport();
    look.reset();
    start.reset();
  };
  return (
    <div className="sr-page">
      <PageHead title={t("import.title")} under={file?.name ?? t("import.lead")} />
      {!file && (
        <ToSign instead={<LockedForm />}>
          <Asked as={as} onAs={setAs} onFile={take} />
        </ToSign>
      )}
      {file && !failed && (!preview || look.isPending) && <Shape label={t("import.reading", { name: file.name })} />}
      {failed && (
        <>
          <Problem error={failed} />
          <div className="sr-actions">
            {file && AS_IT_IS.includes(failed.code) && (
              <Button onClick={automatic} loading={look.isPending} data-testid="import-automatic">
                {t("import.automatic")}
              </Button>
            )}
            <Button variant="default" onClick={other}>
              {t("import.other")}
            </Button>
          </div>
        </>
      )}
      {start.isError && <Problem error={start.error} />}
      {preview && !started && !look.isPending && (
        <Looked
          preview={preview}
          mended={stand.mended}
          onMended={(mended) => change({ mended })}
          busy={start.isPending}
          onOther={other}
          onStart={() => begin().catch(() => undefined)}
          onMapping={map}
        />
      )}
      {started && (
        <Running
          import={started.import}
          first={started.first}
          as={preview?.as ?? ""}
          onOther={other}
          onDone={(last) => {
            if (stand.over) return;
            change({ over: true, started: { import: started.import, first: last } });
            client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "import-progress" });
          }}
        />
      )}
    </div>
  );
}
