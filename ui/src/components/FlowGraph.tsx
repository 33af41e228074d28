// A graph from left to right: columns by step, curves between, a word on each curve.

import type { ReactNode } from "react";

export interface FlowNode {
  id: string;
  step: number;
  title: string;
  /** What it is, in a word. */
  kind: string;
  number: string;
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

const BOX = { width: 180, height: 74, gapX: 72, gapY: 18 };
/** Left and right of the drawing, within it: a box that scrolls keeps no room after what it holds. */
const MARGIN = 16;

function placed(nodes: FlowNode[]) {
  const steps = [...new Set(nodes.map((n) => n.step))].sort((a, b) => a - b);
  const columns = steps.map((step) => nodes.filter((n) => n.step === step));
  const most = Math.max(1, ...columns.map((c) => c.length));
  const height = most * (BOX.height + BOX.gapY) + BOX.gapY;
  const spots = new Map<string, { x: number; y: number }>();
  columns.forEach((column, at) => {
    const free = height - column.length * (BOX.height + BOX.gapY) + BOX.gapY;
    column.forEach((node, line) => {
      spots.set(node.id, { x: MARGIN + at * (BOX.width + BOX.gapX), y: free / 2 + line * (BOX.height + BOX.gapY) });
    });
  });
  const width = columns.length * BOX.width + Math.max(0, columns.length - 1) * BOX.gapX;
  return { spots, height, width: 2 * MARGIN + width };
}

/** Room that a text takes: a Chinese character as much as two letters. */
const roomOf = (text: string) => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0);

/** As much of a text as fits, from its beginning. */
function fitting(text: string, room: number): string {
  if (roomOf(text) <= room) return text;
  const letters = [...text];
  while (letters.length && roomOf(letters.join("")) > room - 1) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** As much of a text as fits, from its end: what tells numbers apart stands last. */
function fittingEnd(text: string, room: number): string {
  if (roomOf(text) <= room) return text;
  const letters = [...text];
  while (letters.length && roomOf(letters.join("")) > room - 1) letters.shift();
  return `…${letters.join("").trimStart()}`;
}

/** A text on two lines, broken between words and between Chinese characters. */
export function twoLines(text: string, room: number): [string, string] {
  const words = text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? [];
  let first = "";
  while (words.length && roomOf((first + words[0]).trimEnd()) <= room) first += words.shift();
  if (!first) return [fitting(text, room), ""];
  return [first.trimEnd(), fitting(words.join(""), room)];
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
              aria-label={`${node.title}, ${node.kind} ${node.number}`}
              transform={`translate(${at.x},${at.y})`}
              className={`sr-flow-node sr-flow-${node.tone}${node.self ? " sr-flow-self" : ""}`}
              onClick={open}
              onKeyDown={(event) => event.key === "Enter" && open()}
              data-testid={`trace-${node.id}`}
            >
              <title>{`${node.title}\n${node.kind} ${node.number}`}</title>
              <rect width={BOX.width} height={BOX.height} rx="6" />
              {twoLines(node.title, 20).map((line, n) => (
                <text key={n} x="12" y={24 + n * 17} className="sr-flow-title">
                  {line}
                </text>
              ))}
              <text x="12" y="61" className="sr-flow-under">
                {node.kind} {fittingEnd(node.number, 23 - roomOf(node.kind))}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
