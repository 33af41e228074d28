import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Session } from "../api/generated";
import { lotRow, READY } from "../api/mock";
import { asked, start } from "./test-start";

async function open(session: Session, hash = "#/") {
  const user = userEvent.setup();
  const door = start(session, hash);
  door.own.search = () => ({ rows: [], read_as: "words", exact: null });
  await screen.findByTestId("app");
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByTestId("palette-field");
  const type = async (text: string) => {
    await user.clear(field);
    if (text) await user.type(field, text);
  };
  const found = () => screen.queryAllByRole("option").map((hit) => hit.dataset.testid?.replace("hit-", ""));
  return { user, door, type, found };
}

describe("the command palette", () => {
  it("finds commands by words of all three languages, whatever the reader's is", async () => {
    const { type, found } = await open(READY);
    for (const [text, keys] of [
      ["import", ["import"]],
      ["einlesen", ["import"]],
      ["导入", ["import"]],
      ["deutsch", ["language-de"]],
      ["dark", ["scheme-dark"]],
      ["深色", ["scheme-dark"]],
      ["neue sendung", ["new-logistics.shipment-planned"]],
      ["new lot", ["new-supply-chain.lot-made"]],
      ["partner neu", ["new-parties.partner-named"]],
      ["sicherung", ["backup"]],
      ["rtner", []],
    ] as const) {
      await type(text);
      expect(found(), text).toEqual(keys);
    }
  });

  it("goes there by the keyboard alone", async () => {
    const { user, type } = await open(READY);
    await type("new product");
    await user.keyboard("{Enter}");
    expect(window.location.hash).toBe("#/form/supply-chain.product-defined");
    await waitFor(() => expect(screen.queryByTestId("palette-field")).toBeNull());
  });

  it("changes language and colours", async () => {
    const { user, door, type } = await open(READY);
    await type("dunkel");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(asked(door, "change-settings").at(-1)?.settings.scheme).toBe("dark"));
  });

  it("offers only what is allowed now", async () => {
    const { type, found } = await open({ ...READY, locked: true });
    await type("");
    expect(found()).toContain("verify-file");
    expect(found().filter((key) => key === "import" || key?.startsWith("new-"))).toEqual([]);
    expect(found().filter((key) => key === "leave-sample" || key?.startsWith("export-"))).toEqual([]);
  });

  it("exports what is open", async () => {
    const { user, door, type } = await open(READY, `#/subject/${encodeURIComponent(lotRow(0).subject)}`);
    door.own.export = () => ({ name: "lot.json", path: "exports/lot.json", content: null, size: 4 });
    await type("evidence");
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("palette-said")).toHaveTextContent("exports/lot.json");
    expect(asked(door, "export").at(-1)).toMatchObject({ subject: lotRow(0).subject, record: null, as: "evidence" });
  });

  it("asks before it deletes the sample, and stays if Enter is struck twice", async () => {
    const { user, door, type, found } = await open({ ...READY, sample: true });
    await type("leave");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(found()).toEqual(["stay", "leave-sure"]));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(found()).toContain("home"));
    expect(asked(door, "leave-sample")).toHaveLength(0);
    await type("verlassen");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(found()).toEqual(["stay", "leave-sure"]));
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(asked(door, "leave-sample")).toHaveLength(1));
  });
});
