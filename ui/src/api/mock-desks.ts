// Desktops of other firms, of fixed answers, for tests only: an offer to answer, what waits, a contradiction, and what was set aside.

import type { AsideLine, DeskLine, DesksPage, DocumentLine, Payload, Row, UserError, WaitingLine } from "./generated";
import { OPERATORS } from "./mock-network";

const US = OPERATORS[0];
export const THEM = OPERATORS[2];
const NAME_US = { en: "Jilin Textiles", zh: "吉林纺织", de: "Jilin Textil" };
const NAME_THEM = { en: "Duisburg Port Logistics", zh: "杜伊斯堡港物流", de: "Hafenlogistik Duisburg" };
const ZONE = "+01:00";

/** RecordIds of the right shape. */
const id = (digits: string) => digits.repeat(32);
export const OFFER = id("a1");
export const SIGNED = id("a2");
export const SHARED = id("a3");
export const AGREED = id("a4");
export const ANSWER = id("a5");
export const NOT_KEPT = id("a6");
export const RIVAL = id("b1");
export const AGAINST = id("b2");
export const ASIDE = id("c1");
export const INSTEAD = id("c2");
export const CARD = `sealroad-desk:${"eyJhZGRyZXNzZXMiOlsiMTAuMC40LjExOjUyMzExIl0s".repeat(7)}`;

const node = (n: number) => `did:key:z6Mk${"n".repeat(43)}${n}`;
export const NODES = [node(1), node(2), node(3)] as const;

const shipment = (number: string) => `shipment:${US}:${number}`;
const place = { name: "Duisburg Intermodal Terminal", country: "DE", locode: "DEDUI" };
const at = (time: string) => ({ time, zone: ZONE });

/** A shipment as tables have it; one that the ledger does not hold has its number and nothing else. */
function row(number: string, known: boolean): Row {
  return {
    subject: shipment(number),
    type: "shipment",
    number,
    name: known ? { en: "Xi'an – Duisburg", zh: "西安 – 杜伊斯堡", de: "Xi'an – Duisburg" } : {},
    code: null,
    quantity: null,
    status: known ? "at-place" : "ok",
    place: null,
    country: null,
    at: "2026-11-20T03:01:00.000Z",
    due: null,
    expected: null,
    exceptions: 0,
    single_sourced: false,
    recalled: false,
    shipment: null,
    owner: known ? NAME_US : {},
  };
}

const offered = (number: string, to: string, packages = 40): Payload => ({
  kind: "logistics.handover-offered.1",
  body: { shipment: shipment(number), to: { party: to }, place, at: at("2026-11-20T09:30:00.000Z"), packages },
});

function line(given: Partial<WaitingLine> & Pick<WaitingLine, "id" | "payload">): WaitingLine {
  return {
    party: US,
    name: NAME_US,
    mine: true,
    claimed: "2026-11-20T09:31:00.000Z",
    progress: "signed",
    held_by: [],
    to_answer: false,
    subject: row("JL-0117", true),
    not_kept: null,
    documents: [],
    ...given,
  };
}

function document(given: Partial<DocumentLine> & Pick<DocumentLine, "record" | "place" | "name">): DocumentLine {
  return {
    media_type: "application/pdf",
    size: 3_300_000,
    author: NAME_THEM,
    mine: false,
    at: "2026-11-20T09:31:00.000Z",
    readers: [NAME_THEM],
    standing: "here",
    have: 4_400_400,
    of: 4_400_400,
    failed: null,
    shown_to: [],
    fetched_by: [],
    refused: null,
    ...given,
  };
}

export const DOCUMENTS: DocumentLine[] = [
  document({ record: OFFER, place: "document.1", name: "Packliste DU-0042.pdf" }),
  document({
    record: OFFER,
    place: "document.2",
    name: "Container seal after re-loading at Duisburg Intermodal Terminal, doors, left side, 20 November 2026 (装箱照片).jpg",
    media_type: "image/jpeg",
    size: 9_100_000,
    standing: "coming",
    have: 5_242_880,
    of: 12_133_900,
  }),
  document({
    record: ANSWER,
    place: "document.1",
    name: "receipt.xlsx",
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    size: 4_820,
    standing: "awaited",
    have: 0,
    of: 6_900,
    failed: { code: "documents.no-way", field: null, values: {}, retry: false },
  }),
  document({
    record: SHARED,
    place: "document.1",
    name: "CMR 0117.pdf",
    author: NAME_US,
    mine: true,
    fetched_by: [NAME_THEM],
  }),
  document({
    record: AGREED,
    place: "document.1",
    name: "CMR 0098.pdf",
    author: NAME_US,
    mine: true,
    shown_to: [NAME_THEM],
  }),
];

const why = (code: string, values: Record<string, string> = {}): UserError => ({
  code,
  field: null,
  values,
  retry: false,
});

export const WAITING: WaitingLine[] = [
  line({
    id: OFFER,
    payload: offered("DU-0042", US),
    party: THEM,
    name: NAME_THEM,
    mine: false,
    progress: "shared",
    to_answer: true,
    subject: row("DU-0042", false),
    documents: DOCUMENTS.filter((one) => one.record === OFFER),
  }),
  line({
    id: SIGNED,
    payload: {
      kind: "logistics.arrived.1",
      body: { shipment: shipment("JL-0117"), place, at: at("2026-11-20T08:05:00.000Z"), mode: "rail" },
    },
  }),
  line({ id: SHARED, payload: offered("JL-0117", THEM), progress: "shared", held_by: [NAME_THEM] }),
  line({
    id: AGREED,
    payload: offered("JL-0098", THEM, 12),
    progress: "agreed",
    held_by: [NAME_THEM],
    subject: row("JL-0098", true),
  }),
  line({
    id: ANSWER,
    payload: {
      kind: "logistics.handover-accepted.1",
      body: { shipment: shipment("JL-0098"), offer: AGREED, packages: 12, at: at("2026-11-20T09:48:00.000Z") },
    },
    party: THEM,
    name: NAME_THEM,
    mine: false,
    progress: "agreed",
    subject: row("JL-0098", true),
  }),
  line({
    id: NOT_KEPT,
    payload: offered("JL-0101", THEM, 8),
    subject: row("JL-0101", true),
    not_kept: why("logistics.offer-open"),
  }),
];

const departed = (time: string, conveyance: string): Payload => ({
  kind: "logistics.departed.1",
  body: { shipment: shipment("JL-0120"), place, at: at(time), mode: "rail", conveyance, seals: ["HB 4471", "HB 4472"] },
});

export const CHOICE = {
  ours: line({
    id: AGAINST,
    payload: departed("2026-11-20T10:10:00.000Z", "TRAIN 75041"),
    subject: row("JL-0120", true),
  }),
  theirs: line({
    id: RIVAL,
    payload: departed("2026-11-20T11:40:00.000Z", "TRAIN 75043"),
    party: THEM,
    name: NAME_THEM,
    mine: false,
    progress: "shared",
    subject: row("JL-0120", true),
  }),
};

export const SET_ASIDE: AsideLine = {
  id: ASIDE,
  payload: {
    kind: "logistics.handover-accepted.1",
    body: { shipment: shipment("JL-0077"), offer: id("d1"), packages: 20, at: at("2026-11-19T16:20:00.000Z") },
  },
  subject: row("JL-0077", true),
  why: why("shared.stale", { subject: shipment("JL-0077"), turn: "9" }),
  at: "2026-11-20T02:50:00.000Z",
  instead: INSTEAD,
};

const desk = (n: number, given: Partial<DeskLine>): DeskLine => ({
  node: NODES[n] ?? "",
  party: OPERATORS[n + 1] ?? "",
  name: NAME_THEM,
  addresses: ["10.0.4.12:52311"],
  heard: 4,
  failed: null,
  reads: n !== 1,
  ...given,
});

export const DESKS: DesksPage = {
  listening: "10.0.4.11:52311",
  card: CARD,
  desks: [
    desk(0, {}),
    desk(1, {
      name: { en: "Rhein Customs Brokers", zh: "莱茵报关行", de: "Rhein Zollagentur" },
      heard: null,
      addresses: [],
    }),
    desk(2, {
      name: { en: "Xi'an Rail Terminal", zh: "西安铁路集装箱站", de: "Bahnterminal Xi'an" },
      heard: 5_400,
      failed: "net.unreachable",
    }),
  ],
  waiting: WAITING,
  choices: [CHOICE],
  aside: [SET_ASIDE],
  documents: DOCUMENTS,
};

/** Nobody known, nothing waiting, nobody reaches us. */
export const QUIET: DesksPage = {
  ...DESKS,
  listening: null,
  desks: [],
  waiting: [],
  choices: [],
  aside: [],
  documents: [],
};
