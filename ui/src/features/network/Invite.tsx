// An invitation for a newcomer: a file to hand over, and the same as a QR code.

import { Button, Modal } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsk } from "../../api/hooks";
import { saveFile } from "../../components/FileDrop";
import { QrCode } from "../../components/QrCode";
import { Problem } from "../../shared/Problem";

/** The file's text without line breaks, and without its checkpoint, which does not fit: what the QR code holds. */
function compact(content: string): string {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  try {
    const { checkpoint: _, ...paper } = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify(paper);
  } catch {
    return text;
  }
}

export function Invite(props: { open: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState<string | null>(null);
  const { mutate, ...ask } = useAsk<{ call: "invite" }>();
  const { open } = props;
  useEffect(() => {
    setSaved(null);
    if (open) mutate({ call: "invite" });
  }, [open, mutate]);
  const file = ask.data?.file;
  const text = useMemo(() => (file?.content ? compact(file.content) : ""), [file]);
  const save = () => {
    if (!file) return;
    saveFile(file.name, file.content);
    setSaved(file.name);
  };
  return (
    <Modal
      opened={open}
      onClose={props.onClose}
      title={t("network.invite")}
      size="lg"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className="sr-stack sr-net-invite" data-testid="invite">
        <p className="sr-tight">{t("network.invite-why")}</p>
        {ask.isError && <Problem error={ask.error} />}
        {text && <QrCode text={text} label={t("network.qr")} otherwise={t("network.qr-too-long")} />}
        {file && (
          <div className="sr-actions">
            <Button onClick={save} data-testid="invite-save">
              {t("network.invite-save")}
            </Button>
            {saved && (
              <span className="sr-soft" role="status">
                {t("common.saved-as", { name: saved })}
              </span>
            )}
          </div>
        )}
        <p className="sr-soft">{t("network.invite-next")}</p>
      </div>
    </Modal>
  );
}
