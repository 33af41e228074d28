import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

export type Tone = "draft" | "signed" | "agreed" | "confirmed" | "refused" | "late" | "unverified";

/** A state: always a word and an icon, never colour alone. */
export function Chip(props: { tone: Tone; icon: Icon; children: ReactNode; title?: string; id?: string }) {
  const Mark = props.icon;
  return (
    <span className={`sr-chip sr-tone-${props.tone}`} title={props.title} data-testid={props.id}>
      <Mark size={14} stroke={2} aria-hidden="true" />
      <span>{props.children}</span>
    </span>
  );
}

/** A filter: pressed or not, with how many it would leave. */
export function FilterChip(props: { on: boolean; label: string; count?: string; id: string; onClick(): void }) {
  return (
    <button type="button" className="sr-filter" aria-pressed={props.on} onClick={props.onClick} data-testid={props.id}>
      {props.label}
      {props.count !== undefined && <span className="sr-count">{props.count}</span>}
    </button>
  );
}

/** A seal somebody has set, or the place where one is awaited. */
export function Seal(props: { name: string; set: boolean; title: string }) {
  return (
    <span className={props.set ? "sr-seal" : "sr-seal sr-seal-open"} title={props.title}>
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <circle cx="12" cy="12" r="10" />
        {props.set && <path d="m7.5 12.3 3 3 6-6.4" />}
      </svg>
      <span className="sr-seal-name">{props.name}</span>
    </span>
  );
}

/** One ring: a single party says so. Linked rings: two or more do. */
export function Rings(props: { linked: boolean }) {
  return (
    <svg viewBox="0 0 26 16" width="22" height="14" className="sr-rings" aria-hidden="true">
      <circle cx={props.linked ? 9 : 13} cy="8" r="6" />
      {props.linked && <circle cx="17" cy="8" r="6" />}
    </svg>
  );
}
