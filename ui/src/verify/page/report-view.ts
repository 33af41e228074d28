import { CHECKS } from "../checks";
import { certificationOf, type Examination, FIRST_CHECK } from "../evidence";
import type { Evidence } from "../evidence-form";
import { element, type Icon, icon } from "./dom";
import type { Words } from "./words";

const ORDER = [FIRST_CHECK, ...CHECKS.map(([name]) => name)];

/** Counts with words of their own. */
const SPOKEN = ["none", "once"] as const;

/** The verdict in one sentence, the checks, and what is not proved. */
export function reportView(
  words: Words,
  file: string,
  bytes: number,
  examination: Examination,
): readonly HTMLElement[] {
  const views = [verdictView(words, file, examination)];
  if (examination.report.verdict === "unreadable") return views;
  views.push(checksView(words, bytes, examination));
  if (examination.report.not_proved.length > 0) views.push(notProvedView(words, examination));
  return views;
}

function verdictView(words: Words, file: string, { report, evidence }: Examination): HTMLElement {
  const sentence = element("h2", { id: "verdict", tabindex: "-1" }, verdictSentence(words, report));
  const word = element("p", { class: "word" }, icon(report.verdict), words.say(`word.${report.verdict}`));
  const facts = element("dl", { class: "facts" });
  const add = (term: string, value: string, title = ""): void => {
    facts.append(element("dt", {}, term), element("dd", title === "" ? {} : { title }, value));
  };
  add(words.say("file"), file);
  if (evidence !== null && report.verdict !== "refused") {
    add(words.say("about"), evidence.about);
    const { votes, validators, changes } = certificationOf(evidence);
    add(words.say("certified"), words.say("certified.votes", { votes, validators }));
    add(words.say("set-changes"), words.say(`set-changes.${SPOKEN[changes] ?? "many"}`, { changes }));
  }
  const section = element(
    "section",
    { class: `verdict ${report.verdict}`, "aria-labelledby": "verdict" },
    word,
    sentence,
  );
  if (report.as_of !== null) {
    const { height, time } = report.as_of;
    const asOf = words.say("as-of", { height, time: words.time(time) });
    section.append(element("p", { class: "as-of", title: time }, asOf));
  }
  section.append(facts);
  return section;
}

function verdictSentence(words: Words, report: Examination["report"]): string {
  if (report.verdict === "refused") return words.say(`check.${report.first_failed}.refused`);
  const absent = report.verdict === "accepted" && report.not_proved.includes("not-recorded") ? "-absent" : "";
  return words.say(`verdict.${report.verdict}${absent}`, { network: report.network ?? "" });
}

function checksView(words: Words, bytes: number, examination: Examination): HTMLElement {
  const { report } = examination;
  const run = new Map(report.checks.map((one) => [one.name, one]));
  const list = element("ol", { class: "checks" });
  for (const name of ORDER) {
    const outcome = run.get(name);
    // The network is compared only where one was demanded.
    if (outcome === undefined && (name === "network" || report.first_failed === null)) continue;
    const state: Icon = outcome === undefined ? "not-run" : outcome.passed ? "accepted" : "refused";
    const word = { accepted: "passed", refused: "failed" }[state as string] ?? "not-run";
    const summary = element(
      "summary",
      {},
      icon(state),
      element(
        "span",
        { class: "name" },
        words.say(`check.${name}.title`),
        element("small", {}, words.say(`check.${name}.compared`)),
      ),
      element("span", { class: `outcome ${state}` }, words.say(word)),
    );
    const details = element("details", {}, summary);
    if (outcome !== undefined) details.append(detailView(words, name, bytes, examination));
    details.open = state === "refused";
    list.append(element("li", {}, details));
  }
  return element("section", {}, element("h3", {}, words.say("checks")), list);
}

function detailView(
  words: Words,
  name: string,
  bytes: number,
  { evidence, report, refusal }: Examination,
): HTMLElement {
  const detail = element("p", { class: "detail" });
  if (refusal !== null && report.first_failed === name) {
    const place = words.say("detail.place", { where: refusal.where });
    detail.append(words.say(`reason.${refusal.code}`), element("br"), element("code", {}, place));
  } else if (evidence !== null) {
    detail.append(words.say(`count.${name}`, counts(words, bytes, evidence)));
  }
  return detail;
}

/** What was counted, for the sentences `count.…`. */
function counts(words: Words, bytes: number, evidence: Evidence): Readonly<Record<string, string | number>> {
  const records = evidence.records.map((one) => one.record);
  return {
    bytes,
    records: records.length,
    blocks: evidence.blocks.length,
    allblocks: new Set(evidence.records.map((one) => one.height)).size,
    subjects: evidence.subjects.length,
    openings: evidence.openings.length,
    keys: new Set(records.map((one) => one.signer)).size,
    parties: new Set(records.map((one) => one.party)).size,
    ...certificationOf(evidence),
    block: evidence.commit.block,
    network: evidence.head.network,
    height: evidence.head.height,
    time: words.time(evidence.head.time),
  };
}

function notProvedView(words: Words, { report }: Examination): HTMLElement {
  const list = element("ul");
  for (const code of report.not_proved) list.append(element("li", {}, words.say(`not-proved.${code}`)));
  return element("section", { class: "not-proved" }, element("h3", {}, words.say("not-proved")), list);
}
