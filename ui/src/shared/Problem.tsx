import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { asUserError, wordError } from "../api/errors";
import { Banner } from "../components/Blocks";

/** What went wrong, in words, and the way on if trying again may help. */
export function Problem(props: { error: unknown; again?: () => void }) {
  const { t } = useTranslation();
  const error = asUserError(props.error);
  return (
    <Banner tone="refused" title={wordError(t, error)} id="problem">
      {props.again && error.retry && (
        <Button size="xs" variant="default" mt={8} onClick={props.again}>
          {t("common.again")}
        </Button>
      )}
    </Banner>
  );
}
