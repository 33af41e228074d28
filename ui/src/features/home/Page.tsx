// Home: what needs me now, what I wait for, what I had better watch. Empty is a good state and says so.

import { Button } from "@mantine/core";
import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { HomeEntry, LocalText, Session } from "../../api/generated";
import { forgetParty, useAsk, useCall } from "../../api/hooks";
import { PageHead, Shape } from "../../components/Blocks";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { go, subjectPage, to } from "../../shared/route";
import { useSession } from "../../shared/session";

/** Where it is seen to, for what is about no single thing. */
const PLACES: Record<string, string> = {
  unsent: to(["ledger"]),
  "desk-offers": to(["network", "desks"], { at: "waiting" }),
  "desk-choices": to(["network", "desks"], { at: "choices" }),
  aside: to(["network", "desks"], { at: "aside" }),
};

function pageOf(entry: HomeEntry): string | null {
  if (entry.draft) return to(["draft", entry.draft]);
  const subject = entry.subject ?? entry.row?.subject;
  if (subject) return subjectPage(subject);
  if (/^(key|kit)-/.test(entry.code)) return to(["keys"]);
  return PLACES[entry.code] ?? null;
}

function useSentence(): (entry: HomeEntry) => string {
  const { t, i18n } = useTranslation();
  const f = useFormats();
  return (entry) => {
    const kind = entry.values.kind?.replace(/\.\d+$/, "");
    const what = kind && i18n.exists(`kinds.${kind}`) ? t(`kinds.${kind}`) : (kind ?? "");
    const values = f.values(entry);
    const name = entry.row ? f.local(entry.row.name) || entry.row.number : (values.name ?? "");
    return t([`home.entries.${entry.code}`, "home.entries.other"], {
      number: entry.row?.number ?? "",
      ...values,
      // The form of the sentence follows the number, not its text.
      ...(values.count && { count: Number(values.count) }),
      name,
      what,
      code: entry.code,
    });
  };
}

/** Number or name typed into a draft, so that two drafts of one kind can be told apart. */
function useTypedName(): (draft: string | null) => string {
  const f = useFormats();
  const drafts = useCall({ call: "drafts" });
  return (draft) => {
    const form = drafts.data?.find((d) => d.id === draft)?.form as { values?: Typed } | null | undefined;
    const { number, serial, name, profile } = form?.values ?? {};
    return [number ?? serial, f.local(name ?? profile?.name)].filter(Boolean).join(" · ");
  };
}

interface Typed {
  number?: string;
  serial?: string;
  name?: LocalText;
  profile?: { name?: LocalText };
}

function Entry(props: { entry: HomeEntry }) {
  const f = useFormats();
  const typed = useTypedName();
  const sentence = useSentence();
  const { entry } = props;
  const page = pageOf(entry);
  const inside = (
    <>
      <span className="sr-todo-text">{sentence(entry)}</span>
      <span className="sr-soft sr-todo-under">
        {entry.row && <span>{entry.row.number}</span>}
        {entry.draft && typed(entry.draft) && <span>{typed(entry.draft)}</span>}
        {entry.time && (
          <time dateTime={entry.time} title={entry.time}>
            {f.ago(entry.time)}
          </time>
        )}
      </span>
    </>
  );
  return (
    <li className="sr-todo" data-testid={`home-${entry.code}`}>
      {page ? <a href={page}>{inside}</a> : <div>{inside}</div>}
    </li>
  );
}

function Column(props: { id: string; entries: HomeEntry[] }) {
  const { t } = useTranslation();
  const f = useFormats();
  return (
    <section
      className={`sr-column sr-column-${props.id}`}
      aria-label={t(`home.${props.id}`)}
      data-testid={`home-${props.id}`}
    >
      <h2>
        {t(`home.${props.id}`)} <span className="sr-count">{f.number(props.entries.length)}</span>
      </h2>
      {props.entries.length === 0 ? (
        <p className="sr-calm">
          <IconCheck size={16} aria-hidden="true" /> {t(`home.${props.id}-none`)}
        </p>
      ) : (
        <ul className="sr-plain">
          {props.entries.map((entry, n) => (
            <Entry key={n} entry={entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The sample's thread: the next real step, in one sentence. */
function Thread(props: { entry: HomeEntry }) {
  const { t } = useTranslation();
  const f = useFormats();
  const sentence = useSentence();
  const session = useSession();
  const client = useQueryClient();
  const { subject, values } = props.entry;
  const form = () => go(["form", (values.kind ?? "").replace(/\.\d+$/, "")], { about: subject, said: values.body });
  const step = useAsk<{ call: "step-into"; party: string }>((next: Session) => {
    forgetParty(client, next);
    form();
  });
  const other = values.shoes && values.shoes !== session.party ? values.shoes : null;
  const start = () => (other ? step.mutate({ call: "step-into", party: other }) : form());
  return (
    <aside className="sr-thread" data-testid="thread" aria-label={t("home.thread")}>
      <div>
        <span className="sr-soft">{t("home.thread")}</span>
        <p>{sentence(props.entry)}</p>
      </div>
      <Button
        onClick={start}
        loading={step.isPending}
        rightSection={<IconArrowRight size={16} />}
        data-testid="thread-go"
      >
        {other ? t("home.thread-as", { party: f.values(props.entry).party }) : t("home.thread-go")}
      </Button>
    </aside>
  );
}

/** What a firm does first on a ledger that holds little more than its own name. */
const FIRST: Array<[string, string]> = [
  ["supply-chain.product-defined", "product"],
  ["supply-chain.lot-made", "lot"],
  ["parties.partner-named", "partner"],
  ["logistics.shipment-planned", "shipment"],
];
/** Blocks after which somebody knows the way. */
const KNOWN = 6;

function Begin() {
  const { t } = useTranslation();
  const session = useSession();
  if (session.sample || session.locked || session.height >= KNOWN) return null;
  return (
    <section className="sr-begin" aria-label={t("home.begin")} data-testid="home-begin">
      <h2>{t("home.begin")}</h2>
      <ol>
        {FIRST.map(([kind, why]) => (
          <li key={kind}>
            <a className="sr-link" href={to(["form", kind])} data-testid={`begin-${why}`}>
              {t(`actions.${kind}`)}
            </a>
            <span className="sr-soft">{t(`home.begin-${why}`)}</span>
          </li>
        ))}
      </ol>
      <p className="sr-soft">
        {t("home.begin-import")}{" "}
        <a className="sr-link" href={to(["import"])}>
          {t("import.title")}
        </a>
      </p>
    </section>
  );
}

export function HomePage() {
  const { t } = useTranslation();
  const f = useFormats();
  const session = useSession();
  const home = useCall({ call: "home" });
  return (
    <div className="sr-page">
      <PageHead title={t("home.title")} under={f.local(session.party_view?.profile.name)} />
      {home.isError && <Problem error={home.error} again={() => home.refetch()} />}
      {home.isPending && <Shape label={t("common.loading")} />}
      {home.data?.thread && <Thread entry={home.data.thread} />}
      {home.data && <Begin />}
      {home.data && (
        <div className="sr-columns">
          <Column id="now" entries={home.data.now} />
          <Column id="waiting" entries={home.data.waiting} />
          <Column id="watch" entries={home.data.watch} />
        </div>
      )}
    </div>
  );
}
