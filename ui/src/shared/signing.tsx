// Ten seconds between the key press and the signature: until then nothing has been signed, and undoing leaves the draft.

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asUserError, wordError } from "../api/errors";
import type { Signed, UserError } from "../api/generated";
import { call } from "../api/host";
import { go, recordPage } from "./route";

const SECONDS = 10;
/** How long the news that it was signed stays, in milliseconds. */
const NEWS = 8_000;

export interface Planned {
  review: string;
  draft: string | null;
  kind: string;
  count: number;
  /** The record that was set aside and is said again by this. */
  again?: string | null;
}

/** Where a signature that waits is noted, so that a page loaded again can say that it never came. */
const KEPT = "sealroad-unsigned";

type Waited = Pick<Planned, "kind" | "draft">;

function note(plan: Waited | null) {
  if (plan) sessionStorage.setItem(KEPT, JSON.stringify({ kind: plan.kind, draft: plan.draft }));
  else sessionStorage.removeItem(KEPT);
}

/** What waited when the page was loaded again. */
function noted(): Waited | null {
  const text = sessionStorage.getItem(KEPT);
  note(null);
  return text ? (JSON.parse(text) as Waited) : null;
}

type Stand =
  | { at: "unsigned"; plan: Waited }
  | { at: "waiting"; plan: Planned; left: number }
  | { at: "signing"; plan: Planned }
  | { at: "signed"; plan: Planned; signed: Signed }
  | { at: "failed"; plan: Planned; error: UserError };

interface Signing {
  plan(plan: Planned): void;
  stand: Stand | null;
  now(): void;
  undo(): void;
  dismiss(): void;
}

const SigningContext = createContext<Signing | null>(null);

export function SigningProvider(props: { children: ReactNode }) {
  const client = useQueryClient();
  const [stand, setStand] = useState<Stand | null>(null);
  const current = useRef<Stand | null>(null);
  current.current = stand;

  useEffect(() => {
    const plan = noted();
    if (!plan) return;
    setStand({ at: "unsigned", plan });
    if (plan.draft) go(["draft", plan.draft]);
  }, []);

  const send = useCallback(
    async (plan: Planned) => {
      note(null);
      setStand({ at: "signing", plan });
      try {
        const signed = await call({ call: "sign", review: plan.review, draft: plan.draft });
        // It is signed: where the earlier one stays listed, a person lets it go.
        if (plan.again) await call({ call: "aside-done", id: plan.again }).catch(() => undefined);
        setStand({ at: "signed", plan, signed });
      } catch (problem) {
        setStand({ at: "failed", plan, error: asUserError(problem) });
      }
      client.invalidateQueries();
    },
    [client],
  );
  useEffect(() => {
    if (stand?.at !== "waiting") return;
    const clock = setTimeout(
      () => (stand.left > 1 ? setStand({ ...stand, left: stand.left - 1 }) : send(stand.plan)),
      1000,
    );
    return () => clearTimeout(clock);
  }, [stand, send]);

  useEffect(() => {
    if (stand?.at !== "signed") return;
    const clock = setTimeout(() => setStand(null), NEWS);
    return () => clearTimeout(clock);
  }, [stand]);

  const signing = useMemo<Signing>(
    () => ({
      stand,
      plan(plan) {
        // Somebody quick signs twice in ten seconds: the first no longer waits.
        const before = current.current;
        if (before?.at === "waiting") send(before.plan);
        note(plan);
        setStand({ at: "waiting", plan, left: SECONDS });
      },
      now() {
        if (stand?.at === "waiting") send(stand.plan);
      },
      undo() {
        if (stand?.at !== "waiting") return;
        note(null);
        setStand(null);
        if (stand.plan.draft) go(["draft", stand.plan.draft]);
      },
      dismiss: () => setStand(null),
    }),
    [stand, send],
  );
  return <SigningContext.Provider value={signing}>{props.children}</SigningContext.Provider>;
}

export function useSigning(): Signing {
  const signing = useContext(SigningContext);
  if (!signing) throw new Error("no signing around this part of the screen");
  return signing;
}

/** The strip that says what is about to be signed, and lets it be undone. */
export function SigningStrip() {
  const { t } = useTranslation();
  const { stand, now, undo, dismiss } = useSigning();
  if (!stand) return null;
  const what = t(`kinds.${stand.plan.kind}`, stand.plan.kind);
  return (
    <div className={`sr-strip sr-strip-${stand.at}`} role="status" data-testid={`signing-${stand.at}`}>
      {stand.at === "waiting" && (
        <>
          <span>{t("signing.waiting", { what, count: stand.left })}</span>
          <Button size="xs" variant="default" onClick={undo} data-testid="undo">
            {t("signing.undo")}
          </Button>
          <Button size="xs" onClick={now} data-testid="sign-now">
            {t("signing.now")}
          </Button>
        </>
      )}
      {stand.at === "unsigned" && (
        <>
          <span>{t("signing.unsigned", { what })}</span>
          <Button size="xs" variant="subtle" onClick={dismiss}>
            {t("common.close")}
          </Button>
        </>
      )}
      {stand.at === "signing" && <span>{t("signing.signing", { what })}</span>}
      {stand.at === "signed" && (
        <>
          <span>{t("signing.signed", { what, state: t(`states.${stand.signed.records[0]?.[1] ?? "signed"}`) })}</span>
          {stand.signed.records[0] && (
            <a className="sr-link" href={recordPage(stand.signed.records[0][0])} data-testid="signed-record">
              {t("signing.see")}
            </a>
          )}
          <Button size="xs" variant="subtle" onClick={dismiss}>
            {t("common.close")}
          </Button>
        </>
      )}
      {stand.at === "failed" && (
        <>
          <span>{wordError(t, stand.error)}</span>
          {stand.plan.draft && (
            <Button size="xs" variant="default" onClick={() => stand.plan.draft && go(["draft", stand.plan.draft])}>
              {t("signing.back")}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={dismiss}>
            {t("common.close")}
          </Button>
        </>
      )}
    </div>
  );
}
