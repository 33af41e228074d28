// The network: who validates and agrees, how far and how old our knowledge is, what is unsent, and what was refused by whom.

import { Button } from "@mantine/core";
import { IconArrowsExchange, IconMailForward } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NetworkPage as Page } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { Banner, Facts, PageHead, Section, Shape } from "../../components/Blocks";
import { useKeys } from "../../components/keys";
import { openForm } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { marginOf, STALE, standingOf } from "../../shared/network";
import { Problem } from "../../shared/Problem";
import { go, replace, to, useRoute } from "../../shared/route";
import { useSession } from "../../shared/session";
import { Invite } from "./Invite";
import { Members } from "./Members";
import { Peers } from "./Peers";
import { Proposals } from "./Proposals";
import { useSpan } from "./span";
import { Trust } from "./Trust";
import { Validators } from "./Validators";

/** How often an open page asks again, in milliseconds. */
const EVERY = 3_000;
/** How several found a ledger, until it can be done here. */
const STEPS = [
  'sealroad network seat --name "…" --address host.example:4747 --out seat.json',
  'sealroad network new --name "…" --seat seat.json --seat … --dir alliance',
  'sealroad network join alliance/invitation.json --name "…" --country CN',
  "sealroad validator",
];
const DESKS = ["network", "desks"];
const PROPOSE = "alliance.validators-proposed";

/**
 * How many more may fail. A certificate carries as many signatures as it needs and often no more: those that are missing from it may
 * be well, so a bare quorum is no alarm. Whether one has gone shows by its last contact.
 */
function Margin(props: { page: Page }) {
  const { t } = useTranslation();
  const f = useFormats();
  const span = useSpan();
  const { page } = props;
  const margin = marginOf(page);
  const values = { agree: f.number(margin.agree), all: f.number(margin.all), needed: f.number(margin.needed) };
  const how = margin.weighed ? "weighed" : "counted";
  if (page.height === 0) return <Banner tone="signed" title={t("network.margin.no-block")} id="margin" />;
  if (margin.spare < 0) return <Banner tone="refused" title={t(`network.margin.lost-${how}`, values)} id="margin" />;
  const old = page.age !== null && page.age * 1000 > STALE;
  const said =
    margin.spare === 0
      ? t(`network.margin.none-${how}`, values)
      : t(`network.margin.spare-${how}`, { ...values, count: margin.spare });
  return (
    <>
      {old && (
        <Banner tone="late" title={t("network.old", { span: span.long(page.age ?? 0) })} id="old">
          {t("network.old-why")}
        </Banner>
      )}
      {!old && (
        <p className="sr-net-well" role="status" data-testid="margin">
          {said}
        </p>
      )}
    </>
  );
}

/** What one firm alone means, and what others would change. */
function Alone() {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Section title={t("network.alone")} id="alone">
      <div className="sr-card">
        <p className="sr-tight">{t("network.alone-why")}</p>
        <p className="sr-tight">{t("network.alliance-why")}</p>
        <Button
          size="sm"
          variant="default"
          mt={8}
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
          data-testid="make-alliance"
        >
          {t("network.make")}
        </Button>
        {shown && (
          <div className="sr-above" data-testid="make-alliance-how">
            <p className="sr-tight">{t("network.make-how")}</p>
            <pre className="sr-raw">{STEPS.join("\n")}</pre>
            <p className="sr-soft sr-note">{t("network.make-begins")}</p>
          </div>
        )}
      </div>
    </Section>
  );
}

function Known(props: { page: Page }) {
  const { t } = useTranslation();
  const f = useFormats();
  const span = useSpan();
  const { page } = props;
  return (
    <Facts
      of={[
        [
          t("network.newest-block"),
          page.height > 0 && (
            <a className="sr-link" href={to(["ledger"], { block: String(page.height) })}>
              {f.number(page.height)}
            </a>
          ),
        ],
        [t("network.made"), page.time && <time title={page.time}>{f.stamp(page.time)}</time>],
        [t("network.age"), page.age !== null && span.ago(page.age)],
        [
          t("network.unsent"),
          page.unsent > 0 ? (
            <a key="unsent" className="sr-link" href={to(["ledger"])} data-testid="network-unsent">
              {t("status.unsent", { count: page.unsent })}
            </a>
          ) : (
            t("status.all-sent")
          ),
        ],
        [
          t("network.catching-up"),
          page.catching_up !== undefined && page.catching_up > page.height && (
            <span key="catching-up" data-testid="network-catching-up">
              {t("network.catching-up-at", { at: f.number(page.height), of: f.number(page.catching_up) })}
            </span>
          ),
        ],
        [
          t("network.kept"),
          page.following ? (
            <span key="kept" data-testid="network-kept">
              {t("network.kept-some", { count: page.following.subjects })}
              {page.following.waiting > 0 && `, ${t("network.kept-waiting", { count: page.following.waiting })}`}
            </span>
          ) : (
            t("network.kept-all")
          ),
        ],
        [
          t("network.good-until"),
          page.following && <time title={page.following.good_until}>{f.day(page.following.good_until)}</time>,
        ],
        [
          t("network.id"),
          <span key="id" className="sr-mono" title={page.network}>
            {page.network.slice(0, 16)}…
          </span>,
        ],
        [
          t("network.own-party"),
          <span key="party" className="sr-mono sr-net-party">
            {page.party}
          </span>,
        ],
      ]}
    />
  );
}

/** The way to what passes between desktops, with how much of it waits for a person. */
function ToDesks() {
  const { t } = useTranslation();
  const desks = useCall({ call: "desks" }).data;
  const count = desks
    ? desks.waiting.filter((line) => line.to_answer).length + desks.choices.length + desks.aside.length
    : 0;
  return (
    <Button
      component="a"
      href={to(DESKS)}
      size="sm"
      variant="default"
      leftSection={<IconArrowsExchange size={16} />}
      rightSection={count > 0 && <span className="sr-net-count">{t("desks.to-do", { count })}</span>}
      data-testid="desks-open"
    >
      {t("desks.title")}
    </Button>
  );
}

function Shown(props: { page: Page; onInvite(): void }) {
  const { t } = useTranslation();
  const { locked } = useSession();
  const { page } = props;
  const shared = page.profile === "alliance" || page.validators.length > 1;
  const operator = page.operator && shared && !locked;
  useKeys({
    i: () => shared && props.onInvite(),
    d: () => shared && go(DESKS),
    p: () => operator && openForm(PROPOSE),
  });
  return (
    <>
      <PageHead title={t("network.title")} under={page.name}>
        {shared && (
          <Button
            size="sm"
            leftSection={<IconMailForward size={16} />}
            onClick={props.onInvite}
            data-testid="invite-open"
          >
            {t("network.invite")}
          </Button>
        )}
        {shared && <ToDesks />}
        {operator && (
          <Button size="sm" variant="default" onClick={() => openForm(PROPOSE)} data-testid="propose">
            {t(`actions.${PROPOSE}`)}
          </Button>
        )}
      </PageHead>
      {page.fork !== null && (
        <Banner tone="refused" title={t("network.fork")} id="fork">
          {t("network.fork-why")}
          <pre className="sr-raw">{page.fork}</pre>
        </Banner>
      )}
      {page.halted === "halt.trust-expired" && <Trust />}
      {standingOf(page) === "suspended" && (
        <Banner tone="refused" title={t("network.suspended")} id="suspended">
          {t("network.suspended-why")}
        </Banner>
      )}
      {shared && <Margin page={page} />}
      <Known page={page} />
      {!shared && <Alone />}
      <Validators page={page} steps={shared} />
      {shared && <Proposals page={page} />}
      {shared && <Members page={page} />}
      {shared && <Peers page={page} />}
    </>
  );
}

export function NetworkPage() {
  const { t } = useTranslation();
  const { query } = useRoute();
  const page = useCall({ call: "network" }, { every: EVERY });
  const inviting = query.get("invite") !== null;
  return (
    <div className="sr-page sr-page-wide" data-testid="network-page">
      {page.isError && <Problem error={page.error} again={() => page.refetch()} />}
      {page.isPending && <Shape label={t("common.loading")} />}
      {page.data && <Shown page={page.data} onInvite={() => go(["network"], { invite: "1" })} />}
      <Invite open={inviting} onClose={() => replace(["network"])} />
    </div>
  );
}
