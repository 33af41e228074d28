// Where the words of a kit are typed: how many there are, and what is wrong with them in words.

import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { UserError } from "../../api/generated";

const COUNT = 24;

/** Words so far; numbers before them, as printed, are none. */
export function wordsIn(text: string): number {
  return text.split(/[\s,]+/).filter((word) => /[^\d.):]/.test(word)).length;
}

export function WordsInput(props: { value: string; error: UserError | null; onChange(value: string): void }) {
  const { t } = useTranslation();
  const scanned = props.value.trimStart().startsWith("sealroad-kit");
  return (
    <Textarea
      label={t("keyring.words")}
      description={t("keyring.words-why")}
      autosize
      minRows={3}
      value={props.value}
      error={props.error ? wordError(t, props.error) : null}
      onChange={(e) => props.onChange(e.currentTarget.value)}
      inputContainer={(input) => (
        <>
          {input}
          <span className="sr-soft sr-words-count" role="status" data-testid="words-count">
            {scanned
              ? t("keyring.words-scanned")
              : t("keyring.words-count", { value: wordsIn(props.value), of: COUNT })}
          </span>
        </>
      )}
      classNames={{ input: "sr-words" }}
      autoComplete="off"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      data-testid="words"
    />
  );
}
