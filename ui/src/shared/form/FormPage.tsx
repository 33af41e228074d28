// Draft → Review → Sign. What is typed is kept at once as a draft; the rules are asked while typing; nothing is said before Sign.

import { Button, Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asUserError, wordError } from "../../api/errors";
import type { Detail, JsonValue, Payload, Review, Row, UserError } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { call } from "../../api/host";
import { Banner, PageHead, Section, Shape } from "../../components/Blocks";
import { useFormats } from "../format";
import { Problem } from "../Problem";
import { type Body, payload } from "../payload";
import { ReviewScreen } from "../ReviewScreen";
import { go, parse, replace, to } from "../route";
import { Said } from "../Said";
import { useSession } from "../session";
import { assemble } from "./assemble";
import { Fields } from "./Fields";
import { fill } from "./fill";
import { useRowLabel } from "./pickers";
import type { Form, Start, Values } from "./spec";

/** What a draft keeps: which subject the form was opened from, and what stands in it. */
interface Kept {
  about: string | null;
  values: Values;
}

export interface FormPageProps {
  form: Form;
  about: string | null;
  draft: string | null;
  kept: unknown;
  /** A body somebody has prepared, as JSON text. */
  said?: string | null;
}

/** Loads what the form starts from, then shows it. */
export function FormPage(props: FormPageProps) {
  const { t } = useTranslation();
  const session = useSession();
  const kept = props.kept as Kept | null;
  const about = props.about ?? kept?.about ?? null;
  const detail = useCall({ call: "open", subject: about ?? "" }, { enabled: about !== null });
  if (about && detail.isError) return <Problem error={detail.error} again={() => detail.refetch()} />;
  if (about && !detail.data) return <Shape label={t("common.loading")} />;
  const start = { detail: detail.data ?? null, me: session.party ?? "" };
  return (
    <FormBody
      {...props}
      about={about}
      start={start}
      first={kept?.values ?? { ...props.form.start?.(start), ...prepared(props) }}
    />
  );
}

function prepared(props: FormPageProps): Values {
  if (!props.said) return {};
  try {
    return fill(props.form.fields, JSON.parse(props.said));
  } catch {
    return {};
  }
}

/** From the first save on the address says which draft it is, so that loading the page again shows it again. */
function keepInAddress(kind: string, draft: string) {
  const { parts, query } = parse(window.location.hash);
  if (parts[0] !== "form" || parts[1] !== kind || query.get("draft") === draft) return;
  replace(parts, { ...Object.fromEntries(query), draft });
}

/** Saves half a second after the last keystroke, and at once when the page is left. */
function useDraft(kind: string, about: string | null, first: string | null, values: Values, dirty: boolean) {
  const id = useRef<string | null>(first);
  const [saved, setSaved] = useState<string | null>(null);
  const [failed, setFailed] = useState<UserError | null>(null);
  const client = useQueryClient();
  const latest = useRef({ values, dirty });
  latest.current = { values, dirty };
  const shown = useRef(true);
  const waiting = useRef<Promise<void>>(Promise.resolve());
  const save = useCallback(() => {
    if (!latest.current.dirty) return waiting.current;
    latest.current.dirty = false;
    // One after the other: the first answer gives the id that the next one needs.
    waiting.current = waiting.current.then(async () => {
      try {
        const form = { about, values: latest.current.values } as JsonValue;
        const draft = await call({ call: "save-draft", id: id.current, form, kind });
        id.current = draft.id;
        if (shown.current) keepInAddress(kind, draft.id);
        setSaved(draft.changed);
        setFailed(null);
        client.invalidateQueries({ queryKey: ["drafts"] });
        client.invalidateQueries({ queryKey: ["session"] });
      } catch (problem) {
        setFailed(asUserError(problem));
      }
    });
    return waiting.current;
  }, [about, kind, client]);
  const [slow] = useDebouncedValue(values, 500);
  useEffect(() => {
    if (slow) save();
  }, [slow, save]);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
      save();
    };
  }, [save]);
  return { id, saved, failed, save };
}

const NOTHING_SAID = payload("", {});

/** What the rules say to what stands in the form, as soon as all of it can be read. */
function useRules(said: Payload | null): UserError[] {
  const [slow] = useDebouncedValue(said, 400);
  const check = useCall({ call: "check", payload: slow ?? NOTHING_SAID }, { enabled: slow !== null });
  return slow && said ? (check.data?.problems ?? []) : [];
}

/** Has the bytes made that would be signed; the draft is kept first. */
function useReview(save: () => Promise<void>) {
  const [review, setReview] = useState<Review | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<UserError | null>(null);
  const ask = async (said: Payload) => {
    setBusy(true);
    await save();
    try {
      setReview(await call({ call: "review", payloads: [said] }));
      setFailed(null);
    } catch (problem) {
      setFailed(asUserError(problem));
    } finally {
      setBusy(false);
    }
  };
  return { review, setReview, busy, failed, ask, forgive: () => setFailed(null) };
}

function FormBody(props: FormPageProps & { start: Start; first: Values }) {
  const { t } = useTranslation();
  const { form, start, about } = props;
  const [values, setValues] = useState(props.first);
  const [dirty, setDirty] = useState(false);
  const [tried, setTried] = useState(false);
  const draft = useDraft(form.kind, about, props.draft, values, dirty);
  const made = useMemo(() => assemble(form.fields, values), [form, values]);
  const said = useMemo(() => {
    if (made.problems.length) return null;
    return payload(form.kind, { ...made.body, ...form.fixed?.(start) });
  }, [made, form, start]);
  const broken = useRules(said);
  const problems = [...(tried ? made.problems : made.problems.filter((p) => p.code !== "required")), ...broken];

  const { review, setReview, busy, failed, ask, forgive } = useReview(draft.save);
  const toReview = () => {
    setTried(true);
    if (said) ask(said);
  };
  const change = (next: Values) => {
    setValues(next);
    setDirty(true);
    // What was refused is no longer what stands here.
    forgive();
  };
  const names = start.detail?.names ?? {};
  if (review) {
    const back = about ? ["subject", about] : form.home;
    return (
      <ReviewScreen
        review={review}
        names={names}
        kind={form.kind}
        draft={draft.id.current}
        after={back}
        onBack={() => setReview(null)}
      />
    );
  }
  return (
    <div className="sr-form" data-testid={`form-${form.kind}`}>
      <PageHead title={t(`actions.${form.kind}`)} under={t(`forms.why.${form.kind}`, "")} />
      {start.detail && <About row={start.detail.row} />}
      <LoosePrompts failed={failed} draftFailed={draft.failed} detail={start.detail} problems={problems} form={form} />
      <Fields
        kind={form.kind}
        fields={form.fields}
        values={values}
        problems={problems}
        detail={start.detail}
        me={start.me}
        set={change}
      />
      {form.Extra && <form.Extra values={values} />}
      {form.kind.endsWith(".corrected") && <Present start={start} record={values.record} />}
      <Foot
        busy={busy}
        draft={draft.id}
        kept={draft.saved !== null}
        mayDiscard={draft.saved !== null || props.draft !== null}
        onReview={toReview}
        onGone={() => replace(about ? ["subject", about] : form.home)}
      />
    </div>
  );
}

/** What the form is about: number and name, so that nobody speaks of the wrong shipment. */
function About(props: { row: Row }) {
  const label = useRowLabel();
  const f = useFormats();
  const { row } = props;
  const person = row.type === "party" || row.type === "partner";
  return (
    <p className="sr-form-about" data-testid="form-about">
      <strong>{person ? f.local(row.name) : label(row)}</strong>
    </p>
  );
}

/** What the record says that is about to be corrected. */
function Present(props: { start: Start; record: unknown }) {
  const { t } = useTranslation();
  const entry = props.start.detail?.timeline.find((e) => e.id === props.record);
  if (!entry) return null;
  return (
    <Section title={t("forms.present")} id="form-present">
      <Said payload={entry.payload} names={props.start.detail?.names ?? {}} />
    </Section>
  );
}

interface FootProps {
  busy: boolean;
  draft: { current: string | null };
  kept: boolean;
  mayDiscard: boolean;
  onReview(): void;
  onGone(): void;
}

function Foot(props: FootProps) {
  const { t } = useTranslation();
  const { busy } = props;
  return (
    <footer className="sr-form-foot">
      <Button
        onClick={props.onReview}
        disabled={busy}
        rightSection={busy ? <Loader size={12} /> : null}
        data-testid="review"
      >
        {t("forms.review")}
      </Button>
      <Button variant="subtle" color="gray" onClick={() => history.back()} data-testid="leave">
        {t("forms.leave")}
      </Button>
      {props.mayDiscard && <Discard id={props.draft} onGone={props.onGone} />}
      <span className="sr-soft" role="status" data-testid="draft-state">
        {props.kept ? t("forms.draft-kept") : ""}
      </span>
    </footer>
  );
}

/** Problems that belong to no field of this form, and failures of the form itself. */
function LoosePrompts(props: {
  failed: UserError | null;
  draftFailed: UserError | null;
  detail: Detail | null;
  problems: UserError[];
  form: Form;
}) {
  const { t } = useTranslation();
  const paths = props.form.fields.map((field) => field.path);
  const loose = props.problems.filter((p) => !p.field || !paths.includes(p.field.split(".")[0] ?? ""));
  const deep = props.problems.filter(
    (p) => p.field && paths.includes(p.field.split(".")[0] ?? "") && !isDrawn(p, props.form),
  );
  return (
    <>
      {props.failed && <Problem error={props.failed} />}
      {props.draftFailed && <Problem error={props.draftFailed} />}
      {[...loose, ...deep].map((p) => (
        <Banner key={`${p.code}${p.field}`} tone="refused" title={wordError(t, p)} id={`broken-${p.code}`} />
      ))}
    </>
  );
}

/** Whether a field shows this problem itself: lists and groups show only what names their own fields. */
function isDrawn(problem: UserError, form: Form): boolean {
  const path = (problem.field ?? "").split(".");
  let fields = form.fields;
  for (let at = 0; at < path.length; at += 1) {
    const field = fields.find((f) => f.path === path[at]);
    if (!field) return false;
    if (!field.of) return true;
    if (at === path.length - 1) return true;
    fields = field.of;
    if (field.type === "list") at += 1;
  }
  return true;
}

function Discard(props: { id: { current: string | null }; onGone(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [sure, setSure] = useState(false);
  const discard = async () => {
    if (props.id.current) await call({ call: "discard-draft", id: props.id.current });
    for (const name of ["drafts", "home", "session"]) client.invalidateQueries({ queryKey: [name] });
    props.onGone();
  };
  if (!sure) {
    return (
      <Button variant="subtle" color="gray" onClick={() => setSure(true)} data-testid="discard">
        {t("forms.discard")}
      </Button>
    );
  }
  return (
    <Button variant="light" color="red" onClick={discard} data-testid="discard-sure">
      {t("forms.discard-sure")}
    </Button>
  );
}

/** The page of a form: which form, from what, with which draft. */
export const formPage = (kind: string, about?: string): string => to(["form", kind], { about });
export const openForm = (kind: string, about?: string): void => go(["form", kind], { about });
/** Opens a form with what is prepared in it: members of the body. */
export const openPrepared = (kind: string, said: Body): void => go(["form", kind], { said: JSON.stringify(said) });
