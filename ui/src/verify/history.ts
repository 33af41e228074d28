import { hash, same } from "./bytes";
import { leafHash, nodeHash } from "./merkle";

/** Root of the RFC 6962 tree (section 2.1) over the leaves' data. */
export function historyRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hash();
  if (leaves.length === 1) return leafHash(only);
  const split = largestPowerBelow(leaves.length);
  return nodeHash(historyRoot(leaves.slice(0, split)), historyRoot(leaves.slice(split)));
}

/** Largest power of two smaller than `count`, for `count` ≥ 2. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/**
 * Whether the leaf's data stands at `index` in the tree of `count` leaves under `root`: the audit path of RFC 6962,
 * 2.1.1, from the leaf up (verified as RFC 9162, 2.1.3.2, spells out).
 */
export function isInHistory(
  data: Uint8Array,
  index: number,
  count: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index >= count) return false;
  let node = index;
  let last = count - 1;
  let value = leafHash(data);
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      value = nodeHash(sibling, value);
      // A last node without a right neighbour rises unchanged until it is a right child.
      while (node % 2 === 0 && node > 0) {
        node = node / 2;
        last = Math.floor(last / 2);
      }
    } else {
      value = nodeHash(value, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(value, root);
}
