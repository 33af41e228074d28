// Where goods come from and where they went: as a flow from left to right, or as a list for those who would rather read.

import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { Section, Shape } from "../../components/Blocks";
import { type FlowEdge, FlowGraph, type FlowNode } from "../../components/FlowGraph";
import { useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { go, recordPage, subjectPage } from "../../shared/route";
import { StateChip } from "../../shared/State";
import { TraceMap } from "./TraceMap";

function useFlow(trace: Trace, subject: string): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const f = useFormats();
  const { t } = useTranslation();
  const bad = new Set(trace.nodes.filter((n) => n.row.single_sourced).map((n) => n.row.subject));
  const nodes = trace.nodes.map(
    ({ row, step }): FlowNode => ({
      id: row.subject,
      step,
      title: f.local(row.name) || row.number,
      kind: t(`types.${row.type}`),
      number: row.number,
      tone: row.status === "recalled" ? "bad" : row.single_sourced ? "unverified" : "plain",
      self: row.subject === subject,
    }),
  );
  const edges = trace.edges.map((e) => ({
    from: e.from,
    to: e.to,
    label: f.quantity(e.quantity),
    unverified: bad.has(e.from),
  }));
  return { nodes, edges };
}

function TraceList(props: { trace: Trace; towards: -1 | 1; title: string }) {
  const f = useFormats();
  const { t } = useTranslation();
  const nodes = props.trace.nodes
    .filter((n) => Math.sign(n.step) === props.towards)
    .sort((a, b) => Math.abs(a.step) - Math.abs(b.step));
  if (!nodes.length) return null;
  return (
    <>
      <h3 className="sr-h3">{props.title}</h3>
      <ul className="sr-plain">
        {nodes.map(({ row, step }) => {
          const edge = props.trace.edges.find((e) => (props.towards < 0 ? e.from : e.to) === row.subject);
          return (
            <li key={row.subject} className="sr-line" style={{ paddingLeft: (Math.abs(step) - 1) * 24 }}>
              <a className="sr-link" href={subjectPage(row.subject)}>
                {f.local(row.name) || row.number}
              </a>
              <span className="sr-soft">{`${t(`types.${row.type}`)} ${row.number}`}</span>
              {edge && (
                <a className="sr-num sr-link" href={recordPage(edge.record)}>
                  {f.quantity(edge.quantity)}
                </a>
              )}
              {row.status !== "ok" && <StateChip state={row.status} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function TraceDrawn(props: { trace: Trace; subject: string; form: string }) {
  const { t } = useTranslation();
  const { nodes, edges } = useFlow(props.trace, props.subject);
  if (props.trace.nodes.length < 2 && props.form !== "map") return <p className="sr-soft">{t("goods.trace-alone")}</p>;
  return (
    <>
      {props.form === "flow" ? (
        <FlowGraph label={t("goods.trace")} nodes={nodes} edges={edges} onOpen={(id) => go(["subject", id])} />
      ) : props.form === "map" ? (
        <TraceMap trace={props.trace} subject={props.subject} />
      ) : (
        <>
          <TraceList trace={props.trace} towards={-1} title={t("goods.from")} />
          <TraceList trace={props.trace} towards={1} title={t("goods.into")} />
        </>
      )}
      {props.trace.cut && <p className="sr-soft">{t("goods.trace-cut")}</p>}
    </>
  );
}

export function TraceView(props: { subject: string; full: boolean }) {
  const { t } = useTranslation();
  const [form, setForm] = useState("flow");
  const trace = useCall({ call: "trace", subject: props.subject });
  const choice = (
    <SegmentedControl
      size="xs"
      value={form}
      onChange={setForm}
      aria-label={t("goods.trace-form")}
      data={["flow", "tree", "map"].map((value) => ({ value, label: t(`goods.trace-${value}`) }))}
    />
  );
  return (
    <Section title={t("goods.trace")} aside={choice} id="trace">
      {trace.isError && <Problem error={trace.error} />}
      {trace.isPending && <Shape lines={4} label={t("common.loading")} />}
      {trace.data && <TraceDrawn trace={trace.data} subject={props.subject} form={form} />}
    </Section>
  );
}
