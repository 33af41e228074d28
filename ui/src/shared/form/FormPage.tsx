// Draft → Review → Sign. What is typed is kept at once as a draft; the rules are asked while typing; nothing is said before Sign.

import { Button, Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asUserError, wordError } from "../../api/errors";
import type { Attached, Detail, JsonValue, Payload, Review, Row, UserError } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { call } from "../../api/host";
import { Banner, Facts, PageHead, Section, Shape } from "../../components/Blocks";
import { shortId, useFormats } from "../format";
import { Problem } from "../Problem";
import { type Body, payload } from "../payload";
import { ReviewScreen } from "../ReviewScreen";
import { parse, replace } from "../route";
import { Said, SaidMember, useMembers } from "../Said";
import { useSession } from "../session";
import { Attach } from "./Attach";
import { assemble } from "./assemble";
import { Fields } from "./Fields";
import { fill } from "./fill";
import { useRowLabel } from "./pickers";
import type { Form, Start, Values } from "./spec";

/** What a draft keeps: which subject the form was opened from, and what stands in it. */
interface Kept extends Origin {
  about: string | null;
  attached?: Attached[];
  values: Values;
}

/** What comes with a body that somebody has prepared, kept in the draft with what is typed. */
interface Origin {
  /** Members that no field shows. */
  fixed?: Body;
  /** The record that was set aside and is said again. */
  again?: string;
  /** Where to go when it is signed, as an address. */
  back?: string;
}

export interface FormPageProps {
  form: Form;
  about: string | null;
  draft: string | null;
  kept: unknown;
  /** A body somebody has prepared, as JSON text. */
  said?: string | null;
  again?: string | null;
  back?: string | null;
}

/** Loads what the form starts from, then shows it. */
export function FormPage(props: FormPageProps) {
  const { t } = useTranslation();
  const session = useSession();
  const kept = props.kept as Kept | null;
  const [given] = useState(() => prepared(props));
  const about = props.about ?? kept?.about ?? null;
  const origin: Origin = kept ?? {
    fixed: given?.fixed,
    again: props.again ?? undefined,
    back: props.back ?? undefined,
  };
  const detail = useCall({ call: "open", subject: about ?? "" }, { enabled: about !== null });
  // What another desktop handed over may be about something that the ledger does not hold yet.
  const unknown = detail.error?.code === "unknown-subject" && origin.fixed !== undefined;
  if (about && detail.isError && !unknown) return <Problem error={detail.error} again={() => detail.refetch()} />;
  if (about && !detail.data && !unknown) return <Shape label={t("common.loading")} />;
  const start = { detail: detail.data ?? null, me: session.party ?? "" };
  // What is said again begins with what was said, and with nothing else.
  const fresh = origin.again ? {} : props.form.start?.(start);
  const first = kept?.values ?? { ...fresh, ...given?.values };
  const attached = kept?.attached ?? [];
  return <FormBody {...props} about={about} origin={origin} start={start} first={first} attached={attached} />;
}

function prepared(props: FormPageProps): { values: Values; fixed: Body } | null {
  if (!props.said) return null;
  try {
    const body = JSON.parse(props.said) as Body;
    const { fields } = props.form;
    const fixed = Object.entries(body).filter(([name]) => fields.every((field) => field.path !== name));
    return { values: fill(fields, body), fixed: Object.fromEntries(fixed) };
  } catch {
    return null;
  }
}

/** From the first save on the address says which draft it is, so that loading the page again shows it again. */
function keepInAddress(kind: string, draft: string) {
  const { parts, query } = parse(window.location.hash);
  if (parts[0] !== "form" || parts[1] !== kind || query.get("draft") === draft) return;
  replace(parts, { ...Object.fromEntries(query), draft });
}

/** Saves half a second after the last keystroke, and at once when the page is left. */
function useDraft(kind: string, rest: Omit<Kept, "values">, first: string | null, values: Values, dirty: boolean) {
  const id = useRef<string | null>(first);
  const [saved, setSaved] = useState<string | null>(null);
  const [failed, setFailed] = useState<UserError | null>(null);
  const client = useQueryClient();
  const latest = useRef({ values, dirty, rest });
  latest.current = { values, dirty, rest };
  const shown = useRef(true);
  const waiting = useRef<Promise<void>>(Promise.resolve());
  const save = useCallback(() => {
    if (!latest.current.dirty) return waiting.current;
    latest.current.dirty = false;
    // One after the other: the first answer gives the id that the next one needs.
    waiting.current = waiting.current.then(async () => {
      try {
        const form = { ...latest.current.rest, values: latest.current.values } as JsonValue;
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
  }, [kind, client]);
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
  const ask = async (said: Payload, files: Attached[]) => {
    setBusy(true);
    await save();
    try {
      const attached = files.map((file) => file.id);
      setReview(await call({ call: "review", payloads: [said], ...(attached.length > 0 && { attached }) }));
      setFailed(null);
    } catch (problem) {
      setFailed(asUserError(problem));
    } finally {
      setBusy(false);
    }
  };
  return { review, setReview, busy, failed, ask, forgive: () => setFailed(null) };
}

/** What stands in the form as it will be said, once all of it can be read. */
function useSaid(form: Form, values: Values, start: Start, fixed: Body | undefined) {
  const made = useMemo(() => assemble(form.fields, values), [form, values]);
  const said = useMemo(() => {
    if (made.problems.length) return null;
    return payload(form.kind, { ...made.body, ...form.fixed?.(start), ...fixed });
  }, [made, form, start, fixed]);
  return { made, said };
}

interface BodyProps extends FormPageProps {
  start: Start;
  first: Values;
  origin: Origin;
  attached: Attached[];
}

function FormBody(props: BodyProps) {
  const { t } = useTranslation();
  const { form, start, about, origin } = props;
  const [values, setValues] = useState(props.first);
  const [dirty, setDirty] = useState(false);
  const [tried, setTried] = useState(false);
  const [attached, setAttached] = useState(props.attached);
  const draft = useDraft(form.kind, keptOf(about, origin, attached), props.draft, values, dirty);
  const { made, said } = useSaid(form, values, start, origin.fixed);
  const broken = useRules(said);
  const problems = [...(tried ? made.problems : made.problems.filter((p) => p.code !== "required")), ...broken];

  const { review, setReview, busy, failed, ask, forgive } = useReview(draft.save);
  const toReview = () => {
    setTried(true);
    if (said) ask(said, attached);
  };
  const change = (next: Values, files = attached) => {
    setValues(next);
    setAttached(files);
    setDirty(true);
    // What was refused is no longer what stands here.
    forgive();
  };
  const names = start.detail?.names ?? {};
  const back = about && start.detail ? ["subject", about] : form.home;
  if (review) {
    return (
      <ReviewScreen
        review={review}
        names={names}
        kind={form.kind}
        draft={draft.id.current}
        after={origin.back?.split("/") ?? back}
        again={origin.again}
        onBack={() => setReview(null)}
      />
    );
  }
  return (
    <div className="sr-form" data-testid={`form-${form.kind}`}>
      <PageHead title={t(`actions.${form.kind}`)} under={t(`forms.why.${form.kind}`, "")} />
      {start.detail ? <About row={start.detail.row} /> : <AboutFixed kind={form.kind} of={origin.fixed} />}
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
      {form.documents && <Attach of={attached} set={(next) => change({ ...values }, next)} />}
      {form.kind.endsWith(".corrected") && <Present start={start} record={values.record} />}
      <Foot
        busy={busy}
        draft={draft.id}
        kept={draft.saved !== null}
        mayDiscard={draft.saved !== null || props.draft !== null}
        onReview={toReview}
        again={origin.again}
        onGone={() => replace(origin.back?.split("/") ?? back)}
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

/** What it is about where the ledger does not hold that yet, so that no page of it could be opened. */
function AboutFixed(props: { kind: string; of: Body | undefined }) {
  const members = useMembers();
  const said = payload(props.kind, props.of ?? {});
  const entries = Object.entries(props.of ?? {}).map(([name, value]): [string, ReactNode] => {
    const subject = typeof value === "string" && /^[a-z]+:did:key:/.test(value);
    return [
      members.word(said, name),
      subject ? shortId(value) : <SaidMember key={name} payload={said} name={name} names={{}} />,
    ];
  });
  if (!entries.length) return null;
  return (
    <section className="sr-card" data-testid="form-about">
      <Facts of={entries} />
    </section>
  );
}

function keptOf(about: string | null, { fixed, again, back }: Origin, files: Attached[]): Omit<Kept, "values"> {
  const attached = files.length > 0 && { attached: files };
  return { about, ...(fixed && { fixed }), ...(again && { again }), ...(back && { back }), ...attached };
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
  again?: string;
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
      {props.mayDiscard && <Discard id={props.draft} again={props.again} onGone={props.onGone} />}
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

function Discard(props: { id: { current: string | null }; again?: string; onGone(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [sure, setSure] = useState(false);
  const discard = async () => {
    if (props.id.current) await call({ call: "discard-draft", id: props.id.current });
    // Already gone is as good.
    if (props.again) await call({ call: "aside-done", id: props.again }).catch(() => undefined);
    for (const name of ["drafts", "home", "session", "desks"]) client.invalidateQueries({ queryKey: [name] });
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
      {t(props.again ? "forms.discard-again" : "forms.discard-sure")}
    </Button>
  );
}
