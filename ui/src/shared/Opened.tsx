// Loads everything about a subject and hands it on; says plainly when it cannot.

import { ActionIcon } from "@mantine/core";
import { IconArrowsMaximize, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Detail } from "../api/generated";
import { useCall } from "../api/hooks";
import { Shape } from "../components/Blocks";
import { Problem } from "./Problem";
import { subjectPage } from "./route";

export interface DetailProps {
  detail: Detail;
  /** The whole page, not a panel beside a list. */
  full: boolean;
}

export function Opened(props: { subject: string; children(detail: Detail): ReactNode }) {
  const { t } = useTranslation();
  const detail = useCall({ call: "open", subject: props.subject });
  if (detail.isError) return <Problem error={detail.error} again={() => detail.refetch()} />;
  if (!detail.data) return <Shape lines={8} label={t("common.loading")} />;
  return props.children(detail.data);
}

/** The corner of a panel beside a list: make it the page, or close it. */
export function PanelCorner(props: { subject: string; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <div className="sr-corner">
      <ActionIcon
        component="a"
        href={subjectPage(props.subject)}
        variant="subtle"
        color="gray"
        aria-label={t("common.full-page")}
        title={t("common.full-page")}
      >
        <IconArrowsMaximize size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={props.onClose}
        aria-label={t("common.close")}
        title={t("common.close")}
      >
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
