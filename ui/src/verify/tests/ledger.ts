import { ed25519 } from "@noble/curves/ed25519.js";
import { hash, join, same, toHex, utf8 } from "../bytes";
import { canonicalBytes, canonicalText, type Json, type JsonObject, parseCanonical } from "../canonical";
import { historyRoot } from "../history";
import { selfOf } from "../ids";
import { indexKey } from "../index-proof";
import { leafHash, nodeHash, recordsRoot } from "../merkle";

/** Plain JSON as tests write it. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Base58btc, written as the textbook does. */
export function toBase58(bytes: Uint8Array): string {
  let number = BigInt(`0x0${toHex(bytes)}`);
  let text = "";
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/** Plain JSON as the verifier's value. */
export function toJson(plain: Plain): Json {
  if (plain === null || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map(toJson);
  return new Map(Object.entries(plain).map(([key, value]) => [key, toJson(value)] as const));
}

/** Canonical bytes of plain JSON. */
export function bytesOf(plain: Plain): Uint8Array {
  return canonicalBytes(toJson(plain));
}

/** hex32 of plain JSON. */
export function hashOf(plain: Plain): string {
  return toHex(hash(bytesOf(plain)));
}

/** Plain JSON of canonical bytes. */
export function plainOf(bytes: Uint8Array): { [key: string]: Plain } {
  return JSON.parse(new TextDecoder().decode(bytes)) as { [key: string]: Plain };
}

export class Signer {
  readonly secret: Uint8Array;
  readonly did: string;
  constructor(seed: string) {
    this.secret = hash(utf8(seed));
    this.did = `did:key:z${toBase58(join(Uint8Array.of(0xed, 1), ed25519.getPublicKey(this.secret)))}`;
  }
  sign(message: Uint8Array): Uint8Array {
    return ed25519.sign(message, this.secret);
  }
}

/** Signs a record without `proof`. */
export function signRecord(unsigned: { [key: string]: Plain }, signer: Signer): { [key: string]: Plain } {
  const options = {
    cryptosuite: "eddsa-jcs-2022",
    proofPurpose: "assertionMethod",
    type: "DataIntegrityProof",
    verificationMethod: `${signer.did}#${signer.did.slice(8)}`,
  };
  const signature = signer.sign(join(hash(bytesOf(options)), hash(bytesOf(unsigned))));
  return { ...unsigned, proof: { ...options, proofValue: `z${toBase58(signature)}` } };
}

type IndexEntry = { key: Uint8Array; value: Uint8Array };

const bitAt = (key: Uint8Array, i: number): number => ((key[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
const jmtLeaf = (one: IndexEntry): Uint8Array => hash(utf8("JMT::LeafNode"), one.key, hash(one.value));

/** Root of the subtree of these entries at a depth. */
export function indexRoot(entries: readonly IndexEntry[], depth = 0): Uint8Array {
  const [only] = entries;
  if (only === undefined) return utf8("SPARSE_MERKLE_PLACEHOLDER_HASH__");
  if (entries.length === 1) return jmtLeaf(only);
  const side = (bit: number) =>
    indexRoot(
      entries.filter((one) => bitAt(one.key, depth) === bit),
      depth + 1,
    );
  return hash(utf8("JMT::IntrnalNode"), side(0), side(1));
}

/** Proof of what the index holds at a key. */
export function indexProof(entries: readonly IndexEntry[], key: Uint8Array): { leaf: Plain; siblings: Plain[] } {
  const siblings: Plain[] = [];
  let rest = entries;
  for (let depth = 0; rest.length > 1; depth++) {
    const mine = bitAt(key, depth);
    siblings.unshift(
      toHex(
        indexRoot(
          rest.filter((one) => bitAt(one.key, depth) !== mine),
          depth + 1,
        ),
      ),
    );
    rest = rest.filter((one) => bitAt(one.key, depth) === mine);
  }
  const [last] = rest;
  const other = last === undefined || same(last.key, key) ? null : last;
  return { leaf: other ? { key: toHex(other.key), value: toHex(hash(other.value)) } : null, siblings };
}

function recordsPath(leaves: readonly Uint8Array[], index: number): Plain[] {
  const path: Plain[] = [];
  let level = leaves.map(leafHash);
  for (let i = index; level.length > 1; i = Math.floor(i / 2)) {
    const sibling = level[i ^ 1];
    if (sibling !== undefined) path.push(toHex(sibling));
    const above: Uint8Array[] = [];
    for (let j = 0; j < level.length; j += 2) {
      const left = level[j] as Uint8Array;
      above.push(nodeHash(left, level[j + 1] ?? left));
    }
    level = above;
  }
  return path;
}

/** Audit path of RFC 6962, 2.1.1. */
export function historyPath(leaves: readonly Uint8Array[], index: number): Plain[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return index < split
    ? [...historyPath(leaves.slice(0, split), index), toHex(historyRoot(leaves.slice(split)))]
    : [...historyPath(leaves.slice(split), index - split), toHex(historyRoot(leaves.slice(0, split)))];
}

type Header = { [key: string]: Plain };
type SubjectEntry = { ids: Uint8Array[]; changed: number; turn: number; state: { [key: string]: Plain } };
type Committed = { height: number; index: number; record: { [key: string]: Plain } };

/** A validator as a test names it. */
export type Member = { readonly signer: Signer; readonly party: string; readonly weight: number };

/** The members as a validator set. */
export function setOf(members: readonly Member[]): Plain {
  const sorted = [...members].sort((a, b) => (a.signer.did < b.signer.did ? -1 : 1));
  return sorted.map(({ signer, party, weight }) => ({ key: signer.did, party, weight }));
}

/** What to certify otherwise than an honest ledger would. */
export type Vote = { readonly round?: number; readonly domain?: string; readonly network?: string };

/** A certificate of these signers for a header. */
export function certificateOf(
  header: { [key: string]: Plain },
  signers: readonly Signer[],
  { round = 0, domain = "sealroad-precommit.1", network = String(header.network) }: Vote = {},
): { [key: string]: Plain } {
  const block = hashOf(header);
  const height = header.height as number;
  const message = bytesOf({ block, domain, height, network, round });
  const sorted = [...signers].sort((a, b) => (a.did < b.did ? -1 : 1));
  const signatures = sorted.map((one) => ({ key: one.did, signature: toHex(one.sign(message)) }));
  return { block, height, round, signatures };
}

/** A ledger small enough to be read, that proves what it holds. */
export class Ledger {
  /** Who certifies each height, from height 1; the last are those of the next height. */
  readonly eras: (readonly Member[])[];
  readonly genesis: { [key: string]: Plain };
  readonly network: string;
  readonly headers: Header[] = [];
  readonly subjects = new Map<string, SubjectEntry>();
  readonly records: Committed[] = [];
  private nonces = 0;

  /** `parties` are those of the validators in order of their keys; `weights` too, 1 where there is none. */
  constructor(
    validators: readonly Signer[],
    parties: readonly string[],
    clock = "system",
    weights: readonly number[] = [],
  ) {
    const sorted = [...validators].sort((a, b) => (a.did < b.did ? -1 : 1));
    const first = sorted.map((signer, i) => ({ signer, party: parties[i] ?? signer.did, weight: weights[i] ?? 1 }));
    this.eras = [first];
    const set = setOf(first);
    const head = { clock, created: "2026-11-01T00:00:00.000Z", form: "sealroad-genesis.1", name: "Test road" };
    this.genesis = { ...head, nonce: "00".repeat(16), profile: "alliance", validators: set };
    this.network = hashOf(this.genesis);
  }

  blockId(height: number): Uint8Array {
    return hash(bytesOf(this.headers[height - 1] as Header));
  }

  record(author: Signer, kind: string, subjects: string[], more: { [key: string]: Plain } = {}, party = author.did) {
    this.nonces += 1;
    return signRecord(
      {
        body: {},
        claimed: "2026-11-02T08:00:00.000Z",
        kind,
        network: this.network,
        nonce: this.nonces.toString(16).padStart(32, "0"),
        party,
        reads: [],
        refers: [],
        seen: {},
        subjects: [...subjects].sort(),
        until: "2026-11-09T08:00:00.000Z",
        ...more,
      },
      author,
    );
  }

  /** The validators of a height. */
  membersAt(height: number): readonly Member[] {
    return this.eras[height - 1] as readonly Member[];
  }

  /** Commits a block that names `next` as the validators of the height after it; `told` are members of its header. */
  change(next: readonly Member[], told: Header = {}): void {
    this.commit([], {}, next, told);
  }

  /** Commits a block; `states` are the states after it. */
  commit(
    records: { [key: string]: Plain }[],
    states: { [subject: string]: { [key: string]: Plain } } = {},
    next: readonly Member[] | null = null,
    told: Header = {},
  ): void {
    const height = this.headers.length + 1;
    const members = this.membersAt(height);
    this.eras.push(next ?? members);
    records.forEach((record, index) => {
      this.records.push({ height, index, record });
      const { proof: _, ...unsigned } = record;
      for (const subject of record.subjects as string[]) {
        const state = { form: "thing.1", links: [] };
        const entry: SubjectEntry = this.subjects.get(subject) ?? { ids: [], changed: 0, turn: 0, state };
        entry.ids.push(hash(bytesOf(unsigned)));
        entry.changed = height;
        this.subjects.set(subject, entry);
      }
    });
    for (const [subject, state] of Object.entries(states)) {
      const entry = this.subjects.get(subject);
      if (entry) entry.state = state;
    }
    const ids = this.headers.map((_, i) => this.blockId(i + 1));
    this.headers.push({
      height,
      history_root: toHex(historyRoot(ids)),
      index_root: toHex(indexRoot(this.entries())),
      network: this.network,
      next_validators: hashOf(setOf(next ?? members)),
      previous: height === 1 ? this.network : toHex(this.blockId(height - 1)),
      records_count: records.length,
      records_root: toHex(recordsRoot(records.map((one) => leafHash(bytesOf(one))))),
      rules: "11".repeat(32),
      time: `2026-11-02T${String(8 + Math.floor(height / 60)).padStart(2, "0")}:${String(height % 60).padStart(2, "0")}:00.000Z`,
      validators: hashOf(setOf(members)),
      ...told,
    });
  }

  value(subject: string): { [key: string]: Plain } {
    const { ids, changed, turn, state } = this.subjects.get(subject) as SubjectEntry;
    return { changed, count: ids.length, records: toHex(historyRoot(ids)), state: hashOf(state), turn };
  }

  private entries(): IndexEntry[] {
    return [...this.subjects.keys()].map((one) => ({ key: indexKey(one), value: bytesOf(this.value(one)) }));
  }

  /** The certificate of a height by all its validators. */
  certificate(height = this.headers.length): { [key: string]: Plain } {
    return certificateOf(
      this.headers[height - 1] as Header,
      this.membersAt(height).map((one) => one.signer),
    );
  }

  /** Every change of the set below a height. */
  changesBelow(height: number): { [key: string]: Plain }[] {
    return this.headers.slice(0, height - 1).flatMap((header, i) => {
      if (header.validators === header.next_validators) return [];
      return [{ commit: this.certificate(i + 1), header, validators: setOf(this.membersAt(i + 2)) }];
    });
  }

  /** Evidence about a subject, as of the last block. */
  evidence(about: string, openings: Plain[] = []): { [key: string]: Plain } {
    const listed = [...this.closure(about)].sort();
    const records = this.records.filter((one) => (one.record.subjects as string[]).some((s) => listed.includes(s)));
    const height = this.headers.length;
    const heights = [...new Set(records.map((one) => one.height))].filter((one) => one !== height);
    const history = this.headers.slice(0, -1).map((_, i) => this.blockId(i + 1));
    const sets = this.changesBelow(height);
    return {
      about,
      blocks: heights.map((h) => ({ header: this.headers[h - 1] as Header, path: historyPath(history, h - 1) })),
      commit: this.certificate(),
      form: sets.length === 0 ? "sealroad-evidence.1" : "sealroad-evidence.2",
      genesis: this.genesis,
      head: this.headers[height - 1] as Header,
      openings,
      records: records.map((one) => ({ ...one, path: this.pathOf(one) })),
      ...(sets.length === 0 ? {} : { sets }),
      subjects: listed.map((subject) => {
        const present = this.subjects.get(subject);
        const proof = indexProof(this.entries(), indexKey(subject));
        return { proof, state: present?.state ?? null, subject, value: present ? this.value(subject) : null };
      }),
    };
  }

  private pathOf({ height, index }: Committed): Plain[] {
    const leaves = this.records.filter((one) => one.height === height).map((one) => bytesOf(one.record));
    return recordsPath(leaves, index);
  }

  private closure(about: string): Set<string> {
    const found = new Set([about]);
    for (const subject of found) {
      const entry = this.subjects.get(subject);
      if (!entry) continue;
      for (const link of entry.state.links as string[]) found.add(link);
      for (const { record } of this.records) {
        if ((record.subjects as string[]).includes(subject)) found.add(selfOf(record.party as string));
      }
    }
    return found;
  }
}

/** A party's state whose root key may do everything. */
export function partyState(root: Signer, from: number, more: Plain[] = []): { [key: string]: Plain } {
  const entry = { from, key: root.did, kinds: ["*"], revoked: null, until: null };
  return { form: "party.1", keys: [entry, ...more], links: [] };
}

/** A shipment with its lot, two parties, several blocks: about, evidence, anchor. */
export function sample(shipmentRecords = 6): { about: string; ledger: Ledger; author: Signer; evidence: Plain } {
  const author = new Signer("author");
  const carrier = new Signer("carrier");
  const ledger = new Ledger(
    ["a", "b", "c", "d"].map((one) => new Signer(`validator ${one}`)),
    [author.did],
  );
  const lot = `lot:${author.did}:L-1`;
  const about = `shipment:${author.did}:S-1`;
  const found = (one: Signer) => ledger.record(one, "party.founded.1", [selfOf(one.did)], { body: { name: "某公司" } });
  ledger.commit([found(author), found(carrier)], {
    [selfOf(author.did)]: partyState(author, 1),
    [selfOf(carrier.did)]: partyState(carrier, 1),
  });
  ledger.commit([ledger.record(author, "trace.made.1", [lot])]);
  ledger.commit([]);
  const salt = "22".repeat(32);
  for (let i = 0; i < shipmentRecords; i++) {
    const value = { name: "price", value: "12.50 €" };
    const parts = [utf8("sealroad-commitment.1"), Uint8Array.of(0), hashBytes(salt), Uint8Array.of(0), bytesOf(value)];
    const commits = [{ hash: toHex(hash(...parts)), name: "price" }];
    const one = ledger.record(i % 2 ? carrier : author, "logistics.departed.1", [about], { commits });
    ledger.commit([one, ledger.record(carrier, "logistics.note.1", ["tracking:OTHER"])], {
      [about]: { form: "shipment.1", links: [lot] },
    });
  }
  ledger.commit([]);
  return { about, ledger, author, evidence: ledger.evidence(about) };
}

function hashBytes(hexText: string): Uint8Array {
  return Uint8Array.from(hexText.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Canonical text of canonical bytes read again: a round trip. */
export function reread(bytes: Uint8Array, depth: number): string {
  return canonicalText(parseCanonical(bytes, depth) as JsonObject);
}
