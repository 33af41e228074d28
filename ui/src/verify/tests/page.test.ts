// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { verifyEvidence } from "../evidence";
import { reportView } from "../page/report-view";
import { LANGUAGES, type Language, Words } from "../page/words";
import { bytesOf, Ledger, type Plain, Signer } from "./ledger";

const signers = [..."abcd"].map((name) => new Signer(`validator ${name}`));

/** Evidence that nothing is known of a number, from a ledger whose set changed so often; three of four certify. */
function evidence(changes: number): { [key: string]: Plain } {
  const ledger = new Ledger(signers, []);
  for (let i = 1; i <= changes; i++) {
    ledger.change(signers.map((signer) => ({ signer, party: signer.did, weight: i + 1 })));
  }
  ledger.commit([]);
  const file = ledger.evidence("tracking:NEVER");
  ((file.commit as { [key: string]: Plain }).signatures as Plain[]).pop();
  return file;
}

/** The text of a view of the file. */
function shown(file: { [key: string]: Plain }, language: Language): { facts: string[]; text: string } {
  const bytes = bytesOf(file);
  const views = reportView(new Words(language), "a.json", bytes.length, verifyEvidence(bytes, {}));
  const facts = views.flatMap((view) => [...view.querySelectorAll(".facts dd")].map((one) => one.textContent ?? ""));
  return { facts, text: views.map((view) => view.textContent).join("\n") };
}

describe("the page says who certified and how often the validators changed", () => {
  test.each<readonly [number, Language, string, string]>([
    [0, "en", "3 of 4 validators", "the same as in the founding document"],
    [1, "en", "3 of 4 validators", "changed once, certified by those before"],
    [12, "en", "3 of 4 validators", "changed 12 times, each time certified by those before"],
    [0, "zh", "4 个验证者中的 3 个", "与创始文件所列相同"],
    [2, "zh", "4 个验证者中的 3 个", "变更过 2 次，每次均由变更前的验证者认证"],
    [1, "de", "3 von 4 Prüfstellen", "einmal geändert, von den vorherigen bestätigt"],
    [2, "de", "3 von 4 Prüfstellen", "2-mal geändert, jedes Mal von den vorherigen bestätigt"],
  ])("%s changes, %s", (changes, language, votes, times) => {
    const { facts, text } = shown(evidence(changes), language);
    expect(facts).toEqual(["a.json", "tracking:NEVER", votes, times]);
    expect(text).not.toMatch(/[{}]/);
  });

  test.each(Object.keys(LANGUAGES) as Language[])("nothing of it where the file is refused: %s", (language) => {
    const file = evidence(2);
    (file.sets as Plain[]).shift();
    const { facts, text } = shown(file, language);
    expect(facts).toEqual(["a.json"]);
    expect(text).toContain(new Words(language).say("reason.validator-set"));
  });
});
