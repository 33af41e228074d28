import "./page.css";
import { type Examination, verifyEvidence } from "../evidence";
import { EVIDENCE_BYTES } from "../evidence-form";
import { normalizesCurrently } from "../unicode";
import { element } from "./dom";
import { type Known, readNetwork, remember, rememberedNetworks } from "./networks";
import { reportView } from "./report-view";
import { storyView } from "./story-view";
import { LANGUAGES, type Language, preferredLanguage, Words } from "./words";

/** What the reader has chosen so far. */
type Chosen = { readonly name: string; readonly bytes: Uint8Array };

let words = new Words(preferredLanguage(navigator.languages));
let networks: readonly Known[] = rememberedNetworks();
let demanded: string | null = null;
let chosen: Chosen | null = null;
let anchorIsBad = false;

const header = element("header");
const drop = element("section", { class: "drop" });
const known = element("section", { class: "networks" });
const result = element("div", { "aria-live": "polite" });
document.body.append(header, element("main", {}, drop, result, known));

function draw(): void {
  document.documentElement.lang = words.tag;
  document.title = `${words.say("title")} · Sealroad`;
  drawHeader();
  drawDrop();
  drawNetworks();
  drawResult();
}

function drawHeader(): void {
  const select = element("select", { id: "language" });
  for (const [language, name] of Object.entries(LANGUAGES)) {
    select.append(element("option", { value: language, lang: language }, name));
  }
  select.value = words.language;
  select.addEventListener("change", () => {
    words = new Words(select.value as Language);
    draw();
    document.getElementById("language")?.focus();
  });
  const label = element("label", {}, element("span", {}, words.say("language")), select);
  header.replaceChildren(element("h1", {}, words.say("title")), label, element("p", {}, words.say("lead")));
}

/** A button that opens a file picker; the picker itself stays out of the way of keyboard and screen readers. */
function picker(id: string, text: string, take: (file: File) => void): HTMLElement {
  const input = element("input", { type: "file", hidden: "" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) take(file);
    input.value = "";
  });
  const button = element("button", { type: "button", id }, text);
  button.addEventListener("click", () => input.click());
  return element("span", {}, button, input);
}

function drawDrop(): void {
  if (!normalizesCurrently()) {
    drop.replaceChildren(element("p", { role: "alert" }, words.say("old")));
    return;
  }
  drop.replaceChildren(element("p", {}, words.say("drop")), picker("choose", words.say("choose"), takeEvidence));
}

function drawNetworks(): void {
  const list = element("ul");
  for (const { genesis } of networks) {
    const button = element("button", { type: "button" }, words.say("networks.remove", { name: genesis.name }));
    button.addEventListener("click", () => forget(genesis.network));
    const id = element("code", { title: genesis.network }, genesis.network.slice(0, 16));
    list.append(element("li", {}, element("strong", {}, genesis.name), " ", id, " ", button));
  }
  known.replaceChildren(
    element("h2", {}, words.say("networks")),
    element("p", {}, words.say("networks.why")),
    networks.length === 0 ? element("p", { class: "none" }, words.say("networks.none")) : list,
    picker("add-anchor", words.say("networks.add"), takeAnchor),
  );
  if (anchorIsBad) known.append(element("p", { class: "bad", role: "alert" }, words.say("networks.bad")));
  if (networks.length > 0) known.append(demandView());
}

function demandView(): HTMLElement {
  const select = element("select", { id: "demanded" }, element("option", { value: "" }, words.say("networks.any")));
  for (const { genesis } of networks) select.append(element("option", { value: genesis.network }, genesis.name));
  select.value = demanded ?? "";
  select.addEventListener("change", () => {
    demanded = select.value === "" ? null : select.value;
    drawResult();
  });
  return element("label", {}, element("span", {}, words.say("networks.expect")), select);
}

function forget(network: string): void {
  networks = networks.filter((one) => one.genesis.network !== network);
  if (demanded === network) demanded = null;
  remember(networks);
  drawNetworks();
  drawResult();
  document.getElementById("add-anchor")?.focus();
}

async function takeAnchor(file: File): Promise<void> {
  const read = readNetwork(new Uint8Array(await file.arrayBuffer()));
  anchorIsBad = read === null;
  if (read !== null) {
    networks = [...networks.filter((one) => one.genesis.network !== read.genesis.network), read];
    remember(networks);
  }
  drawNetworks();
  drawResult();
}

async function takeEvidence(file: File): Promise<void> {
  result.replaceChildren(element("p", { class: "working" }, words.say("working", { file: file.name })));
  // A file above the limit is unreadable; its first bytes above it are enough to say so.
  const bytes = new Uint8Array(await file.slice(0, EVIDENCE_BYTES + 1).arrayBuffer());
  chosen = { name: file.name, bytes };
  drawResult();
  document.getElementById("verdict")?.focus();
}

function examine(bytes: Uint8Array): Examination {
  const trusted = networks.map((one) => one.genesis);
  return verifyEvidence(bytes, { trusted, expected: trusted.find((one) => one.network === demanded) });
}

function drawResult(): void {
  if (chosen === null) return;
  const examination = examine(chosen.bytes);
  result.replaceChildren(...reportView(words, chosen.name, chosen.bytes.length, examination));
  const { evidence, report } = examination;
  const hasPassed = report.verdict === "accepted" || report.verdict === "consistent";
  if (hasPassed && evidence !== null) result.append(storyView(words, evidence));
}

/** A file dropped anywhere is evidence; without this the browser would leave the page to open it. */
function acceptDrops(): void {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file && normalizesCurrently()) void takeEvidence(file);
  });
}

acceptDrops();
draw();
