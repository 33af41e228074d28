import { describe, expect, it } from "vitest";
import type { Detail, Place, ShipmentView, Trace } from "../../api/generated";
import { lotDetail, lotRow } from "../../api/mock";
import { travelOf } from "./travel";

const place = (name: string, lat: number, lon: number): Place => ({
  name,
  point: { lat_e6: lat * 1e6, lon_e6: lon * 1e6 },
});
const [SPINNER, MILL, PORT, BORDER, END] = [
  place("Spinner", 41.9, 126.4),
  place("Mill", 43.8, 126.5),
  place("Port", 43.9, 125.3),
  place("Border", 52, 23.5),
  place("End", 51.4, 6.7),
];

function lot(subject: string, at: Place): Detail {
  const detail = lotDetail(subject);
  return { ...detail, view: { ...detail.view, place: at } as Detail["view"] };
}

function shipment(subject: string): Detail {
  const at = { time: "2026-11-19T06:31:00.000Z", zone: "+08:00" };
  const view: Partial<ShipmentView> = {
    legs: [
      { from: PORT as Place, to: BORDER as Place, mode: "rail" },
      { from: BORDER as Place, to: END as Place, mode: "rail" },
    ],
    movements: [
      {
        record: "",
        event: "arrived",
        place: BORDER as Place,
        at,
        mode: "rail",
        conveyance: null,
        author: "",
        corrected: false,
      },
    ],
  };
  return { ...lotDetail(subject), view: { type: "shipment", ...view } as Detail["view"] };
}

const TRACE: Trace = {
  nodes: [
    { row: { ...lotRow(1), subject: "yarn", status: "single-sourced" }, step: -1 },
    { row: { ...lotRow(0), subject: "cover", status: "ok" }, step: 0 },
    { row: { ...lotRow(2), subject: "ship", type: "shipment", status: "under-way" }, step: 1 },
  ],
  edges: [
    { from: "yarn", to: "cover", quantity: null, record: "" },
    { from: "cover", to: "ship", quantity: null, record: "" },
  ],
  cut: false,
};

describe("a trace on the map", () => {
  const details = new Map([
    ["yarn", lot("yarn", SPINNER as Place)],
    ["cover", lot("cover", MILL as Place)],
    ["ship", shipment("ship")],
  ]);
  const travel = travelOf(TRACE, details, "cover", (p) => p.name);
  const tone = (name: string) => travel.points.find((p) => p.name === name)?.tone;

  it("shows where it was made, where it is now, and what is only planned", () => {
    expect(["Spinner", "Mill", "Port", "Border", "End"].map(tone)).toEqual([
      "unsure",
      "done",
      "done",
      "now",
      "planned",
    ]);
  });

  it("joins the places in the order of the goods, and marks what only one side says", () => {
    const drawn = travel.lines.map((l) => [l.from.name, l.to.name, l.done, l.unsure ?? false]);
    expect(drawn).toContainEqual(["Spinner", "Mill", true, true]);
    expect(drawn).toContainEqual(["Mill", "Port", true, false]);
    expect(drawn).toContainEqual(["Port", "Border", true, false]);
    expect(drawn).toContainEqual(["Border", "End", false, false]);
    expect(drawn).toHaveLength(4);
  });

  it("counts what has no coordinates", () => {
    const nowhere = new Map([...details, ["cover", lot("cover", { name: "Somewhere" })]]);
    expect(travelOf(TRACE, nowhere, "cover", (p) => p.name).missing).toBe(1);
  });
});
