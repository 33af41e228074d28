// A shipment that has come, seen from another time zone than the one it came to.

import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Detail, MovementView, TimelineEntry } from "../api/generated";
import { lotDetail, lotRow, ME, READY } from "../api/mock";
import { start } from "./test-start";

const SUBJECT = `shipment:${ME}:S-1`;
const PLACE = { name: "Duisburg", country: "DE", locode: "DEDUI" };
const AT = { time: "2026-11-15T11:00:00.000Z", zone: "+01:00" };
const THERE = /15 Nov.*12:00 \(\+01:00\)/;

function detail(): Detail {
  const lot = lotDetail(SUBJECT);
  const [said] = lot.timeline as [TimelineEntry];
  const body = { shipment: SUBJECT, place: PLACE, at: AT, packages: 1 };
  const move: MovementView = {
    record: said.id,
    event: "delivered",
    place: PLACE,
    at: AT,
    mode: null,
    conveyance: null,
    author: ME,
    corrected: false,
  };
  const we = { party: ME };
  return {
    ...lot,
    row: { ...lotRow(0), subject: SUBJECT, type: "shipment", status: "delivered", recalled: true },
    view: {
      type: "shipment",
      subject: SUBJECT,
      number: "S-1",
      owner: ME,
      consignor: we,
      consignee: we,
      holder: we,
      stage: "delivered",
      legs: [{ from: { name: "Changchun", country: "CN", locode: "CNCGC" }, to: PLACE, mode: "rail" }],
      container: null,
      tracking: null,
      due: "2026-11-18T11:30:00.000Z",
      expected: null,
      movements: [move],
      custody: [],
      offer: null,
      packages: [],
      exceptions: [{ record: "cd".repeat(32), code: "delay", packages: [], note: "snow", at: AT, author: ME }],
    },
    timeline: [{ ...said, payload: { kind: "logistics.delivered.1", body } }],
    actions: [],
  };
}

describe("a delivered shipment", () => {
  it("says when, where and how early it came, by one clock, and raises no alarm", async () => {
    start(READY, `#/subject/${encodeURIComponent(SUBJECT)}`, { open: detail });
    const line = await screen.findByTestId("delivered-line");
    expect(line).toHaveTextContent(/Delivered 15 Nov.*12:00 \(\+01:00\) in Duisburg · 3 days before it was promised/);
    expect(screen.getByTestId("route-strip")).toHaveTextContent(THERE);
    const entry = screen.getByTestId("entry-logistics.delivered");
    expect(entry).toHaveTextContent(THERE);
    // Its own word on its own shipment: nobody else is awaited.
    expect(within(entry).queryByTestId("state-single-sourced")).toBeNull();
    expect(screen.getByTestId("exception-unresolved")).toHaveTextContent("was not resolved");
    expect(screen.queryByTestId("exception-banner")).toBeNull();
    expect(screen.queryByTestId("state-exception")).toBeNull();
    expect(screen.getByTestId("state-recalled")).toBeVisible();
    expect(screen.queryByTestId("clock-gap")).toBeNull();
  });

  it("says that the author's clock was far from the validators'", async () => {
    const far = (): Detail => {
      const shown = detail();
      const [said] = shown.timeline as [TimelineEntry];
      return {
        ...shown,
        timeline: [{ ...said, claimed: "2026-11-10T11:00:00.000Z", witnessed: "2026-11-15T12:00:00.000Z" }],
      };
    };
    start(READY, `#/subject/${encodeURIComponent(SUBJECT)}`, { open: far });
    const entry = await screen.findByTestId("entry-logistics.delivered");
    expect(within(entry).getByTestId("clock-gap")).toHaveTextContent(
      "signed 5 days before the validators witnessed it",
    );
  });
});
