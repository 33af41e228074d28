import { ed25519 } from "@noble/curves/ed25519.js";
import { demand } from "./refusal";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const DIGITS = new Map([...ALPHABET].map((letter, value) => [letter, value] as const));
/** Beyond this many remembered keys the memory starts afresh; a file of forged keys must not grow it for ever. */
const MOST_REMEMBERED = 4096;
/** did:key → its 32 bytes, or null when refused. The subgroup check costs as much as a signature. */
const remembered = new Map<string, Uint8Array | null>();

/** Bytes of a base58btc text (Bitcoin alphabet, no multibase prefix) of exactly `length` bytes, else null. */
export function fromBase58(text: string, length: number): Uint8Array | null {
  // log 256 / log 58 < 1.38 digits a byte: longer cannot fit, and must not cost quadratic time.
  if (text.length > Math.ceil(length * 1.38)) return null;
  const bytes = new Uint8Array(length);
  for (const letter of text) {
    let carry = DIGITS.get(letter);
    if (carry === undefined) return null;
    for (let i = length - 1; i >= 0; i--) {
      carry += 58 * (bytes[i] ?? 0);
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    if (carry > 0) return null;
  }
  // Each leading zero byte is written as one `1`: any other count spells another length.
  return leading(text, "1") === leadingZeros(bytes) ? bytes : null;
}

function leading(text: string, letter: string): number {
  let count = 0;
  while (text[count] === letter) count += 1;
  return count;
}

function leadingZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
}

/** The 32 bytes of a `did:key` that names an acceptable Ed25519 key (protocol, section 2); null for anything else. */
export function keyBytes(did: string): Uint8Array | null {
  const known = remembered.get(did);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const bytes = decodeKey(did);
  remembered.set(did, bytes);
  return bytes;
}

/** Refuses a text that is not an acceptable key. */
export function checkKey(did: string, where: string): void {
  demand(keyBytes(did) !== null, "key", where);
}

function decodeKey(did: string): Uint8Array | null {
  if (did.length !== 56 || !did.startsWith("did:key:z6Mk")) return null;
  const bytes = fromBase58(did.slice("did:key:z".length), 34);
  if (bytes === null || bytes[0] !== 0xed || bytes[1] !== 0x01) return null;
  const key = bytes.slice(2);
  return isPrimeOrderPoint(key) ? key : null;
}

/** The canonical encoding of a point of the prime-order subgroup other than the identity. */
function isPrimeOrderPoint(key: Uint8Array): boolean {
  try {
    const point = ed25519.Point.fromBytes(key, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** ZIP-215 verdict on an Ed25519 signature of 64 bytes by an acceptable key. */
export function isSignedBy(did: string, signature: Uint8Array, message: Uint8Array): boolean {
  const key = keyBytes(did);
  return key !== null && ed25519.verify(signature, message, key, { zip215: true });
}
