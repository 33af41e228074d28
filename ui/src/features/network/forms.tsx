// What operators of validators can say: who belongs, who validates.

import { Radio } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import { useCall } from "../../api/hooks";
import type { Field, Form, Own, OwnProps, Values } from "../../shared/form/spec";
import { Changes } from "./Changes";
import { changesOf, linesOf } from "./changes";
import { useNames } from "./names";
import { ProposalBody } from "./Proposals";

const changes: Own = { Draw: Changes, make: changesOf, fill: linesOf };

/** The proposal that is voted on, for reading. */
function ChosenProposal(props: OwnProps) {
  const { t } = useTranslation();
  const page = useCall({ call: "network" });
  const proposal = page.data?.proposals.find((one) => one.id === props.value);
  const problem = props.problems[0];
  return (
    <section className="sr-card sr-net-chosen" aria-label={props.label} data-testid="field-proposal">
      {proposal ? <ProposalBody proposal={proposal} /> : page.data && <p>{t("network.proposal-gone")}</p>}
      {problem && <p className="sr-field-error">{wordError(t, problem)}</p>}
    </section>
  );
}

const proposal: Own = {
  Draw: ChosenProposal,
  make: (value) => (typeof value === "string" && value ? { value } : {}),
  fill: (value) => value,
};

function YesOrNo(props: OwnProps) {
  const { t } = useTranslation();
  const problem = props.problems[0];
  return (
    <Radio.Group
      label={props.label}
      withAsterisk
      value={(props.value as string | undefined) ?? null}
      onChange={props.set}
      error={problem && wordError(t, problem)}
      data-testid="field-approve"
    >
      <div className="sr-stack sr-net-choice">
        {["yes", "no"].map((value) => (
          <Radio key={value} value={value} label={t(`network.approve.${value}`)} data-testid={`approve-${value}`} />
        ))}
      </div>
    </Radio.Group>
  );
}

const approve: Own = {
  Draw: YesOrNo,
  make: (value) => (value === "yes" || value === "no" ? { value: value === "yes" } : {}),
  fill: (value) => (value === true ? "yes" : value === false ? "no" : undefined),
};

/** Whose did:key was entered, and by which bound the vote is counted. */
function Whom(props: { values: Values }) {
  const { t } = useTranslation();
  const names = useNames();
  const party = String(props.values.party ?? "").trim();
  const { standing } = props.values;
  return (
    <div className="sr-soft sr-note" data-testid="member-whom">
      {party.startsWith("did:key:") && <p className="sr-tight">{t("network.whom", { name: names(party) })}</p>}
      {typeof standing === "string" && <p className="sr-tight">{t(`network.bound.${standing}`)}</p>}
    </div>
  );
}

const reason: Field = { path: "reason", type: "long" };

export const forms: Form[] = [
  {
    kind: "alliance.member-voted",
    home: ["network"],
    fields: [
      { path: "party", type: "text", wide: true },
      { path: "standing", type: "select", options: ["admitted", "suspended"] },
      reason,
    ],
    start: () => ({ standing: "admitted" }),
    Extra: Whom,
  },
  {
    kind: "alliance.validators-proposed",
    home: ["network"],
    fields: [{ path: "changes", type: "own", own: changes }, reason],
    start: () => ({ changes: [{ what: "add", weight: "1" }] }),
  },
  {
    kind: "alliance.validators-voted",
    home: ["network"],
    fields: [
      { path: "proposal", type: "own", own: proposal },
      { path: "approve", type: "own", own: approve },
    ],
  },
];
