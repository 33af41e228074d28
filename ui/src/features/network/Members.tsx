// Who belongs, and who is voted on.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MemberLine, NetworkPage } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { openForm, openPrepared } from "../../shared/form/open";
import { shortId, useFormats } from "../../shared/format";
import { subjectPage } from "../../shared/route";
import { StateChip } from "../../shared/State";
import { useSession } from "../../shared/session";
import { useNames } from "./names";

function Votes(props: { member: MemberLine }) {
  const { t } = useTranslation();
  const names = useNames();
  const { votes } = props.member;
  if (!votes.length) return <span className="sr-soft">{t("common.none")}</span>;
  return (
    <ul className="sr-plain">
      {votes.map((vote) => (
        <li key={vote.party}>
          {t(`network.wants.${vote.standing}`, { name: names(vote.party) })}{" "}
          {vote.reason && <span className="sr-soft">{t("network.because", { reason: vote.reason })}</span>}
        </li>
      ))}
    </ul>
  );
}

function Steps(props: { member: MemberLine; party: string; name: string }) {
  const { t } = useTranslation();
  const { member } = props;
  const mine = member.votes.find((vote) => vote.party === props.party)?.standing ?? member.standing;
  const vote = (standing: "admitted" | "suspended") =>
    openPrepared("alliance.member-voted", { party: member.party, standing });
  return (
    <div className="sr-actions sr-net-steps">
      {mine !== "admitted" && (
        <Button
          size="compact-sm"
          onClick={() => vote("admitted")}
          aria-label={t("network.admit-name", { name: props.name })}
          data-testid={`admit-${member.party}`}
        >
          {t("network.admit")}
        </Button>
      )}
      {mine !== "suspended" && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => vote("suspended")}
          aria-label={t("network.suspend-name", { name: props.name })}
          data-testid={`suspend-${member.party}`}
        >
          {t("network.suspend")}
        </Button>
      )}
    </div>
  );
}

function Row(props: { member: MemberLine; page: NetworkPage; steps: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { member, page } = props;
  const known = f.local(member.name);
  const name = known || t("network.not-registered");
  return (
    <tr data-testid={`member-${member.party}`}>
      <th scope="row">
        {known ? (
          <a className="sr-link" href={subjectPage(`party:${member.party}:self`)}>
            {name}
          </a>
        ) : (
          <span className="sr-soft">{name}</span>
        )}{" "}
        {member.party === page.party && <span className="sr-soft">{t("network.mine")}</span>}
        <small className="sr-mono sr-soft sr-block" title={member.party}>
          {shortId(member.party)}
        </small>
      </th>
      <td>
        <StateChip state={member.standing} />
      </td>
      <td>
        <Votes member={member} />
      </td>
      {props.steps && (
        <td>
          <Steps member={member} party={page.party} name={known || shortId(member.party)} />
        </td>
      )}
    </tr>
  );
}

export function Members(props: { page: NetworkPage }) {
  const { t } = useTranslation();
  const { locked } = useSession();
  const { page } = props;
  const steps = page.operator && !locked;
  // Whoever waits stands first.
  const order = { proposed: 0, suspended: 1, admitted: 2 };
  const members = [...page.members].sort((a, b) => order[a.standing] - order[b.standing]);
  return (
    <Section
      title={t("network.members")}
      id="members"
      aside={
        steps && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => openForm("alliance.member-voted")}
            data-testid="member-new"
          >
            {t("network.admit-new")}
          </Button>
        )
      }
    >
      <p className="sr-soft sr-tight">{t("network.members-why")}</p>
      {members.length > 0 && (
        <div className="sr-net-scroll">
          <table className="sr-net-table">
            <thead>
              <tr>
                <th scope="col">{t("network.member")}</th>
                <th scope="col">{t("network.stands")}</th>
                <th scope="col">{t("network.votes")}</th>
                {steps && (
                  <th scope="col">
                    <span className="sr-unseen">{t("network.steps")}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <Row key={member.party} member={member} page={page} steps={steps} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
