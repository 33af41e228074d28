// Shipments: what is planned, on its way, late, in trouble, delivered.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PageHead } from "../../components/Blocks";
import { openForm } from "../../shared/form/open";
import { ImportButton } from "../../shared/ImportButton";
import { type ColumnName, List } from "../../shared/List";
import { Opened, PanelCorner } from "../../shared/Opened";
import { replace } from "../../shared/route";
import { ToSign } from "../../shared/Unlock";
import { ShipmentDetail } from "./Detail";

const CHIPS = ["all", "planned", "packed", "under-way", "at-place", "delivered", "late", "exception"] as const;
const COLUMNS: readonly ColumnName[] = [
  "number",
  "name",
  "status",
  "place",
  "due",
  "expected",
  "quantity",
  "code",
  "at",
  "owner",
];
const PLAN = "logistics.shipment-planned";

export function ShipmentsPage() {
  const { t } = useTranslation();
  return (
    <div className="sr-page sr-page-list">
      <PageHead title={t("shipments.title")}>
        <ToSign>
          <ImportButton words={t("shipments.import")} />
          <Button size="sm" onClick={() => openForm(PLAN)} data-testid="new">
            {t(`actions.${PLAN}`)}
          </Button>
        </ToSign>
      </PageHead>
      <List
        table="shipments"
        path={["shipments"]}
        chips={CHIPS}
        columns={COLUMNS}
        empty={t("shipments.empty")}
        emptyAction={
          <ToSign>
            <Button onClick={() => openForm(PLAN)}>{t(`actions.${PLAN}`)}</Button>
          </ToSign>
        }
        beside={(subject) => (
          <>
            <PanelCorner subject={subject} onClose={() => replace(["shipments"])} />
            <Opened subject={subject}>{(detail) => <ShipmentDetail detail={detail} full={false} />}</Opened>
          </>
        )}
      />
    </div>
  );
}
