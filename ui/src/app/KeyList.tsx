import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

const KEYS: Array<[string, string]> = [
  ["Ctrl K", "search"],
  ["/", "filter"],
  ["J  K", "rows"],
  ["Enter", "open"],
  ["E", "edit"],
  ["S", "sign"],
  ["I", "invite"],
  ["D", "desks"],
  ["P", "propose"],
  ["Esc", "close"],
  ["?", "list"],
];

/** What the keys do. */
export function KeyList(props: { open: boolean; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.open}
      onClose={props.onClose}
      title={t("keys.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <dl className="sr-keys" data-testid="key-list">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`keys.${what}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
