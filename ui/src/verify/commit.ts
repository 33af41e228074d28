import { hash, toHex } from "./bytes";
import { canonicalBytes, DEPTH, depthOf, type Json, parseCanonical } from "./canonical";
import * as form from "./ids";
import { isSignedBy } from "./keys";
import { demand } from "./refusal";

const GREATEST = Number.MAX_SAFE_INTEGER;
const HEADER_HASHES = [
  "history_root",
  "index_root",
  "network",
  "next_validators",
  "previous",
  "records_root",
  "rules",
  "validators",
];
/** Most bytes of an anchor file. */
const ANCHOR_BYTES = 65_536;

/** A block header: protocol, section 5. Hashes that are only compared are hex. */
export type Header = {
  /** BlockId. */
  readonly id: Uint8Array;
  readonly height: number;
  readonly historyRoot: Uint8Array;
  readonly indexRoot: Uint8Array;
  readonly network: string;
  /** Hash of the set of the next height, hex. */
  readonly nextValidators: string;
  readonly recordsCount: number;
  readonly recordsRoot: Uint8Array;
  readonly time: string;
  /** Hash of the set of this height, hex. */
  readonly validators: string;
};

/** Reads a header. */
export function readHeader(value: Json, where: string): Header {
  const object = form.exactObject(value, [...HEADER_HASHES, "height", "records_count", "time"], where);
  demand(depthOf(object) <= DEPTH, "depth", where);
  const hex = (key: string): Uint8Array => form.hex32(form.member(object, key, where), `${where}.${key}`);
  for (const key of HEADER_HASHES) hex(key);
  return {
    id: hash(canonicalBytes(object)),
    height: form.integer(form.member(object, "height", where), 1, GREATEST, `${where}.height`),
    historyRoot: hex("history_root"),
    indexRoot: hex("index_root"),
    network: toHex(hex("network")),
    nextValidators: toHex(hex("next_validators")),
    recordsCount: form.integer(form.member(object, "records_count", where), 0, GREATEST, `${where}.records_count`),
    recordsRoot: hex("records_root"),
    time: form.time(form.member(object, "time", where), `${where}.time`),
    validators: toHex(hex("validators")),
  };
}

/** One validator of the set. */
export type Validator = { readonly key: string; readonly party: string; readonly weight: number };

/** A validator set and what names it. */
export type ValidatorSet = {
  readonly validators: readonly Validator[];
  /** Hash of the validator set, hex. */
  readonly validatorsHash: string;
};

/** The document that founds a network, with its first validator set: protocol, section 6. */
export type Genesis = ValidatorSet & {
  /** Network: the hash of the document, hex. */
  readonly network: string;
  readonly clock: "system" | "simulated";
  readonly created: string;
  readonly name: string;
  readonly profile: "solo" | "alliance";
};

/** Reads a genesis document. */
export function readGenesis(value: Json, where: string): Genesis {
  const keys = ["clock", "created", "form", "name", "nonce", "profile", "validators"];
  const object = form.exactObject(value, keys, where);
  const at = (key: string): Json => form.member(object, key, where);
  form.constant(at("form"), ["sealroad-genesis.1"], `${where}.form`);
  form.hex(at("nonce"), 16, `${where}.nonce`);
  const name = form.text(at("name"), `${where}.name`);
  const length = [...name].length;
  demand(length >= 1 && length <= 100, "range", `${where}.name`);
  return {
    network: toHex(hash(canonicalBytes(object))),
    clock: form.constant(at("clock"), ["system", "simulated"], `${where}.clock`),
    created: form.time(at("created"), `${where}.created`),
    name,
    profile: form.constant(at("profile"), ["solo", "alliance"], `${where}.profile`),
    ...readValidatorSet(at("validators"), `${where}.validators`),
  };
}

/** Reads a validator set. */
export function readValidatorSet(value: Json, where: string): ValidatorSet {
  const validators = form.array(value, 1, 100, where).map((one, i) => {
    const at = `${where}[${i}]`;
    const object = form.exactObject(one, ["key", "party", "weight"], at);
    return {
      key: form.key(form.member(object, "key", at), `${at}.key`),
      party: form.key(form.member(object, "party", at), `${at}.party`),
      weight: form.integer(form.member(object, "weight", at), 1, 1_000_000, `${at}.weight`),
    };
  });
  form.demandRising(
    validators.map((one) => one.key),
    where,
  );
  return { validators, validatorsHash: toHex(hash(canonicalBytes(value))) };
}

/** Reads an anchor file (protocol, section 9). */
export function readAnchor(bytes: Uint8Array): Genesis {
  demand(bytes.length <= ANCHOR_BYTES, "size", "anchor");
  const object = form.exactObject(parseCanonical(bytes, DEPTH), ["form", "genesis"], "anchor");
  form.constant(form.member(object, "form", "anchor"), ["sealroad-anchor.1"], "anchor.form");
  return readGenesis(form.member(object, "genesis", "anchor"), "anchor.genesis");
}

/** What the validators signed about a block: protocol, section 6. */
export type CommitCertificate = {
  readonly block: string;
  readonly height: number;
  readonly round: number;
  readonly signatures: readonly { readonly key: string; readonly signature: Uint8Array }[];
};

/** Reads a commit certificate. */
export function readCertificate(value: Json, where: string): CommitCertificate {
  const object = form.exactObject(value, ["block", "height", "round", "signatures"], where);
  const at = (key: string): Json => form.member(object, key, where);
  const signatures = form.array(at("signatures"), 1, GREATEST, `${where}.signatures`).map((one, i) => {
    const here = `${where}.signatures[${i}]`;
    const vote = form.exactObject(one, ["key", "signature"], here);
    return {
      key: form.key(form.member(vote, "key", here), `${here}.key`),
      signature: form.hex(form.member(vote, "signature", here), 64, `${here}.signature`),
    };
  });
  form.demandRising(
    signatures.map((one) => one.key),
    `${where}.signatures`,
  );
  return {
    block: toHex(form.hex32(at("block"), `${where}.block`)),
    height: form.integer(at("height"), 1, GREATEST, `${where}.height`),
    round: form.integer(at("round"), 0, 1_000_000, `${where}.round`),
    signatures,
  };
}

/** The bytes a validator signs for a block. */
export function precommitBytes(certificate: CommitCertificate, network: string): Uint8Array {
  return canonicalBytes(
    new Map<string, Json>([
      ["block", certificate.block],
      ["domain", "sealroad-precommit.1"],
      ["height", certificate.height],
      ["network", network],
      ["round", certificate.round],
    ]),
  );
}

/** Refuses a certificate that is not good for the header under the set. */
export function checkCertificate(
  certificate: CommitCertificate,
  header: Header,
  set: ValidatorSet,
  where: string,
): void {
  const isOfHeader = certificate.block === toHex(header.id) && certificate.height === header.height;
  demand(isOfHeader, "certificate-block", where);
  demand(set.validatorsHash === header.validators, "validator-set", where);
  const message = precommitBytes(certificate, header.network);
  const weights = new Map(set.validators.map((one) => [one.key, one.weight]));
  let signed = 0;
  for (const { key, signature } of certificate.signatures) {
    const weight = weights.get(key);
    demand(weight !== undefined, "certificate-stranger", key);
    demand(isSignedBy(key, signature, message), "certificate-signature", key);
    signed += weight;
  }
  const all = set.validators.reduce((sum, one) => sum + one.weight, 0);
  demand(3 * signed > 2 * all, "certificate-weight", where);
}
