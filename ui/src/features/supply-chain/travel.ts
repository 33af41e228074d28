// From a trace to what a map can show: where each thing was made and where it went, by the places that its records name.

import type { Detail, Place, Trace } from "../../api/generated";
import type { MapLine, MapPoint } from "../../components/WorldMap";
import { farthest, pointOf, stopsOf } from "../../shared/stops";

export interface Travel {
  points: MapPoint[];
  lines: MapLine[];
  /** Things whose places have no coordinates. */
  missing: number;
}

type Tone = MapPoint["tone"];
/** What is drawn over what, where several things were at one place. */
const RANK: Record<Tone, number> = { unsure: 0, planned: 1, done: 2, now: 3 };

/** Places nearer than a tenth of a degree are one point on a map of the world. */
const spot = (at: { lat: number; lon: number }) => `${at.lat.toFixed(1)} ${at.lon.toFixed(1)}`;

/** Where a thing begins and where it ends: goods where they were made, shipments at their first and their farthest stop. */
function endsOf(detail: Detail): { from: Place; to: Place } | null {
  const { view } = detail;
  if (view.type === "lot" || view.type === "item") return { from: view.place, to: view.place };
  if (view.type !== "shipment") return null;
  const stops = stopsOf(view);
  const [first] = stops;
  const last = stops[farthest(stops)];
  return first && last ? { from: first.place, to: last.place } : null;
}

export function travelOf(
  trace: Trace,
  details: Map<string, Detail>,
  self: string,
  nameFor: (place: Place) => string,
): Travel {
  const points = new Map<string, MapPoint>();
  const lines = new Map<string, MapLine>();
  const unsure = new Set(trace.nodes.filter((n) => n.row.single_sourced).map((n) => n.row.subject));
  const put = (place: Place, tone: Tone): MapPoint | null => {
    const at = pointOf(place);
    if (!at) return null;
    const before = points.get(spot(at));
    const point = before && RANK[before.tone] >= RANK[tone] ? before : { ...at, name: nameFor(place), tone };
    points.set(spot(at), point);
    return point;
  };
  const join = (a: MapPoint | null, b: MapPoint | null, done: boolean, doubtful: boolean) => {
    if (a && b && spot(a) !== spot(b))
      lines.set(`${spot(a)} ${spot(b)} ${done}`, { from: a, to: b, done, unsure: doubtful });
  };

  let missing = 0;
  for (const [subject, detail] of details) {
    const { view } = detail;
    if (view.type === "shipment") {
      const stops = stopsOf(view);
      const far = farthest(stops);
      const drawn = stops.map((stop, n) => put(stop.place, n <= far ? "done" : "planned"));
      drawn.slice(1).forEach((point, n) => {
        join(drawn[n] ?? null, point, n + 1 <= far, false);
      });
    } else if (view.type === "lot" || view.type === "item") {
      if (!put(view.place, unsure.has(subject) ? "unsure" : "done")) missing += 1;
    }
  }
  for (const edge of trace.edges) {
    const [a, b] = [details.get(edge.from), details.get(edge.to)].map((d) => d && endsOf(d));
    if (a && b) join(put(a.to, "unsure"), put(b.from, "unsure"), true, unsure.has(edge.from));
  }
  const ends = details.get(self) && endsOf(details.get(self) as Detail);
  const carried = trace.edges.filter((e) => e.from === self).map((e) => details.get(e.to));
  const shipped = carried.find((d) => d?.view.type === "shipment");
  const now = (shipped && endsOf(shipped)?.to) ?? ends?.to;
  if (now) put(now, "now");
  return { points: [...points.values()], lines: [...lines.values()], missing };
}
