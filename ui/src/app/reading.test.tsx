import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { newClient } from "../api/hooks";
import { enterBy } from "../api/host";
import { mockDoor, READY, VERDICT } from "../api/mock";
import { payload } from "../shared/payload";
import { FormsContext, Said } from "../shared/Said";
import { FORMS } from "./Pages";
import { asked, start } from "./test-start";

describe("what a record says", () => {
  it("is read in the order of its form, in the words of the trade", () => {
    enterBy(mockDoor(READY));
    const said = payload("supply-chain.product-defined", {
      hs: "090210",
      name: { en: "Green tea" },
      number: "T-1",
      unit: "H87",
    });
    const page = render(
      <QueryClientProvider client={newClient()}>
        <FormsContext.Provider value={FORMS}>
          <Said payload={said} names={{}} />
        </FormsContext.Provider>
      </QueryClientProvider>,
    );
    const texts = (tag: string) => [...page.container.querySelectorAll(tag)].map((e) => e.textContent);
    expect(texts("dt")).toEqual(["Number", "Name", "Unit", "HS code"]);
    expect(texts("dd")).toEqual(["T-1", "Green tea", "pcs", "0902.10"]);
  });
});

describe("a file dropped on Verify", () => {
  const drop = async (name: string, text: string) => {
    const input = (await screen.findByTestId("verify-drop")).querySelector('input[type="file"]') as HTMLInputElement;
    await userEvent.setup().upload(input, new File([text], name, { type: "application/json" }));
  };

  it("that is an anchor is not refused but can be added", async () => {
    const door = start(READY, "#/verify");
    await drop("anchor.json", '{"form":"sealroad-anchor.1","genesis":{}}');
    expect(await screen.findByTestId("verify-known-anchor")).toHaveTextContent("This is an anchor");
    expect(asked(door, "verify")).toHaveLength(0);
    await userEvent.setup().click(screen.getByTestId("verify-pin"));
    expect(asked(door, "pin-network")).toHaveLength(1);
  });

  it("that holds EPCIS events is told apart from evidence", async () => {
    const door = start(READY, "#/verify");
    await drop("events.json", '{"@context":[],"type":"EPCISDocument"}');
    expect(await screen.findByTestId("verify-known-epcis")).toBeVisible();
    expect(asked(door, "verify")).toHaveLength(0);
  });

  it("that is refused says what that means and which statement it is about", async () => {
    const reason = `record ${"ab".repeat(32)}: signature does not fit`;
    const report = {
      ...VERDICT.report,
      verdict: "refused" as const,
      first_failed: "signature",
      checks: [{ name: "signature", passed: false, reason }],
    };
    start(READY, "#/verify", {
      verify: () => ({ ...VERDICT, report, named: ["supply-chain.lot-made", "2026-11-03T08:00:00.000Z"] }),
    });
    await drop("e.json", "{}");
    const line = await screen.findByTestId("verify-check-signature");
    expect(line).toHaveTextContent("changed after its author signed it");
    expect(line).toHaveTextContent("Lot made");
    expect(line).toHaveTextContent(reason);
  });
});
