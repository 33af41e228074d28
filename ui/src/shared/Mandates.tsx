import { useTranslation } from "react-i18next";
import type { MandateView } from "../api/generated";
import { useFormats } from "./format";
import { StateChip } from "./State";

/** Keys that may speak for a firm. */
export function Mandates(props: { of: MandateView[]; inUse?: string | null }) {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  const kind = (k: string) => (i18n.exists(`mandates.${k}`) ? t(`mandates.${k}`) : t(`kinds.${k}`, k));
  return (
    <ul className="sr-plain sr-mandates" data-testid="mandates">
      {props.of.map((m) => (
        <li key={m.key + m.from} className="sr-mandate">
          <strong>{m.label || (m.holder ? t(`values.holder.${m.holder}`) : t("parties.root-key"))}</strong>
          {m.key === props.inUse && <StateChip state="in-use" />}
          {m.holder && m.label && <span className="sr-soft">{t(`values.holder.${m.holder}`)}</span>}
          <span>{m.kinds.map(kind).join(", ")}</span>
          {m.until && <span className="sr-soft">{t("parties.until", { time: f.time(m.until) })}</span>}
          {m.revoked !== null && <StateChip state="revoked" title={t("parties.revoked", { height: m.revoked })} />}
          {m.suspected_since && (
            <span className="sr-soft">{t("parties.suspected", { time: f.time(m.suspected_since) })}</span>
          )}
          <span className="sr-mono sr-soft sr-mandate-key">{m.key}</span>
        </li>
      ))}
    </ul>
  );
}
