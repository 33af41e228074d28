// A mandate that ends soon goes on: the old one is revoked and a new one granted in one review, so that no block comes between.

import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { KeyLine, Payload } from "../../api/generated";
import { useAsk, useCall } from "../../api/hooks";
import { PageHead, Shape } from "../../components/Blocks";
import { assemble } from "../../shared/form/assemble";
import { Fields } from "../../shared/form/Fields";
import type { Field, Values } from "../../shared/form/spec";
import { Problem } from "../../shared/Problem";
import { payload } from "../../shared/payload";
import { ReviewScreen } from "../../shared/ReviewScreen";
import { go } from "../../shared/route";

const UNTIL: Field[] = [{ path: "until", type: "time", optional: true }];

function RenewForm(props: { of: KeyLine }) {
  const { t } = useTranslation();
  const { key, label, holder, kinds } = props.of;
  const [values, setValues] = useState<Values>({});
  const [tried, setTried] = useState(false);
  const ask = useAsk<{ call: "review"; payloads: Payload[] }>();
  const made = assemble(UNTIL, values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (made.problems.length) return;
    const granted = { key, label, holder: holder ?? "clerk", kinds, until: made.body.until };
    ask.mutate({
      call: "review",
      payloads: [
        payload("parties.mandate-revoked", { key, reason: t("keyring.renewed") }),
        payload("parties.mandate-granted", granted),
      ],
    });
  };
  if (ask.data) {
    return (
      <ReviewScreen
        review={ask.data}
        names={{}}
        kind="parties.mandate-granted"
        draft={null}
        after={["keys"]}
        onBack={() => ask.reset()}
      />
    );
  }
  return (
    <form onSubmit={submit} data-testid="renew">
      <PageHead title={t("keyring.renew-title", { label })} under={t("keyring.renew-why")} />
      {ask.isError && <Problem error={ask.error} />}
      <div className="sr-recover">
        <Fields
          kind="parties.mandate-granted"
          fields={UNTIL}
          values={values}
          problems={tried ? made.problems : []}
          detail={null}
          me=""
          set={setValues}
        />
      </div>
      <div className="sr-form-foot">
        <Button type="submit" loading={ask.isPending} data-testid="renew-review">
          {t("forms.review")}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => go(["keys"])}>
          {t("common.back")}
        </Button>
      </div>
    </form>
  );
}

export function Renew(props: { of: string }) {
  const { t } = useTranslation();
  const keys = useCall({ call: "keys" });
  const found = keys.data?.keys.find((key) => key.key === props.of && key.holder !== null);
  return (
    <div className="sr-page sr-page-narrow">
      {keys.isError && <Problem error={keys.error} again={() => keys.refetch()} />}
      {keys.isPending && <Shape label={t("common.loading")} />}
      {found && <RenewForm of={found} />}
      {keys.data && !found && <p>{t("keyring.none")}</p>}
    </div>
  );
}
