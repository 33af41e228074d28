// An offline map: the coastlines of Natural Earth (world-atlas 2.0.2, 1:110m, public domain), drawn as SVG around what is shown.

import { geoGraticule10, geoMercator, geoPath } from "d3-geo";
import type { FeatureCollection, GeometryCollection as GeoJsonCollection, LineString, MultiPoint } from "geojson";
import { useMemo } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";

export interface MapPoint {
  lat: number;
  lon: number;
  name: string;
  /** `unsure`: only one side says that the goods were there. */
  tone: "done" | "now" | "planned" | "unsure";
}
export interface MapLine {
  from: MapPoint;
  to: MapPoint;
  done: boolean;
  /** Only one side says so. */
  unsure?: boolean;
}

const topology = atlas as unknown as Topology<{ countries: GeometryCollection }>;
const world = feature(topology, topology.objects.countries) as FeatureCollection;
const WIDTH = 900;
const HEIGHT = 340;

const arc = (line: MapLine): LineString => ({
  type: "LineString",
  coordinates: [
    [line.from.lon, line.from.lat],
    [line.to.lon, line.to.lat],
  ],
});

function draw(points: MapPoint[], lines: MapLine[]) {
  const places: MultiPoint = { type: "MultiPoint", coordinates: points.map((p) => [p.lon, p.lat]) };
  // The shortest way between two places lies north of both.
  const around: GeoJsonCollection = { type: "GeometryCollection", geometries: [places, ...lines.map(arc)] };
  const projection = geoMercator().fitExtent(
    [
      [50, 60],
      // Names stand to the right of their points.
      [WIDTH - 150, HEIGHT - 60],
    ],
    around,
  );
  // One place, or places close together, would be drawn absurdly large.
  if (points.length < 2 || projection.scale() > 1600) {
    const at = points[0] ?? { lon: 60, lat: 45 };
    projection
      .scale(Math.min(projection.scale(), 1600))
      .center([at.lon, at.lat])
      .translate([WIDTH / 2, HEIGHT / 2]);
  }
  projection.clipExtent([
    [0, 0],
    [WIDTH, HEIGHT],
  ]);
  const path = geoPath(projection);
  return { projection, path };
}

/** Names beside their points, moved down where two would lie on each other. */
function labelled(points: MapPoint[], projection: ReturnType<typeof geoMercator>) {
  const taken: Array<[number, number, number]> = [];
  return points.map((point) => {
    const [x, y] = projection([point.lon, point.lat]) ?? [0, 0];
    const right = x < WIDTH - 130;
    const width = point.name.length * 7 + 12;
    const left = right ? x + 8 : x - 8 - width;
    // Level with its point a name would lie on the line that leaves there.
    const steps = [19, -11, 33, -25, 47, 4];
    const free = steps.find(
      (dy) => !taken.some(([l, t, w]) => Math.abs(t - (y + dy)) < 13 && left < l + w && l < left + width),
    );
    const dy = free ?? 4;
    taken.push([left, y + dy, width]);
    return { point, x, y, dy, right };
  });
}

export function WorldMap(props: { label: string; points: MapPoint[]; lines: MapLine[] }) {
  const { points, lines } = props;
  const { projection, path } = useMemo(() => draw(points, lines), [points, lines]);
  const labels = useMemo(() => labelled(points, projection), [points, projection]);
  return (
    <svg className="sr-map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label} data-testid="map">
      <rect className="sr-map-sea" width={WIDTH} height={HEIGHT} />
      <path className="sr-map-grid" d={path(geoGraticule10()) ?? ""} />
      <path className="sr-map-land" d={path(world) ?? ""} />
      {lines.map((line, n) => (
        <path
          key={n}
          className={
            line.unsure ? "sr-map-way sr-map-way-unsure" : line.done ? "sr-map-way" : "sr-map-way sr-map-way-planned"
          }
          d={path(arc(line)) ?? ""}
        />
      ))}
      {labels.map(({ point, x, y, dy, right }, n) => (
        <g key={n} transform={`translate(${x},${y})`} className={`sr-map-${point.tone}`}>
          {point.tone === "now" && <circle r="11" className="sr-map-halo" />}
          <circle r="4.5" className="sr-map-dot" />
          <text x={right ? 8 : -8} y={dy} textAnchor={right ? "start" : "end"}>
            {point.name}
          </text>
        </g>
      ))}
    </svg>
  );
}
