// Joining: the invitation, what it means, and then the firm.

import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Banner, Facts } from "../../components/Blocks";
import { FileDrop } from "../../components/FileDrop";
import { shortId, useFormats } from "../../shared/format";
import { type Invitation, readInvitation } from "./invitation";
import { Known } from "./Known";
import { SetUp } from "./SetUp";

function Meaning(props: { invitation: Invitation; onGo(): void; onKnown(): void; onBack(): void }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { invitation } = props;
  return (
    <div data-testid="invitation">
      <h1>{invitation.name}</h1>
      <p className="sr-soft sr-first-lead">{t("first.invited")}</p>
      <Facts
        of={[
          [t("first.founded-on"), f.day(invitation.created)],
          [t("first.validators"), f.number(invitation.validators.length)],
        ]}
      />
      <ul className="sr-plain sr-seats">
        {invitation.validators.map((validator) => (
          <li key={validator.key} title={validator.key}>
            <strong>{validator.name || shortId(validator.key)}</strong>{" "}
            <span className="sr-mono sr-soft">{validator.addresses.join(", ")}</span>
          </li>
        ))}
      </ul>
      <ul className="sr-means">
        {["read", "speak", "see", "leave"].map((what) => (
          <li key={what}>{t(`first.means.${what}`)}</li>
        ))}
      </ul>
      <p className="sr-warn">{t("first.trust")}</p>
      <div className="sr-form-foot">
        <Button onClick={props.onGo} data-testid="join-go">
          {t("first.join-go")}
        </Button>
        <Button variant="default" onClick={props.onKnown} data-testid="join-known">
          {t("first.join-known")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack} data-testid="join-other">
          {t("common.back")}
        </Button>
      </div>
    </div>
  );
}

export function Join(props: { onBack(): void }) {
  const { t } = useTranslation();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [going, setGoing] = useState<"new" | "known" | null>(null);
  const read = async (file: File) => {
    const found = await readInvitation(file);
    setInvitation(found);
    setWrong(found ? null : file.name);
  };
  const back = () => setGoing(null);
  if (invitation && going === "new") return <SetUp invitation={invitation} onBack={back} />;
  if (invitation && going === "known") return <Known invitation={invitation} onBack={back} />;
  if (invitation)
    return (
      <Meaning
        invitation={invitation}
        onGo={() => setGoing("new")}
        onKnown={() => setGoing("known")}
        onBack={() => setInvitation(null)}
      />
    );
  return (
    <div data-testid="join">
      <h1>{t("first.join")}</h1>
      <p className="sr-soft sr-first-lead">{t("first.join-file")}</p>
      {wrong && <Banner tone="refused" title={t("first.no-invitation", { name: wrong })} id="no-invitation" />}
      <FileDrop
        id="join-drop"
        title={t("first.drop")}
        button={t("first.choose")}
        accept=".json,application/json"
        onFile={read}
      />
      <div className="sr-form-foot">
        <Button variant="subtle" color="gray" onClick={props.onBack} data-testid="join-back">
          {t("common.back")}
        </Button>
      </div>
    </div>
  );
}
