// @vitest-environment node
// The Ed25519 vectors of Project Wycheproof (tests/fixtures/wycheproof).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isSignedBy } from "../keys";

interface Vector {
  id: number;
  did: string;
  message: string;
  signature: string;
  result: string;
  comment: string;
}

/** What ZIP-215 takes and RFC 8032 does not: R is y = 1 with the sign bit of x set. */
const ONLY_ZIP_215 = 151;

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

test("every vector of Wycheproof has its verdict", () => {
  const file = new URL("../../../../tests/fixtures/wycheproof/ed25519.json", import.meta.url);
  const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
  expect(vectors).toHaveLength(151);
  for (const { id, did, message, signature, result, comment } of vectors) {
    const signed = bytes(signature);
    const verdict = signed.length === 64 && isSignedBy(did, signed, bytes(message));
    expect(verdict, `${id}: ${comment}`).toBe(result === "valid" || id === ONLY_ZIP_215);
  }
});
