import { describe, expect, it } from "vitest";
import type { Body } from "../payload";
import { assemble, decimal, instant, typed } from "./assemble";
import { fill } from "./fill";
import type { Field } from "./spec";

describe("a number as people type it", () => {
  it.each([
    ["1250.5", 12505, 1],
    ["1250,5", 12505, 1],
    ["1.250,50", 12505, 1],
    ["1,250.50", 12505, 1],
    ["1 250", 1250, 0],
    ["0.000001", 1, 6],
    ["007", 7, 0],
  ])("%s", (text, value, scale) => expect(decimal(text)).toEqual({ value, scale }));

  it.each(["", "-1", "1e3", "1.2.3", "abc", "1.0000001", "99999999999999999"])("refuses %s", (text) =>
    expect(decimal(text)).toBeNull(),
  );
});

describe("a time as people type it", () => {
  it("is turned to UTC by its zone, and back", () => {
    expect(instant("2026-11-03 14:02", "+08:00")).toBe("2026-11-03T06:02:00.000Z");
    expect(typed("2026-11-03T06:02:00.000Z", "+08:00")).toBe("2026-11-03 14:02");
  });
  it.each([
    "2026-11-03 14:02",
    "2026/11/3 14:02",
    "2026年11月3日 14:02",
    "2026年11月3日14时02分",
    "03.11.2026 14:02",
    "3.11.2026, 14:02 Uhr",
    "3 Nov 2026 14:02",
    "3. November 2026 14:02",
    "Nov 3, 2026 14:02",
  ])("reads %s", (text) => expect(instant(text, "+08:00")).toBe("2026-11-03T06:02:00.000Z"));
  it.each([
    "2026-02-31 10:00",
    "2026-13-01",
    "31.4.2026",
    "2026-11-03 25:00",
    "3/11/2026",
    "3 Nix 2026",
    "2026-11-034",
    "2026年13月3日",
  ])("refuses %s", (text) => expect(instant(text, "+00:00")).toBeNull());
});

describe("a form", () => {
  const fields: Field[] = [
    { path: "number", type: "text" },
    { path: "maker", type: "who", optional: true },
    { path: "net_grams", type: "grams", optional: true },
    { path: "roles", type: "many", options: ["manufacturer", "exporter"] },
    { path: "inputs", type: "list", least: 1, of: [{ path: "quantity", type: "quantity" }] },
  ];

  it("leaves out what is empty, and sorts as the record wants it", () => {
    const made = assemble(fields, {
      number: " L-1 ",
      maker: "",
      net_grams: "0,25",
      roles: ["exporter", "manufacturer"],
      inputs: [{ quantity: { text: "2", unit: "H87" } }],
    });
    expect(made).toEqual({
      problems: [],
      body: {
        number: "L-1",
        net_grams: 250,
        roles: ["manufacturer", "exporter"],
        inputs: [{ quantity: { value: 2, scale: 0, unit: "H87" } }],
      },
    });
  });

  it("names the field of every problem, however deep", () => {
    const made = assemble(fields, {
      roles: ["exporter"],
      inputs: [{ quantity: { text: "many" } }],
      net_grams: "0.0001",
    });
    expect(made.problems.map((p) => `${p.field}: ${p.code}`)).toEqual([
      "number: required",
      "net_grams: not-a-mass",
      "inputs.0.quantity: not-a-number",
    ]);
  });

  it("reads an HS code as it is printed, and leaves other words to the rule", () => {
    const hs = (text: string) => assemble([{ path: "hs", type: "hs", optional: true }], { hs: text }).body.hs;
    expect([hs("0902.10"), hs("6912 00"), hs(" 691200 "), hs("tea")]).toEqual(["090210", "691200", "691200", "tea"]);
  });

  it("makes legs of stops, each beginning where the one before ends", () => {
    const [a, b, c] = ["A", "B", "C"].map((name) => ({ name }));
    const made = assemble([{ path: "legs", type: "flow" }], {
      legs: [{ place: a }, { place: b, mode: "rail" }, { place: c, mode: "truck" }],
    });
    expect(made.body.legs).toEqual([
      { from: a, to: b, mode: "rail" },
      { from: b, to: c, mode: "truck" },
    ]);
  });

  it("can be filled from what was prepared", () => {
    const own: Field[] = [
      { path: "to", type: "who" },
      { path: "at", type: "when" },
      { path: "packages", type: "count" },
    ];
    const body = {
      to: { party: "did:key:z6Mk" },
      at: { time: "2026-11-03T06:02:00.000Z", zone: "+08:00" },
      packages: 3,
    };
    expect(assemble(own, fill(own, body)).body).toEqual(body);
  });

  it("gives back what was said before, whatever the fields hold", () => {
    const place = { name: "Xi'an", country: "CN", locode: "CNSIA" };
    const own: Field[] = [
      { path: "due", type: "time" },
      { path: "from", type: "day" },
      { path: "valid_until", type: "day" },
      { path: "gross_grams", type: "grams" },
      { path: "quantity", type: "quantity" },
      { path: "seals", type: "words" },
      { path: "about", type: "subjects" },
      { path: "record", type: "record" },
      { path: "legs", type: "flow" },
      {
        path: "packages",
        type: "list",
        of: [
          { path: "mark", type: "text" },
          { path: "contents", type: "list", of: [{ path: "quantity", type: "quantity" }] },
        ],
      },
      { path: "contact", type: "group", of: [{ path: "name", type: "text" }] },
    ];
    const body = {
      due: "2026-11-03T06:02:00.000Z",
      from: "2026-11-03T00:00:00.000Z",
      valid_until: "2027-11-03T23:59:00.000Z",
      gross_grams: 12_050,
      quantity: { value: 1_205, scale: 3, unit: "KGM" },
      seals: ["HB 1", "HB 2"],
      about: ["lot:did:key:z6Mk:1", "lot:did:key:z6Mk:2"],
      record: "ab".repeat(32),
      legs: [
        { from: place, to: { name: "Małaszewicze" }, mode: "rail", departs: "2026-11-03T06:02:00.000Z" },
        {
          from: { name: "Małaszewicze" },
          to: { name: "Duisburg" },
          mode: "truck",
          arrives: "2026-11-19T06:02:00.000Z",
        },
      ],
      packages: [{ mark: "1", contents: [{ quantity: { value: 7, scale: 0, unit: "H87" } }] }],
      contact: { name: "Li Wei" },
    };
    expect(assemble(own, fill(own, body as unknown as Body))).toEqual({ body, problems: [] });
  });
});
