// A graph from left to right: columns by step, curves between, a word on each curve.

import type { ReactNode } from "react";

export interface FlowNode {
  id: string;
  step: number;
  title: string;
  under: string;
  mark?: ReactNode;
  tone: "plain" | "unverified" | "bad";
  self: boolean;
}
export interface FlowEdge {
  from: string;
  to: string;
  label: string;
  unverified: boolean;
}

const BOX = { width: 176, height: 58, gapX: 112, gapY: 18 };

function placed(nodes: FlowNode[]) {
  const steps = [...new Set(nodes.map((n) => n.step))].sort((a, b) => a - b);
  const columns = steps.map((step) => nodes.filter((n) => n.step === step));
  const most = Math.max(1, ...columns.map((c) => c.length));
  const height = most * (BOX.height + BOX.gapY) + BOX.gapY;
  const spots = new Map<string, { x: number; y: number }>();
  columns.forEach((column, at) => {
    const free = height - column.length * (BOX.height + BOX.gapY) + BOX.gapY;
    column.forEach((node, line) => {
      spots.set(node.id, { x: 8 + at * (BOX.width + BOX.gapX), y: free / 2 + line * (BOX.height + BOX.gapY) });
    });
  });
  return { spots, height, width: 16 + columns.length * BOX.width + Math.max(0, columns.length - 1) * BOX.gapX };
}

/** As much of a text as fits; a Chinese character takes the room of two letters. */
function fitting(text: string, room: number): string {
  let used = 0;
  let out = "";
  for (const c of text) {
    used += c > "\u2e80" ? 2 : 1;
    if (used > room) return `${out}…`;
    out += c;
  }
  return out;
}

export function FlowGraph(props: { label: string; nodes: FlowNode[]; edges: FlowEdge[]; onOpen(id: string): void }) {
  const { spots, width, height } = placed(props.nodes);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="sr-flow" tabIndex={0} role="group" aria-label={props.label}>
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={props.label}
        data-testid="trace-flow"
      >
        {props.edges.map((edge, n) => {
          const a = spots.get(edge.from);
          const b = spots.get(edge.to);
          if (!a || !b) return null;
          const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
          const bend = (x2 - x1) / 2;
          return (
            <g key={n} className={edge.unverified ? "sr-flow-edge sr-flow-unsure" : "sr-flow-edge"}>
              <path d={`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`} />
              <text x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 5} textAnchor="middle">
                {edge.label}
              </text>
            </g>
          );
        })}
        {props.nodes.map((node) => {
          const at = spots.get(node.id) ?? { x: 0, y: 0 };
          const open = () => props.onOpen(node.id);
          return (
            <g
              key={node.id}
              role="button"
              tabIndex={0}
              aria-label={`${node.title}, ${node.under}`}
              transform={`translate(${at.x},${at.y})`}
              className={`sr-flow-node sr-flow-${node.tone}${node.self ? " sr-flow-self" : ""}`}
              onClick={open}
              onKeyDown={(event) => event.key === "Enter" && open()}
              data-testid={`trace-${node.id}`}
            >
              <title>{`${node.title}\n${node.under}`}</title>
              <rect width={BOX.width} height={BOX.height} rx="6" />
              <text x="12" y="24" className="sr-flow-title">
                {fitting(node.title, 21)}
              </text>
              <text x="12" y="43" className="sr-flow-under">
                {fitting(node.under, 25)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
