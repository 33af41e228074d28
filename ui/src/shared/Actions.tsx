// What one may do next with a subject, as the core says. What is not allowed is listed with its reason, never a dead button.

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../api/errors";
import type { Detail } from "../api/generated";
import { useAsk, useCall } from "../api/hooks";
import { saveFile } from "../components/FileDrop";
import { Problem } from "./Problem";
import { go } from "./route";
import { useSession } from "./session";

/** The step that usually comes next stands first. */
const ORDER = [
  "logistics.handover-accepted",
  "logistics.packed",
  "logistics.departed",
  "logistics.arrived",
  "logistics.delivered",
  "logistics.handover-offered",
  "supply-chain.confirmed",
  "logistics.confirmed",
  "supply-chain.lot-made",
  "supply-chain.processed",
  "supply-chain.serial-made",
  "logistics.shipment-planned",
  "supply-chain.inspected",
];

function rank(kind: string): number {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}

/** The step of the sample's thread, if it is about this and ours to take. */
function useThread(subject: string): string | null {
  const session = useSession();
  const home = useCall({ call: "home" }, { enabled: session.sample });
  const thread = home.data?.thread;
  if (!thread || thread.subject !== subject || (thread.values.shoes ?? session.party) !== session.party) return null;
  return (thread.values.kind ?? "").replace(/\.\d+$/, "");
}

export function Actions(props: { detail: Detail; next?: string | null }) {
  const { t } = useTranslation();
  const { detail } = props;
  const thread = useThread(detail.row.subject);
  const place = (kind: string) => (kind === thread ? -2 : kind === props.next ? -1 : rank(kind));
  const { locked } = useSession();
  const sorted = (locked ? [] : [...detail.actions]).sort((a, b) => place(a.kind) - place(b.kind));
  const allowed = sorted.filter((a) => a.refused === null);
  const refused = sorted.filter((a) => a.refused !== null);
  const open = (kind: string) => go(["form", kind], { about: detail.row.subject });
  const [first, second, ...more] = allowed;
  return (
    <div className="sr-actions">
      {first && (
        <Button
          size="sm"
          variant={rank(first.kind) < ORDER.length ? "filled" : "default"}
          onClick={() => open(first.kind)}
          data-testid={`action-${first.kind}`}
        >
          {t(`actions.${first.kind}`)}
        </Button>
      )}
      {second && (
        <Button size="sm" variant="default" onClick={() => open(second.kind)} data-testid={`action-${second.kind}`}>
          {t(`actions.${second.kind}`)}
        </Button>
      )}
      {(more.length > 0 || refused.length > 0) && (
        <Menu position="bottom-end" shadow="md" width={320}>
          <Menu.Target>
            <Button size="sm" variant="default" rightSection={<IconChevronDown size={14} />} data-testid="action-more">
              {t("common.more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflow: "auto" }}>
            {more.map((a) => (
              <Menu.Item key={a.kind} onClick={() => open(a.kind)} data-testid={`action-${a.kind}`}>
                {t(`actions.${a.kind}`)}
              </Menu.Item>
            ))}
            {refused.length > 0 && <Menu.Label>{t("common.not-now")}</Menu.Label>}
            {refused.map((a) => (
              <div key={a.kind} className="sr-refused-action">
                <span>{t(`actions.${a.kind}`)}</span>
                <small>{wordError(t, { code: a.refused ?? "" })}</small>
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ExportMenu subject={detail.row.subject} type={detail.view.type} />
    </div>
  );
}

/** Files to hand to somebody: the evidence, EPCIS, a W3C credential, the network's anchor. */
export function ExportMenu(props: { subject?: string; record?: string; type: string }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string | null>(null);
  const ask = useAsk<{ call: "export"; subject: string | null; record: string | null; as: string }>((file) => {
    if (file.content) saveFile(file.name, file.content);
    setMade(file.path ?? file.name);
  });
  const forms = props.record
    ? ["vc"]
    : props.type === "party" || props.type === "partner"
      ? ["evidence"]
      : ["evidence", "epcis", "anchor"];
  const run = (as: string) =>
    ask.mutate({ call: "export", subject: props.subject ?? null, record: props.record ?? null, as });
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={300}>
        <Menu.Target>
          <Button
            size="sm"
            variant="default"
            leftSection={<IconDownload size={14} />}
            loading={ask.isPending}
            data-testid="export"
          >
            {t("common.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {forms.map((as) => (
            <Menu.Item key={as} onClick={() => run(as)} data-testid={`export-${as}`}>
              <span>{t(`exports.${as}`)}</span>
              <small className="sr-block sr-soft">{t(`exports.${as}-why`)}</small>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {made && !ask.isError && (
        <span role="status" className="sr-soft" data-testid="exported">
          {t("common.saved-as", { name: made })}
        </span>
      )}
      {ask.isError && <Problem error={ask.error} />}
    </>
  );
}
