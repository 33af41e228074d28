// Two records that cannot both stand, side by side, what differs marked: a person chooses, and nothing is thrown away.

import { Button } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChoiceLine, WaitingLine } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { bodyOf } from "../../shared/payload";
import { SaidMember, useMembers } from "../../shared/Said";
import { useDeskAsk, useTitles } from "./desk";

interface Pair {
  key: string;
  word: string;
  ours: ReactNode;
  theirs: ReactNode;
  differs: boolean;
}

/** The two line by line: what they are, who said so when, and every member that either has. */
function usePairs(choice: ChoiceLine): Pair[] {
  const { t } = useTranslation();
  const f = useFormats();
  const titles = useTitles();
  const members = useMembers();
  const { ours, theirs } = choice;
  const both = (of: (line: WaitingLine) => string) => ({ ours: of(ours), theirs: of(theirs) });
  const kinds = both((line) => titles.kind(line.payload));
  const about = both((line) => titles.subject(line.subject));
  const here = members.of(ours.payload);
  const there = members.of(theirs.payload);
  const said = [...here, ...there.filter((name) => !here.includes(name))].map((name) => {
    const cell = (line: WaitingLine) =>
      name in bodyOf(line.payload) ? (
        <SaidMember payload={line.payload} name={name} names={{ [line.subject.subject]: line.subject }} />
      ) : (
        <span className="sr-soft">{t("desks.not-said")}</span>
      );
    const texts = both((line) => JSON.stringify(bodyOf(line.payload)[name] ?? null));
    return {
      key: name,
      word: members.word((here.includes(name) ? ours : theirs).payload, name),
      ours: cell(ours),
      theirs: cell(theirs),
      differs: texts.ours !== texts.theirs,
    };
  });
  const claimed = both((line) => f.stamp(line.claimed));
  const pairs = [
    { key: "kind", word: t("desks.record"), ...kinds, differs: kinds.ours !== kinds.theirs },
    { key: "about", word: t("desks.about"), ...about, differs: about.ours !== about.theirs },
    // Each has its own time; that is no contradiction.
    { key: "claimed", word: t("records.claimed-time"), ...claimed, differs: false },
    ...said,
  ];
  // What both are about stands above them.
  return pairs.filter((pair) => pair.differs || !["about", "shipment"].includes(pair.key));
}

function Compared(props: { choice: ChoiceLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const pairs = usePairs(props.choice);
  return (
    <div className="sr-net-scroll">
      <table className="sr-net-table sr-desk-pairs">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("desks.ours")}</th>
            <th scope="col">{t("desks.theirs", { name: f.local(props.choice.theirs.name) })}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <tr
              key={pair.key}
              className={pair.differs ? "sr-desk-differs" : undefined}
              data-testid={`pair-${pair.key}`}
            >
              <th scope="row">
                {pair.word}
                {pair.differs && (
                  <span className="sr-desk-mark">
                    <IconArrowsDiff size={13} aria-hidden="true" /> {t("desks.differs")}
                  </span>
                )}
              </th>
              <td>{pair.ours}</td>
              <td>{pair.theirs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChoiceProps {
  choice: ChoiceLine;
  onChosen(theirs: boolean): void;
}

function Choice(props: ChoiceProps) {
  const { t } = useTranslation();
  const titles = useTitles();
  const { choice } = props;
  const [way, setWay] = useState<boolean | null>(null);
  const ask = useDeskAsk<"desk-choose">();
  const choose = (theirs: boolean) => {
    setWay(theirs);
    const told = { onSuccess: () => props.onChosen(theirs) };
    ask.mutate({ call: "desk-choose", rival: choice.theirs.id, theirs }, told);
  };
  const about = titles.subject(choice.ours.subject);
  const ways = [
    { key: "take-theirs", theirs: true },
    { key: "keep-ours", theirs: false },
  ];
  return (
    <article className="sr-card sr-desk-card" aria-label={about} data-testid={`choice-${choice.theirs.id}`}>
      <strong>{about}</strong>
      <Compared choice={choice} />
      {ask.isError && <Problem error={ask.error} />}
      <div className="sr-desk-ways">
        {ways.map(({ key, theirs }) => (
          <div key={key}>
            <Button
              size="sm"
              variant="default"
              onClick={() => choose(theirs)}
              loading={ask.isPending && way === theirs}
              disabled={ask.isPending}
              aria-label={`${t(`desks.${key}`)}: ${about}`}
              data-testid={`${key}-${choice.theirs.id}`}
            >
              {t(`desks.${key}`)}
            </Button>
            <p className="sr-soft sr-note">{t(`desks.${key}-why`)}</p>
          </div>
        ))}
      </div>
    </article>
  );
}

export function Choices(props: { of: ChoiceLine[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<boolean | null>(null);
  if (!props.of.length && chosen === null) return null;
  return (
    <Section title={t("desks.choices")} id="desk-choices">
      {chosen !== null && (
        <p className="sr-net-well" role="status" data-testid="chosen">
          {t(chosen ? "desks.took-theirs" : "desks.kept-ours")}
        </p>
      )}
      {props.of.length > 0 && <p className="sr-soft sr-tight">{t("desks.choices-why")}</p>}
      <div className="sr-stack">
        {props.of.map((choice) => (
          <Choice key={choice.theirs.id} choice={choice} onChosen={setChosen} />
        ))}
      </div>
    </Section>
  );
}
