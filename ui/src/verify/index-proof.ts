import { hash, same, utf8 } from "./bytes";
import { demand } from "./refusal";

/** jmt 0.12 spells it so. */
const NODE = utf8("JMT::IntrnalNode");
const LEAF = utf8("JMT::LeafNode");
const EMPTY = utf8("SPARSE_MERKLE_PLACEHOLDER_HASH__");

/** Another subject's leaf, where ours would stand. */
export type OtherLeaf = { readonly key: Uint8Array; readonly value: Uint8Array };

/** Proof that a subject has a value in the index, or none: protocol, section 7. */
export type IndexProof = { readonly leaf: OtherLeaf | null; readonly siblings: readonly Uint8Array[] };

/** The index key of a subject. */
export function indexKey(subject: string): Uint8Array {
  return hash(utf8(subject));
}

/** Refuses unless the subject has the value with these canonical bytes (null: no value) under the root. */
export function checkIndex(subject: string, value: Uint8Array | null, proof: IndexProof, root: Uint8Array): void {
  demand(isIndexed(indexKey(subject), value === null ? null : hash(value), proof, root), "index", subject);
}

/** Whether the index key has the value with this hash (null: no value) under the root. */
export function isIndexed(key: Uint8Array, value: Uint8Array | null, proof: IndexProof, root: Uint8Array): boolean {
  let node = value === null ? absentStart(key, proof) : hash(LEAF, key, value);
  if (node === null) return false;
  const depth = proof.siblings.length;
  for (const [j, sibling] of proof.siblings.entries()) {
    node = bit(key, depth - j - 1) === 0 ? hash(NODE, node, sibling) : hash(NODE, sibling, node);
  }
  return same(node, root);
}

/** The hash that stands where the key's leaf would; null when the other leaf's place is not on our path. */
function absentStart(key: Uint8Array, proof: IndexProof): Uint8Array | null {
  const other = proof.leaf;
  if (other === null) return EMPTY;
  if (same(other.key, key)) return null;
  for (let i = 0; i < proof.siblings.length; i++) if (bit(other.key, i) !== bit(key, i)) return null;
  return hash(LEAF, other.key, other.value);
}

/** Bit `i` of the key, most significant bit of the first byte first. */
function bit(key: Uint8Array, i: number): number {
  return ((key[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
}
