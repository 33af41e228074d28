// Bad cells, each with its reason and, where it is a sheet, a field to mend it.

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImportPreview, MendedCell, RowProblem } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { useFormats } from "../../shared/format";

const SHOWN = 200;

/** The rows that these problems are in; what is said of the whole file (row 0) is in none. */
export const rowsOf = (problems: RowProblem[]) => new Set(problems.map((p) => p.row).filter((row) => row > 0));

const isMended = (problem: RowProblem, mended: MendedCell[]) =>
  mended.find((m) => m.row === problem.row && m.field === problem.field);

/** How many bad rows could be good now: each of their bad cells was mended. They are checked again before they are signed. */
export function mendedRows(problems: RowProblem[], mended: MendedCell[]): number {
  const open = rowsOf(problems.filter((problem) => !isMended(problem, mended)));
  return [...rowsOf(problems)].filter((row) => !open.has(row)).length;
}

/** What is wrong, in the reader's language; a sentence that needs values we were not given comes from the core. */
function useReason(): (problem: RowProblem, field: string) => string {
  const { t } = useTranslation();
  return (problem, field) => {
    const keys = [`import.reasons.${problem.code.replace(/^import\./, "")}`, `rules.${problem.code}`];
    keys.push(`errors.${problem.code}`);
    const given = { value: problem.value, field, code: problem.code };
    const sentence = t(keys, { defaultValue: "", skipInterpolation: true });
    const asks = [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string);
    if (!sentence || asks.some((name) => !(name in given))) return problem.reason || problem.code;
    return t(keys, given);
  };
}

function Line(props: {
  problem: RowProblem;
  mended: MendedCell | undefined;
  fields: ImportPreview["fields"];
  onMend: ((cell: MendedCell) => void) | null;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const { problem, onMend } = props;
  const reason = useReason();
  const mendable = onMend && props.fields.some(([name]) => name === problem.field);
  const field = problem.field ? t(`import.fields.${problem.field}`, problem.field) : "";
  return (
    <tr className={props.mended ? "sr-mended" : "sr-bad"}>
      <td className="sr-right">{problem.row > 0 && f.number(problem.row)}</td>
      <td>{problem.id}</td>
      <td>{field}</td>
      <td>
        {mendable ? (
          <TextInput
            size="xs"
            aria-label={t("import.mend", { field, row: problem.row })}
            defaultValue={props.mended?.value ?? problem.value}
            error={!props.mended}
            onBlur={(e) =>
              e.currentTarget.value !== (props.mended?.value ?? problem.value) &&
              onMend({ row: problem.row, field: problem.field, value: e.currentTarget.value })
            }
            data-testid={`mend-${problem.row}-${problem.field}`}
          />
        ) : (
          <span className="sr-mono">{problem.value}</span>
        )}
      </td>
      <td>
        {props.mended ? (
          <span data-testid={`mended-${problem.row}-${problem.field}`}>{t("import.mended-check")}</span>
        ) : (
          reason(problem, field)
        )}
      </td>
    </tr>
  );
}

export function Problems(props: {
  title: string;
  of: RowProblem[];
  /** What is imported: `epcis`, `shipments`, `products`. */
  as: string;
  /** Fields of the sheet: those can be mended. */
  fields: ImportPreview["fields"];
  mended: MendedCell[];
  onMend: ((cell: MendedCell) => void) | null;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <Section title={props.title} id="import-problems">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div className="sr-grid-box" tabIndex={0} role="group" aria-label={props.title}>
        <table className="sr-grid">
          <thead>
            <tr>
              {[props.as === "epcis" ? "event" : "row", "id", "field", "value", "reason"].map((name) => (
                <th key={name} scope="col" className={name === "event" || name === "row" ? "sr-right" : undefined}>
                  {t(`import.head.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.of.slice(0, SHOWN).map((p, n) => (
              <Line
                key={n}
                problem={p}
                mended={isMended(p, props.mended)}
                fields={props.fields}
                onMend={props.onMend}
              />
            ))}
          </tbody>
        </table>
      </div>
      {props.of.length > SHOWN && (
        <p className="sr-soft">
          {t("import.and-more", { count: props.of.length - SHOWN, total: f.number(props.of.length - SHOWN) })}
        </p>
      )}
    </Section>
  );
}
