// Who held the goods: each hand-over with its two seals. A seal that is missing shows whom it waits for.

import { IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ShipmentView, Who } from "../../api/generated";
import { Seal } from "../../components/Chip";
import { idOf, nameOf, useFormats } from "../../shared/format";
import { recordPage } from "../../shared/route";
import type { Names } from "../../shared/Said";
import { Sources } from "../../shared/State";

export function Custody(props: { view: ShipmentView; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { view, names } = props;
  const name = (who: Who) => nameOf(idOf(who), names, f.language);
  return (
    <ol className="sr-custody" data-testid="custody-chain">
      {view.custody.map((link) => (
        <li key={link.record} className={link.single_sourced ? "sr-unsure" : undefined}>
          {link.from ? (
            <span className="sr-custody-seals">
              <Seal name={name(link.from)} set title={t("shipments.gave", { name: name(link.from) })} />
              <IconChevronRight size={14} aria-hidden="true" />
              <Seal
                name={name(link.to)}
                set={!link.single_sourced}
                title={t(link.single_sourced ? "shipments.awaited" : "shipments.took", { name: name(link.to) })}
              />
            </span>
          ) : (
            <Seal name={name(link.to)} set title={t("shipments.began", { name: name(link.to) })} />
          )}
          <span className="sr-soft sr-custody-under">
            <span>
              {/* It begins with the plan, whose time is the ledger's and no place's. */}
              {link.from ? f.when(link.at) : f.zoned(link.at.time)}
              {link.packages > 0 && ` · ${t("shipments.count", { count: link.packages })}`}
              {link.remark && ` · ${link.remark}`}
            </span>
            {link.from && <Sources count={link.single_sourced ? 1 : 2} />}
            <a className="sr-link" href={recordPage(link.record)}>
              {t("records.see-proof")}
            </a>
          </span>
        </li>
      ))}
      {view.offer && (
        <li className="sr-unsure" data-testid="offer-open">
          <span className="sr-custody-seals">
            <Seal name={name(view.offer.from)} set title={t("shipments.gave", { name: name(view.offer.from) })} />
            <IconChevronRight size={14} aria-hidden="true" />
            <Seal
              name={t("shipments.awaits", { name: name(view.offer.to) })}
              set={false}
              title={t("shipments.awaited", { name: name(view.offer.to) })}
            />
          </span>
          <span className="sr-soft sr-custody-under">
            {f.when(view.offer.at)} · {t("shipments.count", { count: view.offer.packages })}
          </span>
        </li>
      )}
    </ol>
  );
}
