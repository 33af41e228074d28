import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Expectation } from "./checks";
import { type Genesis, readAnchor } from "./commit";
import { certificationOf, EXIT_CODES, type Examination, unreadable, verifyEvidence } from "./evidence";

const USAGE = "usage: cli.js FILE [--anchor FILE] [--not-before HEIGHT] [--json]\n       cli.js --batch < LINES\n";
/** sysexits.h EX_USAGE: the command was wrong, nothing is said about any file. */
const EXIT_USAGE = 64;

type Request = { readonly file: string; readonly anchor?: string; readonly notBefore?: number };

const anchors = new Map<string, Genesis>();

function anchorOf(path: string): Genesis {
  const known = anchors.get(path);
  if (known !== undefined) return known;
  const read = readAnchor(readFileSync(path));
  anchors.set(path, read);
  return read;
}

/** An anchor that cannot be read throws: the file must not be judged without the network that was demanded. */
function examine(request: Request): Examination {
  const expectation: Expectation = {
    expected: request.anchor === undefined ? undefined : anchorOf(request.anchor),
    notBefore: request.notBefore,
  };
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(request.file);
  } catch {
    return unreadable();
  }
  return verifyEvidence(bytes, expectation);
}

function asText({ evidence, report }: Examination): string {
  const lines = [report.network === null ? report.verdict : `${report.verdict}: ${report.network}`];
  if (report.as_of !== null) lines.push(`as of block ${report.as_of.height}, ${report.as_of.time}`);
  if (report.as_of !== null && evidence !== null) {
    const { votes, validators, changes } = certificationOf(evidence);
    lines.push(`certified by ${votes} of ${validators} validators; changes of the set since genesis: ${changes}`);
  }
  for (const { name, passed, reason } of report.checks) {
    lines.push(passed ? `  passed  ${name}` : `  FAILED  ${name}: ${reason}`);
  }
  for (const code of report.not_proved) lines.push(`  not proved: ${code}`);
  return lines.join("\n");
}

function readArguments(words: readonly string[]): (Request & { readonly json: boolean }) | null {
  let file: string | undefined;
  let anchor: string | undefined;
  let notBefore: number | undefined;
  let json = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--json") json = true;
    else if (word === "--anchor") anchor = words[++i];
    else if (word === "--not-before") notBefore = Number(words[++i]);
    else if (file === undefined && !word.startsWith("--")) file = word;
    else return null;
  }
  if (file === undefined || (words.includes("--anchor") && anchor === undefined)) return null;
  if (notBefore !== undefined && !(Number.isSafeInteger(notBefore) && notBefore >= 0)) return null;
  return { file, json, ...(anchor === undefined ? {} : { anchor }), ...(notBefore === undefined ? {} : { notBefore }) };
}

/** One line `{"file":…,"anchor":…,"not_before":…}`; the last two may be missing. */
function readLine(line: string): Request {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== "object" || parsed === null) throw new TypeError("not an object");
  const { file, anchor, not_before: notBefore } = parsed as Readonly<Record<string, unknown>>;
  if (typeof file !== "string") throw new TypeError("no file");
  return {
    file,
    ...(typeof anchor === "string" ? { anchor } : {}),
    ...(typeof notBefore === "number" ? { notBefore } : {}),
  };
}

async function batch(): Promise<number> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== "") process.stdout.write(`${JSON.stringify(examine(readLine(line)).report)}\n`);
  }
  return 0;
}

async function main(words: readonly string[]): Promise<number> {
  if (words.length === 1 && words[0] === "--batch") return batch();
  const request = readArguments(words);
  if (request === null) {
    process.stderr.write(USAGE);
    return EXIT_USAGE;
  }
  const examination = examine(request);
  process.stdout.write(`${request.json ? JSON.stringify(examination.report) : asText(examination)}\n`);
  return EXIT_CODES[examination.report.verdict];
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_USAGE;
  },
);
