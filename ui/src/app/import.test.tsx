// Import: what is counted is what will be signed, a mended cell no longer shows its old fault, and the file says what it is.

import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ImportPreview, RowProblem } from "../api/generated";
import { READY } from "../api/mock";
import { rowsOf } from "../features/import/Problems";
import { asked, start } from "./test-start";

const bad = (row: number, field: string, code: string): RowProblem => ({
  row,
  id: `A-${row}`,
  field,
  value: "",
  code,
  reason: "from the core",
});

const SEEN: ImportPreview = {
  import: "i1",
  as: "products",
  columns: ["A", "B", "C"],
  fields: [
    ["number", true],
    ["gtin", false],
    ["name.zh", false],
  ],
  mapping: { columns: { A: "number", B: "gtin", C: "name.zh" }, defaults: {} },
  sample: [],
  report: {
    rows: 4,
    accepted: 1,
    refused: [
      bad(3, "gtin", "supply-chain.gtin"),
      bad(4, "number", "import.missing"),
      bad(4, "gtin", "supply-chain.gtin"),
    ],
    doubtful: [],
    already_imported: null,
  },
};

async function drop(hash: string, seen: ImportPreview) {
  const user = userEvent.setup();
  const door = start(READY, hash, { "import-preview": () => seen });
  if (!hash.endsWith("import")) await user.click(await screen.findByTestId("import"));
  const box = await screen.findByTestId("import-drop");
  await user.upload(box.querySelector("input") as HTMLInputElement, new File(["a,b"], "p.csv"));
  await screen.findByTestId("import-start");
  return { user, door };
}

async function mend(user: ReturnType<typeof userEvent.setup>, row: number, field: string) {
  await user.type(screen.getByTestId(`mend-${row}-${field}`), "1");
  await user.tab();
}

describe("an import", () => {
  it("counts rows, and not what is said of the whole file", () => {
    expect([...rowsOf([bad(0, "/", "import.epcis.whole"), bad(2, "/action", "import.epcis.action")])]).toEqual([2]);
  });

  it("counts the rows that will be signed, and a row as mended when all its bad cells are", async () => {
    const { user } = await drop("#/import", SEEN);
    const button = screen.getByTestId("import-start");
    expect(screen.getByTestId("import-counts")).toHaveTextContent("4 rows1 good2 to mend");
    expect(button).toHaveTextContent("Sign and import 1 row");
    expect(screen.getByText("Number is missing.")).toBeVisible();
    expect(screen.getAllByText(/check digit/)).toHaveLength(2);
    await mend(user, 3, "gtin");
    expect(button).toHaveTextContent("Sign and import 2 rows");
    expect(screen.getByTestId("mended-3-gtin")).toHaveTextContent("checked again");
    expect(screen.getAllByText(/check digit/)).toHaveLength(1);
    await mend(user, 4, "gtin");
    expect(button).toHaveTextContent("Sign and import 2 rows");
    await mend(user, 4, "number");
    expect(button).toHaveTextContent("Sign and import 3 rows");
    expect(screen.getByTestId("import-counts")).toHaveTextContent("4 rows1 good2 mended");
    expect(screen.getByDisplayValue("Name (Chinese)")).toBeVisible();
  });

  it("reads a file as what it is, whatever page it was opened from", async () => {
    const { door } = await drop("#/goods/lots", SEEN);
    expect(asked(door, "import-preview")[0]?.as).toBeNull();
  });

  it("calls events events", async () => {
    const report = { rows: 2, accepted: 2, refused: [], doubtful: [], already_imported: null };
    await drop("#/import", { ...SEEN, as: "epcis", columns: [], fields: [], report });
    expect(screen.getByTestId("import-start")).toHaveTextContent("Sign and import 2 events");
    expect(screen.getByTestId("import-counts")).toHaveTextContent("2 events");
  });
});
