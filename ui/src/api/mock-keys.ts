// Keys of fixed answers, for tests only.

import type { KeyLine, KeysPage, KitLine } from "./generated";

const did = (letter: string) => `did:key:z6Mk${letter.repeat(44)}`;

export const CLERK: KeyLine = {
  key: did("c"),
  fingerprint: "a1b2 c3d4 e5f6 0718",
  holder: "clerk",
  label: "Clerk 2",
  kinds: ["logistics.*"],
  height: 12,
  since: "2026-11-01T08:00:00.000Z",
  until: null,
  standing: "in-force",
  revoked_height: null,
  revoked: null,
  suspected_since: null,
  here: false,
};

export const ROOT: KeyLine = {
  ...CLERK,
  key: did("r"),
  fingerprint: "0011 2233 4455 6677",
  holder: null,
  label: "",
  kinds: ["*"],
  height: 1,
  here: true,
};

export const KIT: KitLine = {
  key: did("k"),
  fingerprint: "9f9e 8d8c 7b7a 6968",
  named: "2026-11-02T08:00:00.000Z",
  made: "2026-11-02T07:40:00.000Z",
  tried: "2026-11-02T07:50:00.000Z",
  file: null,
};

export const KEYS: KeysPage = {
  party: ROOT.key,
  root: ROOT,
  kit: KIT,
  new_kit: null,
  keys: [CLERK],
  ours: { key: ROOT.key, fingerprint: ROOT.fingerprint, standing: "root" },
  pending: [],
  folder: "/media/a/Downloads",
};
