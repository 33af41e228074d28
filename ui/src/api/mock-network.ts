// A network of fixed answers, for tests only.

import type { NetworkPage, PeerLine, ValidatorLine } from "./generated";

/** did:keys of the right shape; `n` is the digit they end with. */
const did = (letter: string, n: number) => `did:key:z6Mk${letter.repeat(43)}${n}`;

export const OPERATORS = [did("a", 1), did("b", 2), did("c", 3), did("d", 4)] as const;
export const VOTES = [did("e", 1), did("f", 2), did("g", 3), did("h", 4)] as const;
export const NEWCOMER = did("k", 5);
export const PROPOSAL = "be".repeat(32);
export const OFFENCE = "0f".repeat(32);

const NAMES = [
  { en: "Jilin Textiles", zh: "吉林纺织", de: "Jilin Textil" },
  { en: "Xi'an Rail Terminal", zh: "西安铁路集装箱站", de: "Bahnterminal Xi'an" },
  { en: "Duisburg Port Logistics", zh: "杜伊斯堡港物流", de: "Hafenlogistik Duisburg" },
  { en: "Rhein Customs Brokers", zh: "莱茵报关行", de: "Rhein Zollagentur" },
];

const validator = (n: number): ValidatorLine => ({
  name: NAMES[n] ?? {},
  party: OPERATORS[n] ?? "",
  key: VOTES[n] ?? "",
  weight: 1,
  mine: n === 0,
  agreed: n < 3,
  offences: n === 3 ? [{ kind: "precommit", height: 48_002, round: 1, record: OFFENCE }] : [],
});

const peer = (n: number): PeerLine => ({
  key: did("m", n + 1),
  name: NAMES[n]?.en ?? null,
  addresses: [`10.0.4.${n + 11}:4747`],
  seen: [2, 14, 420][n - 1] ?? null,
  standing: ["heard", "slowed", "dropped"][n - 1] ?? "heard",
  wait: [0, 30, 540][n - 1] ?? 0,
  points: [0, 14, 60][n - 1] ?? 0,
  refused_by_us: n === 3 ? { "block.forged-certificate": 1, "net.too-large": 12 } : {},
  refused_by_them: n === 3 ? { "net.unreachable": 31, "net.of-tomorrow": 2 } : {},
});

export const ALLIANCE: NetworkPage = {
  profile: "alliance",
  name: "Changchun–Duisburg lane",
  network: "5e".repeat(32),
  height: 48_120,
  time: "2026-11-20T03:01:00.000Z",
  age: 3,
  party: OPERATORS[0],
  node: did("m", 1),
  listen: "10.0.4.10:4747",
  operator: true,
  validators: [0, 1, 2, 3].map(validator),
  quorum: { weight: 3, of: 4, needed: 3 },
  pending: null,
  proposals: [
    {
      id: PROPOSAL,
      by: OPERATORS[1],
      reason: "It voted twice.",
      changes: [{ key: VOTES[3], party: OPERATORS[3], weight: 0 }],
      yes: [OPERATORS[1]],
      no: [],
      yes_weight: 1,
      no_weight: 0,
      weight: 4,
      until: "2026-12-04T03:00:00.000Z",
    },
  ],
  members: [
    { party: did("p", 6), name: { en: "Wolle & Faden GmbH" }, standing: "admitted", votes: [] },
    {
      party: NEWCOMER,
      name: {},
      standing: "proposed",
      votes: [{ party: OPERATORS[1], standing: "admitted", reason: "Our forwarder in Łódź." }],
    },
  ],
  peers: [1, 2, 3].map(peer),
  faults: { "net.no-certificate": 3 },
  unsent: 4,
  halted: null,
  fork: null,
  following: null,
};

export const SOLO: NetworkPage = {
  ...ALLIANCE,
  profile: "solo",
  name: "Jilin Textiles",
  node: null,
  listen: null,
  validators: [{ ...validator(0), agreed: true }],
  quorum: { weight: 1, of: 1, needed: 1 },
  proposals: [],
  members: [],
  peers: [],
  faults: {},
  unsent: 0,
};

/** An invitation file to a network of two seats. */
export const INVITATION = {
  form: "sealroad-invitation.1",
  genesis: {
    clock: "system",
    created: "2026-10-01T08:00:00.000Z",
    form: "sealroad-genesis.1",
    name: ALLIANCE.name,
    nonce: "00".repeat(16),
    profile: "alliance",
    validators: [0, 1, 2, 3].map((n) => ({ key: VOTES[n], party: OPERATORS[n], weight: 1 })),
  },
  seats: [0, 1, 2, 3].map((n) => ({
    form: "sealroad-seat.1",
    addresses: [`10.0.4.${n + 11}:4747`],
    name: NAMES[n]?.en ?? "",
    node: did("m", n + 1),
    party: OPERATORS[n],
    vote: VOTES[n],
  })),
};
