// What several screens know of the network: whether enough validators agree, and whether this firm may speak.

import type { NetworkPage, Session } from "../api/generated";
import { present } from "./clock";

/** Age of the newest block in milliseconds from which on an alliance is not called fresh. */
export const STALE = 120_000;

/** Several keep the ledger. */
export const isShared = (session: Session): boolean => session.validators[1] > 1;

/** How the line at the bottom stands: fewer than more than two thirds agreed, the newest block is old, or all is well. */
export function freshness(session: Session): "lost" | "old" | "fresh" {
  const [agree, all] = session.validators;
  if (!isShared(session) || session.height === 0) return "fresh";
  if (agree * 3 <= all * 2) return "lost";
  const age = session.time === null ? 0 : present().getTime() - new Date(session.time).getTime();
  return age > STALE ? "old" : "fresh";
}

export interface Margin {
  agree: number;
  all: number;
  needed: number;
  /** How many of those that agree may fail, whichever they are; -1 when nothing new is confirmed. */
  spare: number;
  /** The three figures are weights: the validators do not weigh the same. */
  weighed: boolean;
}

/** How far the validators that agree are from too few. */
export function marginOf(page: Pick<NetworkPage, "validators" | "quorum">): Margin {
  const { validators, quorum } = page;
  const one = validators[0]?.weight ?? 1;
  const weighed = validators.some((validator) => validator.weight !== one);
  const heaviest = validators.filter((v) => v.agreed).sort((a, b) => b.weight - a.weight);
  let rest = quorum.weight;
  let spare = rest < quorum.needed ? -1 : 0;
  for (const { weight } of spare < 0 ? [] : heaviest) {
    if (rest - weight < quorum.needed) break;
    rest -= weight;
    spare += 1;
  }
  const count = (weight: number) => (weighed ? weight : Math.ceil(weight / one));
  return { agree: count(quorum.weight), all: count(quorum.of), needed: count(quorum.needed), spare, weighed };
}

/** Where this firm stands: it speaks, waits to be admitted, or was suspended. */
export function standingOf(page: NetworkPage): "speaks" | "waiting" | "suspended" {
  if (page.profile !== "alliance" && page.validators.length < 2) return "speaks";
  if (page.operator) return "speaks";
  const standing = page.members.find((member) => member.party === page.party)?.standing;
  if (standing === "admitted") return "speaks";
  return standing === "suspended" ? "suspended" : "waiting";
}
