// Goods: products, lots and single pieces.

import { Button, Menu, Tabs } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Table } from "../../api/generated";
import { PageHead } from "../../components/Blocks";
import { openForm } from "../../shared/form/open";
import { ImportButton } from "../../shared/ImportButton";
import { type ColumnName, List } from "../../shared/List";
import { Opened, PanelCorner } from "../../shared/Opened";
import { go, replace } from "../../shared/route";
import { ToSign } from "../../shared/Unlock";
import { GoodsDetail } from "./Detail";

const TABS = ["products", "lots", "items"] as const;
const CHIPS = ["all", "recalled", "single-sourced"] as const;
const COLUMNS: Record<(typeof TABS)[number], readonly ColumnName[]> = {
  products: ["number", "name", "status", "code", "at", "owner"],
  lots: ["number", "name", "status", "quantity", "place", "at", "owner"],
  items: ["number", "name", "status", "place", "at", "code", "owner"],
};
const NEW: Record<(typeof TABS)[number], string> = {
  products: "supply-chain.product-defined",
  lots: "supply-chain.lot-made",
  items: "supply-chain.serial-made",
};

export function GoodsPage(props: { tab: string }) {
  const { t } = useTranslation();
  const tab = TABS.find((name) => name === props.tab) ?? "lots";
  return (
    <div className="sr-page sr-page-list">
      <PageHead title={t("goods.title")}>
        <ToSign>
          <ImportButton words={t("goods.import")} />
          <Button size="sm" onClick={() => openForm(NEW[tab])} data-testid="new">
            {t(`actions.${NEW[tab]}`)}
          </Button>
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button size="sm" variant="default" rightSection={<IconChevronDown size={14} />} data-testid="new-more">
                {t("common.more")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {["supply-chain.processed", "supply-chain.inspected", "supply-chain.recalled"].map((kind) => (
                <Menu.Item key={kind} onClick={() => openForm(kind)} data-testid={`new-${kind}`}>
                  {t(`actions.${kind}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </ToSign>
      </PageHead>
      <Tabs value={tab} onChange={(value) => go(["goods", value ?? "lots"])} mb={12}>
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name} data-testid={`tab-${name}`}>
              {t(`tables.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <List
        key={tab}
        table={tab satisfies Table}
        path={["goods", tab]}
        chips={CHIPS}
        columns={COLUMNS[tab]}
        empty={t(`goods.empty-${tab}`)}
        emptyAction={
          <ToSign>
            <Button onClick={() => openForm(NEW[tab])}>{t(`actions.${NEW[tab]}`)}</Button>
          </ToSign>
        }
        beside={(subject) => (
          <>
            <PanelCorner subject={subject} onClose={() => replace(["goods", tab])} />
            <Opened subject={subject}>{(detail) => <GoodsDetail detail={detail} full={false} />}</Opened>
          </>
        )}
      />
    </div>
  );
}
