import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Detail, ImportProgress, ImportReport } from "../api/generated";
import { lotDetail, lotRow, ME, READY } from "../api/mock";
import { asked, start, strike } from "./test-start";

const LABEL = [..."SSs-E0j/9506k", "Enter"];

describe("a burst of keys", () => {
  const inspect = `#/form/supply-chain.inspected?about=${encodeURIComponent(lotRow(0).subject)}`;

  async function toReview() {
    const user = userEvent.setup();
    await user.click(await screen.findByTestId("field-outcome"));
    await user.click(await screen.findByRole("option", { name: "Passed" }));
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
  }

  it("never signs, never leaves the form, and offers what was read", async () => {
    const door = start(READY, inspect);
    await toReview();
    strike(LABEL, 8);
    expect(await screen.findByTestId("heard")).toHaveTextContent("SSs-E0j/9506k");
    expect(screen.getByTestId("review-screen")).toBeVisible();
    expect(screen.queryByTestId("signing-waiting")).toBeNull();
    expect(window.location.hash).toContain("form/");
    // The same letter alone signs.
    strike(["s"], 1_000);
    expect(await screen.findByTestId("signing-waiting")).toBeVisible();
    expect(asked(door, "sign")).toHaveLength(0);
  });

  it("moves no row and opens none", async () => {
    const door = start(READY, "#/goods/lots");
    door.own.search = () => ({ rows: [lotRow(3)], read_as: "words", exact: lotRow(3).subject });
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    strike([..."jjk0jj", "Enter"], 8);
    expect(await screen.findByTestId("scan-ok")).toHaveTextContent("Yarn 3");
    expect(window.location.hash).toContain("scan");
  });

  it("that is too short to be a label swallows its Enter", async () => {
    start(READY, "#/goods/lots");
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    strike(["j"], 1_000);
    await screen.findByTestId("beside");
    strike(["7", "7", "Enter"], 8);
    strike(["j"], 1_000);
    await waitFor(() =>
      expect(screen.getByTestId(`row-${lotRow(1).subject}`)).toHaveAttribute("aria-selected", "true"),
    );
    expect(window.location.hash).toContain("goods/lots");
  });
});

describe("a table of 100,000 rows", () => {
  it("draws few of them and reaches the last by one key", async () => {
    const total = 100_000;
    start(READY, "#/goods/lots", {
      list: (ask) => ({
        rows: Array.from({ length: Math.min(ask.limit, total - ask.offset) }, (_, n) => lotRow(ask.offset + n)),
        total,
        chips: { all: total },
      }),
    });
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    expect(screen.getByTestId("table-lots")).toHaveAttribute("aria-rowcount", String(total + 1));
    expect(document.querySelectorAll("[role=row]").length).toBeLessThan(60);
    strike(["End"], 1_000);
    const last = encodeURIComponent(lotRow(total - 1).subject);
    await waitFor(() => expect(window.location.hash).toContain(last));
    expect(document.querySelectorAll("[role=row]").length).toBeLessThan(60);
  });
});

describe("an import", () => {
  const REPORT: ImportReport = { rows: 500, accepted: 500, refused: [], doubtful: [], already_imported: null };
  const at = (done: number, state = "running"): ImportProgress => ({
    state,
    done,
    of: 500,
    report: { ...REPORT, accepted: done },
    error: null,
  });

  it("goes on while one is elsewhere, says how far it is, and is there when one comes back", async () => {
    const user = userEvent.setup();
    let now = at(120);
    const door = start(READY, "#/import", {
      "import-preview": () => ({
        import: "i1",
        as: "products",
        columns: ["number"],
        fields: [],
        mapping: { columns: {}, defaults: {} },
        sample: [],
        report: REPORT,
      }),
      "import-start": () => at(0),
      "import-progress": () => now,
    });
    const box = await screen.findByTestId("import-drop");
    await user.upload(box.querySelector("input") as HTMLInputElement, new File(["number\nA-1"], "products.csv"));
    await screen.findByTestId("import-start");
    window.location.hash = "#/";
    await screen.findByTestId("home-now");
    window.location.hash = "#/import";
    await user.click(await screen.findByTestId("import-start"));
    await screen.findByTestId("import-running");
    window.location.hash = "#/";
    expect(await screen.findByTestId("status-import")).toHaveTextContent("Importing: 120 of 500 rows");
    now = at(500, "done");
    await user.click(screen.getByTestId("status-import"));
    expect(await screen.findByTestId("import-done")).toHaveTextContent("500 of 500");
    await waitFor(() => expect(screen.queryByTestId("status-import")).toBeNull());
    window.location.hash = "#/ledger";
    await screen.findByTestId("records");
    window.location.hash = "#/import";
    expect(await screen.findByTestId("import-done")).toHaveTextContent("500 of 500");
    expect(asked(door, "import-start")).toHaveLength(1);
  });
});

describe("a bad cell", () => {
  it("is mended in the row that the report names, and stays mended when one comes back", async () => {
    const user = userEvent.setup();
    const bad = { row: 6, id: "A-4", field: "unit", value: "xx", code: "import.unit-unknown", reason: "" };
    const door = start(READY, "#/import", {
      "import-preview": () => ({
        import: "i1",
        as: "products",
        columns: ["unit"],
        fields: [["unit", true]],
        mapping: { columns: { unit: "unit" }, defaults: {} },
        sample: [],
        report: { rows: 5, accepted: 4, refused: [bad], doubtful: [], already_imported: null },
      }),
      "import-start": () => ({
        state: "done",
        done: 5,
        of: 5,
        report: { rows: 5, accepted: 5, refused: [], doubtful: [], already_imported: null },
        error: null,
      }),
    });
    const box = await screen.findByTestId("import-drop");
    await user.upload(box.querySelector("input") as HTMLInputElement, new File(["unit\nxx"], "p.csv"));
    const cell = await screen.findByTestId("mend-6-unit");
    await user.clear(cell);
    await user.type(cell, "pcs");
    await user.tab();
    window.location.hash = "#/";
    await screen.findByTestId("home-now");
    window.location.hash = "#/import";
    expect(await screen.findByTestId("mend-6-unit")).toHaveValue("pcs");
    await user.click(screen.getByTestId("import-start"));
    await screen.findByTestId("import-done");
    expect(asked(door, "import-start")[0]?.mended).toEqual([{ row: 6, field: "unit", value: "pcs" }]);
  });
});

describe("a locked ledger", () => {
  const LOCKED = { ...READY, stage: "locked", locked: true };

  it("shows everything, offers nothing to sign, and is unlocked where one is", async () => {
    const user = userEvent.setup();
    const page = `#/subject/${encodeURIComponent(lotRow(0).subject)}`;
    const door = start(LOCKED, page, {
      unlock: (ask) => {
        if (ask.passphrase !== "long enough")
          throw { code: "node.wrong-passphrase", field: "passphrase", values: {}, retry: true };
        door.session = READY;
        return READY;
      },
    });
    expect(await screen.findByTestId("timeline")).toBeVisible();
    expect(screen.getByTestId("export")).toBeEnabled();
    expect(screen.queryByTestId("action-supply-chain.processed")).toBeNull();
    await user.click(screen.getByTestId("unlock-open"));
    await user.type(await screen.findByTestId("field-passphrase"), "wrong one");
    await user.click(screen.getByTestId("unlock"));
    expect(await screen.findByText("This passphrase is wrong.")).toBeVisible();
    await user.clear(screen.getByTestId("field-passphrase"));
    await user.type(screen.getByTestId("field-passphrase"), "long enough");
    await user.click(screen.getByTestId("unlock"));
    expect(await screen.findByTestId("action-supply-chain.processed")).toBeEnabled();
    expect(screen.queryByTestId("locked")).toBeNull();
    expect(window.location.hash).toBe(page);
  });

  it("does not open a form that would end with a signature", async () => {
    start(LOCKED, "#/form/logistics.shipment-planned");
    expect(await screen.findByText(/Unlock first/)).toBeVisible();
    expect(screen.queryByTestId("review")).toBeNull();
  });
});

describe("an event of another system", () => {
  it("says in words what, where and why, and keeps what it cannot word", async () => {
    const link = "https://id.gs1.org/01/09506000155227/21/7";
    const subject = `event:${ME}:e1`;
    const detail: Detail = {
      ...lotDetail(subject),
      row: { ...lotRow(0), subject, type: "event" },
      view: {
        type: "event",
        subject,
        event_hash: "ni:///sha-256;00?ver=CBV2.0",
        event_type: "ObjectEvent",
        at: { time: "2026-11-19T06:31:00.000Z", zone: "+08:00" },
        epcs: [link],
        event: '{"type":"ObjectEvent"}',
        owner: ME,
        event_id: null,
        action: "OBSERVE",
        biz_step: "shipping",
        disposition: "https://example.com/states/half_way",
        read_point: "https://id.gs1.org/414/9506000000114/254/dock3",
        biz_location: null,
        goods: [
          {
            role: "seen",
            id: link,
            key: [
              ["01", "09506000155227"],
              ["21", "7"],
            ],
            amount: null,
            unit: null,
          },
          { role: "input", id: "urn:x:cotton", key: [], amount: "12.50", unit: "KGM" },
        ],
        documents: [{ kind: "po", id: "urn:x:4711" }],
        sources: [],
        destinations: [],
        declares_error: true,
        extensions: '{"example:humidity":8.6}',
      },
      source: { name: "events.json", hash: "ab", when: "2026-11-19T06:31:00.000Z" },
      actions: [],
    };
    start(READY, `#/subject/${encodeURIComponent(subject)}`, { open: () => detail });
    const page = await screen.findByTestId(`detail-${subject}`);
    for (const words of [
      "Shipping",
      "Observed",
      "half_way",
      "place 9506000000114 · part dock3",
      "Purchase order",
      "8.6",
    ])
      expect(page).toHaveTextContent(words);
    expect(screen.getByTestId("event-goods")).toHaveTextContent("GTIN 09506000155227 · serial 7");
    expect(screen.getByTestId("event-goods")).toHaveTextContent("12.50 kg");
    expect(screen.getByTestId("event-error")).toBeVisible();
    expect(screen.getByTestId("event-source")).toHaveTextContent("events.json");
  });
});
