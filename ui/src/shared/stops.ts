// Where places lie, and the stops of a shipment: what was planned, and what really happened there.

import type { Mode, MovementView, Place, ShipmentView } from "../api/generated";
import { placeOf } from "./places";

export interface Stop {
  place: Place;
  mode: Mode | null;
  arrives?: string;
  departs?: string;
  arrived?: MovementView;
  departed?: MovementView;
  reached: boolean;
}

export const samePlace = (a: Place, b: Place): boolean =>
  a.locode && b.locode ? a.locode === b.locode : a.name === b.name;

/** Degrees, from the place itself or from its UN/LOCODE; null when neither is known. */
export function pointOf(place: Place): { lat: number; lon: number } | null {
  const point = place.point ?? placeOf(place.locode);
  return point ? { lat: point.lat_e6 / 1e6, lon: point.lon_e6 / 1e6 } : null;
}

/** The stops of the plan, each with what really happened there. */
export function stopsOf(view: ShipmentView): Stop[] {
  const [first] = view.legs;
  if (!first) return [];
  const stops: Stop[] = [
    { place: first.from, mode: null, departs: first.departs, reached: true },
    ...view.legs.map((leg, n) => ({
      place: leg.to,
      mode: leg.mode,
      arrives: leg.arrives,
      departs: view.legs[n + 1]?.departs,
      reached: false,
    })),
  ];
  for (const move of view.movements) {
    const at = stops.filter((s) => samePlace(s.place, move.place));
    const stop = at[at.length - 1];
    if (!stop) continue;
    stop.reached = true;
    if (move.event === "departed") stop.departed = move;
    if (move.event === "arrived" || move.event === "delivered") stop.arrived = move;
  }
  const last = farthest(stops);
  for (let n = 0; n < last; n += 1) (stops[n] as Stop).reached = true;
  return stops;
}

/** Index of the last stop that was reached. */
export function farthest(stops: Stop[]): number {
  return stops.reduce((far, stop, n) => (stop.reached ? n : far), 0);
}
