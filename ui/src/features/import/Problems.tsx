// Bad cells, each with its reason and, where it is a sheet, a field to mend it.

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MendedCell, RowProblem } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { useFormats } from "../../shared/format";

const SHOWN = 200;

function Line(props: {
  problem: RowProblem;
  mended: MendedCell | undefined;
  onMend: ((cell: MendedCell) => void) | null;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const { problem, onMend } = props;
  const field = problem.field ? t(`import.fields.${problem.field}`, problem.field) : "";
  return (
    <tr className={props.mended ? "sr-mended" : "sr-bad"}>
      <td className="sr-right">{f.number(problem.row)}</td>
      <td>{problem.id}</td>
      <td>{field}</td>
      <td>
        {onMend && problem.field ? (
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
        {t([`rules.${problem.code}`, `errors.${problem.code}`], {
          defaultValue: problem.reason || problem.code,
          value: problem.value,
          code: problem.code,
        })}
      </td>
    </tr>
  );
}

export function Problems(props: {
  title: string;
  of: RowProblem[];
  mended: MendedCell[];
  onMend: ((cell: MendedCell) => void) | null;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const find = (p: RowProblem) => props.mended.find((m) => m.row === p.row && m.field === p.field);
  return (
    <Section title={props.title} id="import-problems">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div className="sr-grid-box" tabIndex={0} role="group" aria-label={props.title}>
        <table className="sr-grid">
          <thead>
            <tr>
              {["row", "id", "field", "value", "reason"].map((name) => (
                <th key={name} scope="col">
                  {t(`import.head.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.of.slice(0, SHOWN).map((p, n) => (
              <Line key={n} problem={p} mended={find(p)} onMend={props.onMend} />
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
