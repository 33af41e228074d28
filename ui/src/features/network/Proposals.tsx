// Proposed changes of the validators, how the votes stand, and those already decided.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NetworkPage, ProposalView } from "../../api/generated";
import { Facts, Section } from "../../components/Blocks";
import { openPrepared } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { recordPage } from "../../shared/route";
import { useSession } from "../../shared/session";
import { useChangeText, useNames } from "./names";

/** Weight that decides: more than two thirds (protocol section 13). */
const neededOf = (weight: number): number => Math.floor((weight * 2) / 3) + 1;

/** What is proposed, by whom, and how the votes stand. */
export function ProposalBody(props: { proposal: ProposalView }) {
  const { t } = useTranslation();
  const f = useFormats();
  const names = useNames();
  const text = useChangeText();
  const { proposal } = props;
  const list = (parties: string[]) => parties.map(names).join(", ");
  const stand = (weight: number, parties: string[]) => [f.number(weight), list(parties)].filter(Boolean).join(" · ");
  return (
    <>
      <ul className="sr-net-changes">
        {proposal.changes.map((change) => (
          <li key={change.key} title={change.key}>
            {text(change)}
          </li>
        ))}
      </ul>
      {proposal.reason && <p className="sr-tight">{t("network.because", { reason: proposal.reason })}</p>}
      <Facts
        of={[
          [t("network.proposed-by"), names(proposal.by)],
          [t("network.yes-weight"), stand(proposal.yes_weight, proposal.yes)],
          [t("network.no-weight"), stand(proposal.no_weight, proposal.no)],
          [
            t("network.passes-with"),
            t("network.of-weight", { needed: f.number(neededOf(proposal.weight)), all: f.number(proposal.weight) }),
          ],
          [t("network.open-until"), f.zoned(proposal.until)],
        ]}
      />
    </>
  );
}

function Votes(props: { proposal: ProposalView; party: string }) {
  const { t } = useTranslation();
  const { proposal, party } = props;
  const said = proposal.yes.includes(party) ? "yes" : proposal.no.includes(party) ? "no" : null;
  const vote = (approve: boolean) => openPrepared("alliance.validators-voted", { proposal: proposal.id, approve });
  return (
    <div className="sr-actions sr-above">
      {said !== "yes" && (
        <Button size="xs" onClick={() => vote(true)} data-testid={`approve-${proposal.id}`}>
          {t("network.vote-yes")}
        </Button>
      )}
      {said !== "no" && (
        <Button size="xs" variant="default" onClick={() => vote(false)} data-testid={`reject-${proposal.id}`}>
          {t(proposal.by === party ? "network.withdraw" : "network.vote-no")}
        </Button>
      )}
      {said && <span className="sr-soft">{t(`network.voted-${said}`)}</span>}
    </div>
  );
}

export function Proposals(props: { page: NetworkPage }) {
  const { t } = useTranslation();
  const { locked } = useSession();
  const { page } = props;
  if (!page.proposals.length && !page.pending) return null;
  return (
    <Section title={t("network.proposals")} id="proposals">
      {page.pending && <p className="sr-tight">{t("network.pending", { count: page.pending.length })}</p>}
      {page.proposals.map((proposal) => (
        <article key={proposal.id} className="sr-card" data-testid={`proposal-${proposal.id}`}>
          <ProposalBody proposal={proposal} />
          {page.operator && !locked && <Votes proposal={proposal} party={page.party} />}
          <p className="sr-note">
            <a className="sr-link" href={recordPage(proposal.id)}>
              {t("network.see-record")}
            </a>
          </p>
        </article>
      ))}
    </Section>
  );
}
