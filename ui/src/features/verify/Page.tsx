// Verify: drop a file or scan a code; one sentence in large type, then what was compared, then what is not proved.

import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, Journey, Pinned, Verdict, VerifyReport } from "../../api/generated";
import { useAsk, useCall } from "../../api/hooks";
import { Banner, Facts, PageHead, Section, Shape } from "../../components/Blocks";
import { base64Of, FileDrop } from "../../components/FileDrop";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { Recalls } from "../../shared/Recalls";
import { subjectPage } from "../../shared/route";
import { Timeline } from "../../shared/Timeline";
import { type Known, recognise } from "./known";

type VerifyCheck = VerifyReport["checks"][number] & {
  /** Of the check of the network when none was demanded: whether a network known here was found in the file. */
  anchor?: "known" | "unknown";
};

/** With a line on the network where none was demanded: the networks known here decide then, as they do for a code. */
function linesOf(report: VerifyReport): VerifyCheck[] {
  const held = report.verdict === "accepted" || report.verdict === "consistent";
  if (!held || report.checks.some((check) => check.name === "network")) return report.checks;
  const known = report.verdict === "accepted";
  const line: VerifyCheck = { name: "network", passed: known, reason: null, anchor: known ? "known" : "unknown" };
  const after = report.checks.findIndex((check) => check.name === "quorum") + 1;
  return [...report.checks.slice(0, after), line, ...report.checks.slice(after)];
}

const TONES: Record<string, string> = {
  accepted: "confirmed",
  consistent: "late",
  refused: "refused",
  unreadable: "refused",
};

/** What came after the first check that failed was not run. */
function stateOf(check: VerifyCheck, firstFailed: string | null) {
  if (check.passed) return "passed";
  return check.name === firstFailed ? "failed" : "not-run";
}

/** The statement that a refusal is about, when the file shows it. */
function Named(props: { named: Verdict["named"] }) {
  const { t } = useTranslation();
  const f = useFormats();
  if (!props.named) return null;
  const [kind, time] = props.named;
  return <p>{t("check.named", { what: t(`kinds.${kind}`, kind), time: f.stamp(time) })}</p>;
}

function CheckLine(props: { check: VerifyCheck; firstFailed: string | null; named: Verdict["named"] }) {
  const { t } = useTranslation();
  const { check } = props;
  // What is wrong is read without a click.
  const [open, setOpen] = useState(Boolean(check.reason));
  const state = stateOf(check, props.firstFailed);
  const Mark = { passed: IconCheck, failed: IconX, "not-run": IconMinus }[state];
  const name = check.name.replaceAll(" ", "-");
  return (
    <li className={`sr-check sr-check-${state}`} data-testid={`verify-check-${name}`} data-state={state}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Mark size={16} aria-hidden="true" />
        <span>{t(`check.names.${name}`, check.name)}</span>
        <span className="sr-soft">{t(`check.${state}`)}</span>
      </button>
      {open && (
        <div className="sr-check-more">
          <p>{t(check.anchor ? `check.compared.network-${check.anchor}` : `check.compared.${name}`, "")}</p>
          {check.reason && (
            <>
              <p>{t(`check.means.${name}`, "")}</p>
              <Named named={props.named} />
              <p className="sr-soft">{t("check.reason")}</p>
              <p className="sr-mono" lang="en">
                {check.reason}
              </p>
            </>
          )}
        </div>
      )}
    </li>
  );
}

function Sentence(props: { verdict: Verdict }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { report, name, maker, recalls } = props.verdict;
  const known = report.verdict === "accepted" || report.verdict === "consistent";
  const failed = report.first_failed?.replaceAll(" ", "-");
  const parts = [
    report.verdict === "refused" && failed
      ? t([`check.lies.${failed}`, "check.verdict.refused"])
      : t(`check.verdict.${report.verdict}`),
    known && name && maker ? t("check.made", { name: f.local(name), maker: f.local(maker) }) : null,
    known && report.as_of
      ? t(recalls.length ? "check.recalled" : "check.no-recall", {
          time: f.time(report.as_of.time),
          height: f.number(report.as_of.height),
        })
      : null,
  ];
  return (
    <div
      className={`sr-verdict sr-tone-${recalls.length ? "refused" : (TONES[report.verdict] ?? "late")}`}
      data-testid="verify-verdict"
      data-verdict={report.verdict}
      role="status"
    >
      <p>{parts.filter(Boolean).join(" ")}</p>
      {report.network && <span>{t("check.network", { name: report.network })}</span>}
    </div>
  );
}

/** What evidence of a shipment is about. */
function About(props: { journey: Journey }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { goods, ends, consignor, consignee } = props.journey;
  // A product once, with how many of its lots and pieces the file names.
  const counts = new Map<string, number>();
  for (const [name, number] of goods) {
    const key = f.local(name) || number;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [...counts].map(([name, count]) => (
    <span key={name} className="sr-about-goods">
      {count > 1 ? t("check.several", { name, count }) : name}
    </span>
  ));
  return (
    <Section title={t("check.about")} id="verify-about">
      <Facts
        of={[
          [t("check.goods"), lines.length > 0 && lines],
          [t("check.from"), ends && f.place(ends[0])],
          [t("check.to"), ends && f.place(ends[1])],
          [t("fields.consignor"), f.local(consignor)],
          [t("fields.consignee"), f.local(consignee)],
        ]}
      />
    </Section>
  );
}

function Outcome(props: { verdict: Verdict }) {
  const { t } = useTranslation();
  const { verdict } = props;
  const { report } = verdict;
  return (
    <>
      <Sentence verdict={verdict} />
      <Recalls own={verdict.recalls} inherited={[]} names={{}} />
      {verdict.journey && <About journey={verdict.journey} />}
      {report.checks.length > 0 && (
        <Section title={t("check.checks")}>
          <ul className="sr-checks">
            {linesOf(report).map((check) => (
              <CheckLine key={check.name} check={check} firstFailed={report.first_failed} named={verdict.named} />
            ))}
          </ul>
        </Section>
      )}
      {report.not_proved.length > 0 && (
        <Section title={t("check.not-proved")} id="verify-not-proved">
          <ul className="sr-not-proved">
            {report.not_proved.map((code) => (
              <li key={code}>{t([`check.limits.${code}`, "check.limits.other"], { code })}</li>
            ))}
          </ul>
        </Section>
      )}
      {verdict.about && report.verdict !== "refused" && (
        <p>
          <a className="sr-link" href={subjectPage(verdict.about)}>
            {t("check.open")}
          </a>
        </p>
      )}
      {verdict.timeline.length > 0 && (
        <Section title={t("records.timeline")}>
          <Timeline entries={verdict.timeline} names={{}} />
        </Section>
      )}
    </>
  );
}

function Networks() {
  const { t } = useTranslation();
  const pinned = useCall({ call: "pinned" });
  const change = useAsk<Call & { call: "pin-network" | "unpin-network" }>(() => pinned.refetch());
  const pin = async (file: File | undefined) => {
    if (file) change.mutate({ call: "pin-network", anchor: await base64Of(file) });
  };
  return (
    <Section title={t("check.networks")}>
      <p className="sr-soft sr-tight">{t("check.networks-why")}</p>
      {change.isError && <Problem error={change.error} />}
      <ul className="sr-plain" data-testid="pinned">
        {(pinned.data ?? []).map((network: Pinned) => (
          <li key={network.network} className="sr-line">
            <strong>{network.name}</strong>
            <span className="sr-mono sr-soft">{network.network.slice(0, 16)}…</span>
            {network.own ? (
              <span className="sr-soft">{t("check.own")}</span>
            ) : (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => change.mutate({ call: "unpin-network", network: network.network })}
              >
                {t("check.unpin", { name: network.name })}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <label className="sr-file-button">
        {t("check.pin")}
        <input type="file" onChange={(e) => pin(e.currentTarget.files?.[0])} data-testid="pin-file" />
      </label>
    </Section>
  );
}

/** A file that is no evidence, but something we know. */
function OtherFile(props: { known: Known; file: File }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const pin = useAsk<Call & { call: "pin-network" }>(() => client.invalidateQueries({ queryKey: ["pinned"] }));
  const { known, file } = props;
  const add = async () => pin.mutate({ call: "pin-network", anchor: await base64Of(file) });
  return (
    <Banner tone="signed" title={t(`check.known.${known}`)} id={`verify-known-${known}`}>
      <p className="sr-tight">{t(`check.known-more.${known}`)}</p>
      {known === "anchor" && !pin.isSuccess && (
        <Button size="xs" loading={pin.isPending} onClick={add} data-testid="verify-pin">
          {t("check.pin-this")}
        </Button>
      )}
      {pin.isSuccess && <p role="status">{t("check.pinned")}</p>}
      {pin.isError && <Problem error={pin.error} />}
    </Banner>
  );
}

export function VerifyPage(props: { code: string | null }) {
  const { t } = useTranslation();
  const [code, setCode] = useState(props.code ?? "");
  const [name, setName] = useState("");
  const ask = useAsk<Call & { call: "verify" | "verify-code" }>();
  const [other, setOther] = useState<{ known: Known; file: File } | null>(null);
  const check = async (file: File) => {
    setName(file.name);
    const known = await recognise(file);
    setOther(known ? { known, file } : null);
    if (known) return;
    ask.mutate({ call: "verify", file: await base64Of(file), anchor: null, not_before: null });
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    setName(code.trim());
    setOther(null);
    if (code.trim()) ask.mutate({ call: "verify-code", code: code.trim() });
  };
  return (
    <div className="sr-page sr-page-narrow">
      <PageHead title={t("check.title")} under={t("check.lead")} />
      <FileDrop
        id="verify-drop"
        title={t("check.drop")}
        button={t("check.choose")}
        accept=".json,.sealroad,application/json"
        onFile={check}
      >
        <form onSubmit={look} className="sr-line sr-nowrap sr-code">
          <TextInput
            placeholder={t("check.code")}
            aria-label={t("check.code")}
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
            data-testid="verify-code"
            w={320}
          />
          <Button type="submit" variant="default" data-testid="verify-code-go">
            {t("check.look")}
          </Button>
        </form>
      </FileDrop>
      {other && (
        <>
          <p className="sr-checked-name">{name}</p>
          <OtherFile key={name} {...other} />
        </>
      )}
      {ask.isPending && <Shape lines={4} label={t("check.working", { name })} />}
      {ask.isError && !other && <Problem error={ask.error} />}
      {ask.data && !other && !ask.isPending && (
        <>
          <p className="sr-checked-name">{name}</p>
          <Outcome verdict={ask.data} />
        </>
      )}
      <Networks />
    </div>
  );
}
