// @vitest-environment node
/** A record of ours is a W3C Data Integrity document: a library that knows nothing of us verifies it. */
import { readFileSync } from "node:fs";
// The library ships no types.
// @ts-expect-error no declaration file
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
// @ts-expect-error no declaration file
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
// @ts-expect-error no declaration file
import jsigs from "jsonld-signatures";
import { describe, expect, it } from "vitest";

type Json = Record<string, unknown>;

/** did:key needs no network: the document follows from the key. */
async function loadDocument(url: string) {
  const did = url.split("#")[0] ?? "";
  const publicKeyMultibase = did.slice("did:key:".length);
  const method = {
    "@context": "https://w3id.org/security/multikey/v1",
    id: `${did}#${publicKeyMultibase}`,
    type: "Multikey",
    controller: did,
    publicKeyMultibase,
  };
  const controller = {
    "@context": ["https://www.w3.org/ns/did/v1"],
    id: did,
    verificationMethod: [method],
    assertionMethod: [method.id],
  };
  return { document: url.includes("#") ? method : controller, documentUrl: url };
}

async function verified(record: Json): Promise<boolean> {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const purpose = new jsigs.purposes.AssertionProofPurpose();
  const outcome = await jsigs.verify(record, { suite, purpose, documentLoader: loadDocument });
  return outcome.verified;
}

function evidenceRecords(): Json[] {
  const path = new URL("../../../../docs/vectors/evidence-good.json", import.meta.url);
  const evidence = JSON.parse(readFileSync(path, "utf8")) as { records: { record: Json }[] };
  return evidence.records.map((shown) => shown.record);
}

describe("@digitalbazaar/eddsa-jcs-2022-cryptosuite", () => {
  it("verifies every record of the good evidence", async () => {
    const records = evidenceRecords();
    expect(records.length).toBeGreaterThan(3);
    for (const record of records) {
      expect(await verified(record)).toBe(true);
    }
  });

  it("refuses a record with another claimed time", async () => {
    const [record] = evidenceRecords();
    expect(await verified({ ...record, claimed: "2001-01-01T00:00:00.000Z" })).toBe(false);
  });
});
