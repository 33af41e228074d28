// What the key of this installation is to the firm; when it cannot speak, the two ways on.

import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { KeysPage } from "../../api/generated";
import { Banner } from "../../components/Blocks";
import { QrCode } from "../../components/QrCode";
import { go } from "../../shared/route";

export function Own(props: { page: KeysPage }) {
  const { t } = useTranslation();
  const { ours } = props.page;
  if (!ours || ours.standing === "root" || ours.standing === "granted") return null;
  return (
    <Banner tone="late" title={t(`keyring.own-${ours.standing}`)} id="own-key">
      <p className="sr-tight">{t("keyring.own-ways")}</p>
      <div className="sr-own-key">
        <QrCode text={ours.key} label={t("keyring.own-qr")} otherwise={ours.key} />
        <div>
          <p className="sr-tight">
            {t("keyring.fingerprint")}: <strong className="sr-mono">{ours.fingerprint}</strong>
          </p>
          <p className="sr-mono sr-key-text" data-testid="own-key-text">
            {ours.key}
          </p>
          <div className="sr-actions">
            <CopyButton value={ours.key}>
              {({ copied, copy }) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={copy}
                  leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                >
                  {t(copied ? "admission.copied" : "admission.copy")}
                </Button>
              )}
            </CopyButton>
            <Button size="compact-sm" onClick={() => go(["keys", "recover"])} data-testid="own-recover">
              {t("keyring.recover")}
            </Button>
          </div>
        </div>
      </div>
    </Banner>
  );
}
