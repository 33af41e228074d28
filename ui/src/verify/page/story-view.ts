import { canonicalText, isObject, type Json, type JsonObject } from "../canonical";
import { type Evidence, headerAt, recordsOf, type ShownRecord } from "../evidence-form";
import { selfOf } from "../ids";
import { element } from "./dom";
import type { Words } from "./words";

/** Members of a body that may name a place. */
const PLACES = ["place", "location", "node", "port", "site", "bizLocation", "readPoint"];
/** Members of a place, or of a party's state, that name it. */
const NAMES = ["name", "legal_name", "unlocode", "code", "id"];

/** The records about the subject, one after another. Only for evidence that passed. */
export function storyView(words: Words, evidence: Evidence): HTMLElement {
  const records = recordsOf(evidence, evidence.about);
  const section = element("section", { class: "story" }, element("h3", {}, words.say("story")));
  if (records.length === 0) {
    section.append(element("p", {}, words.say("story.empty")));
    return section;
  }
  const list = element("ol");
  for (const shown of records) list.append(recordView(words, evidence, shown));
  section.append(list);
  return section;
}

function recordView(words: Words, evidence: Evidence, { record, height }: ShownRecord): HTMLElement {
  const witnessed = headerAt(evidence, height)?.time ?? evidence.head.time;
  const place = placeOf(record.body);
  const entry = element(
    "li",
    {},
    element("strong", { title: record.kind }, kindWords(words, record.kind)),
    " ",
    element("span", { title: record.party }, words.say("story.by", { party: partyName(evidence, record.party) })),
    place === null ? null : element("span", {}, ` · ${words.say("story.place", { place })}`),
    element(
      "p",
      { class: "times" },
      element("span", { title: record.claimed }, words.say("story.claimed", { time: words.time(record.claimed) })),
      " · ",
      element("span", { title: witnessed }, words.say("story.witnessed", { time: words.time(witnessed), height })),
    ),
  );
  for (const opening of evidence.openings.filter((one) => one.record === record.id)) {
    const value = typeof opening.value === "string" ? opening.value : canonicalText(opening.value);
    entry.append(element("p", { class: "opened" }, words.say("story.opened", { name: opening.name, value })));
  }
  entry.append(element("code", {}, record.id.slice(0, 16)));
  return entry;
}

function kindWords(words: Words, kind: string): string {
  const [system = "", name = ""] = kind.split(".");
  const plain = (text: string): string => text.replaceAll("-", " ");
  return `${words.find(`system.${system}`) ?? plain(system)}: ${words.find(`kind.${name}`) ?? plain(name)}`;
}

/** What a party calls itself in its state, else the end of its key. */
function partyName(evidence: Evidence, party: string): string {
  const state = evidence.subjects.find((one) => one.subject === selfOf(party))?.present?.state;
  const name = state === undefined ? null : nameIn(state);
  return name ?? `…${party.slice(-8)}`;
}

function placeOf(body: JsonObject): string | null {
  for (const key of PLACES) {
    const value = body.get(key) ?? null;
    const name = isObject(value) ? nameIn(value) : asText(value);
    if (name !== null) return name;
  }
  return null;
}

function nameIn(object: JsonObject): string | null {
  for (const key of NAMES) {
    const name = asText(object.get(key) ?? null);
    if (name !== null) return name;
  }
  return null;
}

function asText(value: Json): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
