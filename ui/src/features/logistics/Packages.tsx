// What is in each package: goods of one name under that name once, their numbers behind it.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Content, Package } from "../../api/generated";
import { nameOf, shortId, useFormats } from "../../shared/format";
import { subjectPage } from "../../shared/route";
import type { Names } from "../../shared/Said";

/** Pieces that are named before the rest is folded away. */
const SHOWN = 4;

interface Group {
  name: string;
  contents: Content[];
}

/** Contents by the name of the goods, in the order in which they were packed. */
export function grouped(contents: Content[], nameFor: (subject: string) => string): Group[] {
  const groups = new Map<string, Content[]>();
  for (const content of contents) {
    const name = nameFor(content.subject);
    groups.set(name, [...(groups.get(name) ?? []), content]);
  }
  return [...groups].map(([name, list]) => ({ name, contents: list }));
}

function Goods(props: { group: Group; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [all, setAll] = useState(false);
  const { name, contents } = props.group;
  const lots = contents.filter((c) => !c.subject.startsWith("item:"));
  const pieces = contents.filter((c) => c.subject.startsWith("item:"));
  const number = (c: Content) => props.names[c.subject]?.number ?? shortId(c.subject);
  // A fold of one would take as much room as what it hides.
  const shown = all || pieces.length <= SHOWN + 1 ? pieces : pieces.slice(0, SHOWN);
  const link = (c: Content) => (
    <a key={c.subject} className="sr-link sr-whole" href={subjectPage(c.subject)} title={c.subject}>
      {number(c)}
    </a>
  );
  return (
    <div className="sr-goods">
      <div>{name}</div>
      {lots.map((c) => (
        <div key={c.subject} className="sr-goods-line">
          <span className="sr-num sr-right">{f.quantity(c.quantity)}</span>
          <span>
            {t("types.lot")} {link(c)}
          </span>
        </div>
      ))}
      {pieces.length > 0 && (
        <div className="sr-goods-line">
          <span className="sr-num sr-right">{t("shipments.pieces", { count: pieces.length })}</span>
          <span className="sr-goods-pieces">
            {shown.map(link)}
            {shown.length < pieces.length && (
              <button type="button" className="sr-unfold" aria-expanded={false} onClick={() => setAll(true)}>
                {t("shipments.more-pieces", { count: pieces.length - shown.length })}
              </button>
            )}
          </span>
        </div>
      )}
    </div>
  );
}

export function Packages(props: { of: Package[]; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (!props.of.length) return <p className="sr-soft">{t("shipments.no-packages")}</p>;
  return (
    <ul className="sr-plain" data-testid="package-list">
      {props.of.map((one) => (
        <li key={one.mark} className="sr-package">
          <div>
            <strong className="sr-num">{one.mark}</strong>
            <div className="sr-soft">
              {t(`values.package.${one.kind}`, one.kind)}
              {one.gross_grams !== undefined && ` · ${f.mass(one.gross_grams)}`}
            </div>
          </div>
          <div>
            {grouped(one.contents, (subject) => nameOf(subject, props.names, f.language)).map((group) => (
              <Goods key={group.name} group={group} names={props.names} />
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}
