// Small building blocks that every page uses.

import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";

export function PageHead(props: { title: ReactNode; under?: ReactNode; children?: ReactNode }) {
  return (
    <header className="sr-head">
      <div className="sr-head-words">
        <h1>{props.title}</h1>
        {props.under && <p className="sr-soft">{props.under}</p>}
      </div>
      {props.children && <div className="sr-actions">{props.children}</div>}
    </header>
  );
}

export function Section(props: { title: string; aside?: ReactNode; children: ReactNode; id?: string }) {
  const id = useId();
  return (
    <section className="sr-section" aria-labelledby={id} data-testid={props.id}>
      <div className="sr-section-head">
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

/** Names and values, one under the other. Entries without a value are left out. */
export function Facts(props: { of: Array<[string, ReactNode]> }) {
  return (
    <dl className="sr-facts">
      {props.of.map(([name, value]) =>
        value === null || value === undefined || value === false || value === "" ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export function Banner(props: {
  tone: "refused" | "late" | "agreed" | "signed";
  title: ReactNode;
  children?: ReactNode;
  id?: string;
}) {
  return (
    <div className={`sr-banner sr-tone-${props.tone}`} data-testid={props.id} role="status">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        <strong>{props.title}</strong>
        {props.children && <div className="sr-banner-more">{props.children}</div>}
      </div>
    </div>
  );
}

export function Empty(props: { children: ReactNode; more?: ReactNode }) {
  return (
    <div className="sr-empty">
      <p>{props.children}</p>
      {props.more}
    </div>
  );
}

/** The shape of an answer that is not there yet. */
export function Shape(props: { lines?: number; label: string }) {
  return (
    <div className="sr-shape" role="status" aria-label={props.label}>
      {Array.from({ length: props.lines ?? 6 }, (_, n) => (
        <span key={n} style={{ width: `${60 + ((n * 37) % 40)}%` }} />
      ))}
    </div>
  );
}
