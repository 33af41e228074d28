import { useTranslation } from "react-i18next";
import type { RecallView } from "../api/generated";
import { Banner } from "../components/Blocks";
import { useFormats } from "./format";
import { recordPage } from "./route";
import { type Names, SubjectLink } from "./Said";

/** Recalls that stand, on the thing itself or on what it comes from. */
export function Recalls(props: { own: RecallView[]; inherited: Array<[string, RecallView]>; names: Names }) {
  const { t } = useTranslation();
  const f = useFormats();
  const all: Array<[string | null, RecallView]> = [
    ...props.own.map((r): [null, RecallView] => [null, r]),
    ...props.inherited,
  ];
  return (
    <>
      {all.map(([subject, recall]) => (
        <Banner
          key={`${recall.record}${subject}`}
          tone="refused"
          id="recall-banner"
          title={`${t(`values.hazard.${recall.hazard}`)}: ${f.local(recall.reason)}`}
        >
          <p className="sr-tight">{f.local(recall.instruction)}</p>
          <p className="sr-tight">
            {t("records.recalled-since", { time: f.zoned(recall.since) })}{" "}
            {subject && (
              <>
                {t("records.recall-of")} <SubjectLink id={subject} names={props.names} />{" "}
              </>
            )}
            <a className="sr-link" href={recordPage(recall.record)}>
              {t("records.see-proof")}
            </a>
          </p>
        </Banner>
      ))}
    </>
  );
}
