// A core made of fixed answers, for tests only.

import type { Call, Detail, Row, Session, TimelineEntry, Verdict } from "./generated";
import type { Door, Told } from "./host";
import { DESKS } from "./mock-desks";
import { CLERK, KEYS, KIT } from "./mock-keys";
import { ALLIANCE, INVITATION } from "./mock-network";

export const ME = "did:key:z6MkmeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMeMe";
const PROFILE = {
  name: { en: "Jilin Textiles", zh: "吉林纺织", de: "Jilin Textil" },
  country: "CN",
  identifiers: [],
  roles: ["exporter" as const],
};
const PARTY = { subject: `party:${ME}:self`, party: ME, profile: PROFILE, mandates: [] };
const PLACE = { name: "Changchun", country: "CN", locode: "CNCGC" };
const AT = { time: "2026-11-19T06:31:00.000Z", zone: "+08:00" };

export const FIRST_RUN: Session = {
  stage: "first-run",
  locked: false,
  sample: false,
  party: null,
  party_view: null,
  key_label: "",
  key: null,
  key_standing: null,
  shoes: [],
  network: null,
  height: 0,
  time: null,
  validators: [0, 0],
  unsent: 0,
  drafts: 0,
  simulated_clock: false,
  key_store: "none",
  language: "en",
  halted: null,
};

export const READY: Session = {
  ...FIRST_RUN,
  stage: "ready",
  party: ME,
  party_view: PARTY,
  key: ME,
  key_standing: "root",
  height: 48_120,
  time: "2026-11-20T03:01:00.000Z",
  validators: [3, 4],
  unsent: 4,
  key_store: "file",
};

export function lotRow(n: number): Row {
  return {
    subject: `lot:${ME}:L-${n}`,
    type: "lot",
    number: `L-${n}`,
    name: { en: `Yarn ${n}`, zh: `纱 ${n}`, de: `Garn ${n}` },
    code: null,
    quantity: { value: 5_000 + n, scale: 1, unit: "KGM" },
    status: n % 2 ? "single-sourced" : "ok",
    place: { en: "Changchun", zh: "长春", de: "Changchun" },
    country: null,
    at: "2026-11-20T03:01:00.000Z",
    due: null,
    expected: null,
    exceptions: 0,
    single_sourced: n % 2 === 1,
    recalled: false,
    shipment: null,
    owner: PROFILE.name,
  };
}

export const ENTRY: TimelineEntry = {
  id: "ab".repeat(32),
  payload: {
    kind: "supply-chain.lot-made.1",
    body: {
      number: "L-0",
      product: `product:${ME}:Y`,
      quantity: { value: 5_000, scale: 1, unit: "KGM" },
      place: PLACE,
      at: AT,
      origin: "CN",
    },
  },
  party: ME,
  party_name: PROFILE.name,
  claimed: AT.time,
  witnessed: "2026-11-19T06:32:00.000Z",
  height: 7,
  status: "confirmed",
  on_behalf: null,
  on_behalf_name: null,
  sources: 1,
  corrected_by: null,
  suspected: false,
};

export function lotDetail(subject: string): Detail {
  const row = { ...lotRow(0), subject };
  return {
    row,
    view: {
      type: "lot",
      subject,
      number: "L-0",
      product: `product:${ME}:Y`,
      made: { value: 5_000, scale: 1, unit: "KGM" },
      left: { value: 3_000, scale: 1, unit: "KGM" },
      place: PLACE,
      at: AT,
      origin: "CN",
      owner: ME,
      maker: null,
      single_sourced: true,
      inputs: [],
      outputs: [],
      shipments: [],
      items: 0,
      recalls: [],
      inspections: [],
      difference: null,
    },
    timeline: [ENTRY],
    names: {},
    actions: [
      { kind: "supply-chain.processed", refused: null },
      { kind: "supply-chain.recall-ended", refused: "supply-chain.recall-unknown" },
    ],
    inherited_recalls: [],
    source: null,
  };
}

export const VERDICT: Verdict = {
  report: {
    verdict: "refused",
    first_failed: "completeness",
    checks: ["canonical bytes", "signature", "mandate", "inclusion", "history", "quorum"]
      .map((name) => ({ name, passed: true, reason: null as string | null }))
      .concat([{ name: "completeness", passed: false, reason: "subjects/0" }]),
    not_proved: [],
    as_of: null,
    network: null,
  },
  about: null,
  name: null,
  maker: null,
  timeline: [],
  journey: null,
  named: null,
  recalls: [],
};

const NEVER = { code: "program-fault", field: null, values: {}, retry: false };

function onLedger(request: Call): unknown {
  switch (request.call) {
    case "record":
      return {
        entry: ENTRY,
        text: "{}",
        subjects: [lotRow(0)],
        proof: [{ code: "signature", passed: true, values: { key: ME }, names: {}, detail: "key" }],
        documents: [],
      };
    case "blocks":
      return {
        blocks: [{ height: 7, id: "cd".repeat(32), time: AT.time, records: 1, header: "{}", signers: [3, 4] }],
        height: 7,
      };
    case "records":
      return { records: [ENTRY], total: 1 };
    case "network":
    case "trust":
      return ALLIANCE;
    case "invite": {
      const content = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(INVITATION, null, 2))));
      return { file: { name: "invitation.json", content, path: null, size: content.length }, qr: null };
    }
    case "keys":
    case "kit-forget":
      return KEYS;
    case "kit-make": {
      const file = { name: "kit.html", content: "", path: "/media/a/Downloads/kit.html", size: 20_480 };
      return { key: KIT.key, fingerprint: KIT.fingerprint, file };
    }
    case "kit-try":
      return { key: KIT.key, fingerprint: KIT.fingerprint, named: true };
    case "next-root":
      return { key: CLERK.key, fingerprint: CLERK.fingerprint };
    case "desks":
    case "desk-listen":
    case "desk-meet":
    case "desk-forget":
    case "desk-choose":
    case "aside-done":
      return DESKS;
    case "document-attach":
      return { id: request.name, name: request.name, media_type: request.media_type, size: atob(request.file).length };
    case "document-detach":
      return {};
    case "documents":
      return { documents: DESKS.documents };
    case "document-save":
      return { name: "file.pdf", content: "", path: request.to ?? "/media/a/Downloads/file.pdf", size: 20_480 };
    case "verify":
      return VERDICT;
    case "about":
      return { version: "0.1.0", folder: "data", sizes: { "ledger.db": 4096 }, last_backup: null };
    default:
      throw NEVER;
  }
}

function answer(request: Call, session: Session): unknown {
  switch (request.call) {
    case "session":
      return session;
    case "settings":
      return { language: "en", scheme: "light", sounds: false };
    case "change-settings":
      return request.settings;
    case "home":
      return {
        now: [{ code: "unsent", subject: null, row: null, draft: null, time: null, values: { count: "4" }, names: {} }],
        waiting: [],
        watch: [],
        thread: null,
      };
    case "list": {
      const rows = Array.from({ length: request.limit }, (_, n) => lotRow(request.offset + n)).filter(
        (_, n) => request.offset + n < 250,
      );
      return { rows, total: 250, chips: { all: 250, recalled: 0, "single-sourced": 125 } };
    }
    case "open":
      return lotDetail(request.subject);
    case "trace":
      return {
        nodes: [
          { row: lotRow(0), step: 0 },
          { row: lotRow(1), step: -1 },
        ],
        edges: [{ from: lotRow(1).subject, to: lotRow(0).subject, quantity: lotRow(1).quantity, record: ENTRY.id }],
        cut: false,
      };
    case "parties":
      return [PARTY];
    case "drafts":
    case "pinned":
      return [];
    case "save-draft":
      return { id: request.id ?? "d1", kind: request.kind, form: request.form, changed: AT.time };
    case "check":
      return { problems: [] };
    case "review":
      return {
        review: "r1",
        records: request.payloads.map((payload) => ({
          payload,
          text: JSON.stringify(payload),
          subjects: [lotRow(0)],
          consequences: [{ code: "consequence.permanent", values: {}, names: {} }],
          documents: [],
        })),
        fingerprint: "1732 37d6 17bc 0519",
        problems: [],
      };
    case "sign":
      return { records: [[ENTRY.id, "signed"]] };
    default:
      return onLedger(request);
  }
}

export interface MockDoor extends Door {
  asked: Call[];
  session: Session;
  /** Answers of this test, before the fixed ones. */
  own: { [C in Call["call"]]?: (request: Extract<Call, { call: C }>) => unknown };
  tell(told: Told): void;
}

export function mockDoor(session: Session): MockDoor {
  const hearers = new Set<(told: Told) => void>();
  const door: MockDoor = {
    asked: [],
    session,
    own: {},
    async ask(request) {
      door.asked.push(request);
      const own = door.own[request.call] as ((request: Call) => unknown) | undefined;
      return own ? own(request) : answer(request, door.session);
    },
    listen(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    tell(told) {
      for (const hear of hearers) hear(told);
    },
  };
  return door;
}
