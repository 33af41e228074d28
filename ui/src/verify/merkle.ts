import { hash, same } from "./bytes";
import { demand } from "./refusal";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Where a record stands in its block: protocol, section 4. */
export type InclusionProof = {
  readonly index: number;
  readonly count: number;
  readonly path: readonly Uint8Array[];
};

/** Leaf hash, of a block's records and of the history tree alike. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return hash(LEAF, bytes);
}

/** Inner node, of a block's records and of the history tree alike. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(NODE, left, right);
}

/** Root over the leaf hashes of a block: an odd last hash is paired with itself. */
export function recordsRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash();
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] ?? hash();
      above.push(nodeHash(left, level[i + 1] ?? left));
    }
    level = above;
  }
  return level[0] ?? hash();
}

/** Refuses unless the leaf hash stands at the proof's index under the root. */
export function checkInclusion(leaf: Uint8Array, proof: InclusionProof, root: Uint8Array, where: string): void {
  demand(proof.index < proof.count, "inclusion", where);
  let value = leaf;
  let used = 0;
  let index = proof.index;
  // Halving by division: counts may exceed 32 bits.
  for (let width = proof.count; width > 1; width = Math.ceil(width / 2)) {
    const even = index % 2 === 0;
    if (even && index === width - 1) {
      value = nodeHash(value, value);
    } else {
      const sibling = proof.path[used];
      demand(sibling !== undefined && !same(sibling, value), "inclusion", where);
      used += 1;
      value = even ? nodeHash(value, sibling) : nodeHash(sibling, value);
    }
    index = Math.floor(index / 2);
  }
  demand(used === proof.path.length && same(value, root), "inclusion", where);
}
