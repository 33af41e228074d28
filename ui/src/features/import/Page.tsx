// Import: the file left, what it became right; bad cells are mended in place; nothing is signed before it is accepted.

import { Button, SegmentedControl, Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, ImportPreview, ImportProgress, Mapping, MendedCell } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { Banner, PageHead, Section, Shape } from "../../components/Blocks";
import { base64Of, FileDrop } from "../../components/FileDrop";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { Problems } from "./Problems";
import { Running } from "./Running";

interface Given {
  name: string;
  file: string;
}

const KINDS = ["epcis", "shipments", "products"] as const;

function MappingGrid(props: { preview: ImportPreview; onChange(mapping: Mapping): void }) {
  const { t } = useTranslation();
  const { preview } = props;
  const { mapping } = preview;
  const taken = Object.values(mapping.columns);
  const missing = preview.fields.filter(
    ([field, required]) => required && !taken.includes(field) && !mapping.defaults[field],
  );
  const give = (column: string, field: string | null) => {
    const columns = { ...mapping.columns };
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
    ["rows", report.rows],
    ["accepted", report.accepted],
    ["refused", new Set(report.refused.map((p) => p.row)).size],
    ["doubtful", report.doubtful.length],
    ["mended", props.mended],
  ];
  return (
    <ul className="sr-counts" data-testid="import-counts">
      {parts.map(([name, count]) => (
        <li key={name}>
          <strong>{f.number(count)}</strong> {t(`import.${name}`, { count })}
        </li>
      ))}
    </ul>
  );
}

function Looked(props: {
  preview: ImportPreview;
  onMapping(mapping: Mapping): void;
  onStart(mended: MendedCell[]): void;
  onOther(): void;
  busy: boolean;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const { preview } = props;
  const [mended, setMended] = useState<MendedCell[]>([]);
  const mend = (cell: MendedCell) =>
    setMended((before) => [...before.filter((c) => c.row !== cell.row || c.field !== cell.field), cell]);
  const { report } = preview;
  const ready = report.accepted + mended.length;
  return (
    <>
      {report.already_imported && (
        <Banner tone="late" title={t("import.before", { time: f.time(report.already_imported) })} id="import-before">
          {t("import.before-why")}
        </Banner>
      )}
      <Counts preview={preview} mended={mended.length} />
      <div className="sr-actions">
        <Button
          onClick={() => props.onStart(mended)}
          disabled={ready === 0}
          loading={props.busy}
          data-testid="import-start"
        >
          {t("import.start", { count: report.accepted })}
        </Button>
        <Button variant="default" onClick={props.onOther}>
          {t("import.other")}
        </Button>
      </div>
      {report.refused.length > 0 && (
        <Problems
          title={t("import.to-mend")}
          of={report.refused}
          mended={mended}
          onMend={preview.columns.length ? mend : null}
        />
      )}
      {report.doubtful.length > 0 && (
        <Problems title={t("import.to-look")} of={report.doubtful} mended={[]} onMend={null} />
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
        accept=".csv,.xlsx,.xls,.json,.xml"
        onFile={props.onFile}
      />
    </>
  );
}

export function ImportPage(props: { as: string | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [as, setAs] = useState<string | null>(props.as);
  const [given, setGiven] = useState<Given | null>(null);
  const [started, setStarted] = useState<{ import: string; first: ImportProgress } | null>(null);
  const look = useAsk<Call & { call: "import-preview" }>();
  const start = useAsk<Call & { call: "import-start" }>();
  const preview = look.data;
  const take = async (file: File) => {
    const next = { name: file.name, file: await base64Of(file) };
    setGiven(next);
    look.mutate({ call: "import-preview", ...next, as, mapping: null });
  };
  const other = () => {
    setGiven(null);
    setStarted(null);
    look.reset();
    start.reset();
  };
  const begin = (mended: MendedCell[]) => {
    if (!preview) return;
    const id = preview.import;
    start.mutate(
      { call: "import-start", import: id, mapping: preview.mapping, mended },
      { onSuccess: (first) => setStarted({ import: id, first }) },
    );
  };
  return (
    <div className="sr-page">
      <PageHead title={t("import.title")} under={given?.name ?? t("import.lead")} />
      {!given && <Asked as={as} onAs={setAs} onFile={take} />}
      {look.isPending && <Shape label={t("import.reading", { name: given?.name })} />}
      {look.isError && (
        <>
          <Problem error={look.error} />
          <Button variant="default" onClick={other}>
            {t("import.other")}
          </Button>
        </>
      )}
      {start.isError && <Problem error={start.error} />}
      {given && preview && !started && !look.isPending && (
        <Looked
          preview={preview}
          busy={start.isPending}
          onOther={other}
          onStart={begin}
          onMapping={(mapping) => look.mutate({ call: "import-preview", ...given, as: preview.as, mapping })}
        />
      )}
      {started && (
        <Running
          import={started.import}
          first={started.first}
          onOther={other}
          onDone={() => client.invalidateQueries()}
        />
      )}
    </div>
  );
}
