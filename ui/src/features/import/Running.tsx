// How far an import is: how many of how many, and a way to stop. It goes on when one leaves the page.

import { Button, Progress } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ImportProgress } from "../../api/generated";
import { useAsk, useCall } from "../../api/hooks";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { to } from "../../shared/route";
import { Problems } from "./Problems";

/** Where what was imported is to be seen: events of others stand in the ledger, not in a table of goods. */
const PLACES: Record<string, [words: string, path: string[]]> = {
  epcis: ["ledger", ["ledger"]],
  shipments: ["shipments", ["shipments"]],
  products: ["goods", ["goods", "products"]],
};

export function Running(props: {
  import: string;
  first: ImportProgress;
  /** What was imported: `epcis`, `shipments`, `products`. */
  as: string;
  onOther(): void;
  onDone(last: ImportProgress): void;
}) {
  const { t } = useTranslation();
  const f = useFormats();
  const ended = (state: string) => state !== "running";
  const asked = useCall(
    { call: "import-progress", import: props.import },
    { every: 500, until: (progress) => ended(progress.state), enabled: !ended(props.first.state) },
  );
  const now = asked.data ?? props.first;
  const cancel = useAsk<{ call: "import-cancel"; import: string }>(() => asked.refetch());
  const { onDone } = props;
  const over = ended(now.state);
  const [words, place] = PLACES[props.as] ?? ["ledger", ["ledger"]];
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (over) done.current(now);
  }, [over, now]);
  return (
    <div className="sr-running" data-testid={`import-${now.state}`}>
      <p role="status">
        {t(`import.${props.as === "epcis" ? "events-states" : "states"}.${now.state}`, {
          done: f.number(now.done),
          of: f.number(now.of),
          accepted: f.number(now.report.accepted),
        })}
      </p>
      <Progress value={now.of ? (now.done / now.of) * 100 : 0} aria-label={t("import.title")} />
      {now.error && <Problem error={now.error} />}
      {asked.isError && <Problem error={asked.error} />}
      <div className="sr-actions">
        {asked.isError && (
          <Button variant="default" onClick={props.onOther}>
            {t("import.other")}
          </Button>
        )}
        {!over && !asked.isError && (
          <Button
            variant="default"
            onClick={() => cancel.mutate({ call: "import-cancel", import: props.import })}
            loading={cancel.isPending}
            data-testid="import-cancel"
          >
            {t("import.cancel")}
          </Button>
        )}
        {over && (
          <>
            <Button component="a" href={to(place)} data-testid="import-see">
              {t(`${words}.title`)}
            </Button>
            <Button variant="default" onClick={props.onOther}>
              {t("import.other")}
            </Button>
          </>
        )}
      </div>
      {over && now.report.refused.length > 0 && (
        <Problems
          title={t("import.left")}
          of={now.report.refused}
          as={props.as}
          fields={[]}
          mended={[]}
          onMend={null}
        />
      )}
      {over && now.report.doubtful.length > 0 && (
        <Problems
          title={t("import.to-look")}
          of={now.report.doubtful}
          as={props.as}
          fields={[]}
          mended={[]}
          onMend={null}
        />
      )}
    </div>
  );
}
