// The mass that went in beside the mass that came out, while they are being typed. It only adds up; what is allowed, the rules say.

import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Detail } from "../../api/generated";
import { call } from "../../api/host";
import { decimal } from "../../shared/form/assemble";
import type { Values } from "../../shared/form/spec";
import { useFormats } from "../../shared/format";

interface Line {
  lot?: string;
  product?: string;
  quantity?: { text?: string; unit?: string };
  net_grams?: string;
}

const GRAMS: Record<string, number> = { GRM: 1, KGM: 1_000, TNE: 1_000_000 };

/** Grams of a line; null when its unit is not a mass and nothing says what one weighs. */
function gramsOf(line: Line, details: Map<string, Detail>): number | null {
  const amount = line.quantity?.text ? decimal(line.quantity.text) : null;
  if (!amount) return null;
  const number = amount.value / 10 ** amount.scale;
  const unit = GRAMS[line.quantity?.unit ?? "KGM"];
  if (unit) return number * unit;
  const stated = line.net_grams ? decimal(line.net_grams) : null;
  if (stated) return (stated.value / 10 ** stated.scale) * 1_000;
  const lot = line.lot ? details.get(line.lot)?.view : undefined;
  const product = details.get(lot?.type === "lot" ? lot.product : (line.product ?? ""))?.view;
  const each = product?.type === "product" ? product.net_grams : null;
  return each === null ? null : number * each;
}

function useDetails(subjects: string[]): Map<string, Detail> {
  const queries = subjects.map((subject) => ({
    queryKey: ["open", { call: "open", subject }],
    queryFn: () => call({ call: "open", subject }),
  }));
  const answers = useQueries({ queries });
  return new Map(answers.flatMap((a) => (a.data ? [[a.data.row.subject, a.data] as const] : [])));
}

function totalOf(lines: Line[], details: Map<string, Detail>): { grams: number; all: boolean } {
  const masses = lines.map((line) => gramsOf(line, details));
  return {
    grams: masses.reduce<number>((sum, m) => sum + (m ?? 0), 0),
    all: masses.length > 0 && masses.every((m) => m !== null),
  };
}

export function MassBalance(props: { values: Values }) {
  const { t } = useTranslation();
  const f = useFormats();
  const inputs = (props.values.inputs ?? []) as Line[];
  const outputs = (props.values.outputs ?? []) as Line[];
  const lots = useDetails([...new Set(inputs.flatMap((l) => (l.lot ? [l.lot] : [])))]);
  const ofLots = [...lots.values()].flatMap((d) => (d.view.type === "lot" ? [d.view.product] : []));
  const products = useDetails([...new Set([...ofLots, ...outputs.flatMap((l) => (l.product ? [l.product] : []))])]);
  const details = new Map([...lots, ...products]);
  const into = totalOf(inputs, details);
  const out = totalOf(outputs, details);
  const over = into.all && out.all && out.grams > into.grams;
  const share = into.grams > 0 ? Math.min(100, (out.grams / into.grams) * 100) : 0;
  return (
    <div className={over ? "sr-balance sr-balance-over" : "sr-balance"} role="status" data-testid="mass-balance">
      <div className="sr-line">
        <span>{t("goods.mass-in", { mass: f.mass(into.grams) })}</span>
        <span>{t("goods.mass-out", { mass: f.mass(out.grams) })}</span>
        <strong>
          {over && t("goods.mass-over", { mass: f.mass(out.grams - into.grams) })}
          {!over && into.all && out.all && t("goods.mass-under", { mass: f.mass(into.grams - out.grams) })}
          {!(into.all && out.all) && t("goods.mass-unknown")}
        </strong>
      </div>
      <svg viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="3" className="sr-balance-in" />
        <rect width={share} height="3" className="sr-balance-out" />
      </svg>
    </div>
  );
}
