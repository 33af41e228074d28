// Straight between desktops: what a person has to answer or to choose, what waits, what was set aside, and whom we know.

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { DesksPage as Page } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { PageHead, Section, Shape } from "../../components/Blocks";
import { Documents } from "../../shared/Documents";
import { Problem } from "../../shared/Problem";
import { to } from "../../shared/route";
import { Aside } from "./DeskAside";
import { Choices } from "./DeskChoices";
import { Desktops } from "./DeskList";
import { Waiting } from "./DeskWaiting";

/** How often an open page asks again, in milliseconds: how long ago a desktop was heard goes on by itself. */
const EVERY = 5_000;

/** Brings the part that the address names into sight, once it is there. */
function useArrival(at: string | null, ready: boolean) {
  const parts = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!at || !ready) return;
    // After the frame has put the new page to its top.
    const soon = setTimeout(() => {
      const part = parts.current?.querySelector<HTMLElement>(`[data-part="${CSS.escape(at)}"]`);
      part?.scrollIntoView({ block: "start" });
      part?.focus({ preventScroll: true });
    });
    return () => clearTimeout(soon);
  }, [at, ready]);
  return parts;
}

function Parts(props: { page: Page }) {
  const { t } = useTranslation();
  const { page } = props;
  const offers = page.waiting.filter((line) => line.to_answer);
  const others = page.waiting.filter((line) => !line.to_answer);
  return (
    <>
      <div data-part="choices" tabIndex={-1}>
        <Choices of={page.choices} />
      </div>
      <div data-part="waiting" tabIndex={-1}>
        {offers.length > 0 && (
          <Section title={t("desks.to-answer")} id="desk-offers">
            <Waiting of={offers} />
          </Section>
        )}
        <Section title={t("desks.waiting")} id="desk-waiting">
          {page.waiting.length === 0 && <p className="sr-soft">{t("desks.waiting-none")}</p>}
          {page.waiting.length > 0 && others.length === 0 && <p className="sr-soft">{t("desks.waiting-no-more")}</p>}
          <Waiting of={others} />
        </Section>
      </div>
      {page.documents.length > 0 && (
        <div data-part="documents" tabIndex={-1}>
          <Section title={t("documents.title")} id="desk-documents">
            <p className="sr-soft sr-tight">{t("documents.lead")}</p>
            <Documents of={page.documents} linked />
          </Section>
        </div>
      )}
      <div data-part="aside" tabIndex={-1}>
        <Aside of={page.aside} />
      </div>
      {page.card === null ? <p className="sr-soft sr-above">{t("desks.alone")}</p> : <Desktops page={page} />}
    </>
  );
}

export function DesksPage(props: { at: string | null }) {
  const { t } = useTranslation();
  const page = useCall({ call: "desks" }, { every: EVERY });
  const parts = useArrival(props.at, page.data !== undefined);
  return (
    <div className="sr-page sr-page-wide" data-testid="desks-page">
      <a className="sr-link sr-desk-up" href={to(["network"])} data-testid="desks-up">
        {t("network.title")}
      </a>
      <PageHead title={t("desks.title")} under={t("desks.lead")} />
      {page.isError && <Problem error={page.error} again={() => page.refetch()} />}
      {page.isPending && <Shape label={t("common.loading")} />}
      <div ref={parts}>{page.data && <Parts page={page.data} />}</div>
    </div>
  );
}
