import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FIRST_RUN, lotRow, READY } from "../api/mock";
import { asked, start, violations } from "./test-start";

describe("first run", () => {
  it("offers the sample and one's own firm, and enters the sample", async () => {
    const door = start(FIRST_RUN);
    door.own["load-sample"] = () => {
      door.session = { ...READY, sample: true };
      return door.session;
    };
    await userEvent.click(await screen.findByTestId("first-run-sample"));
    expect(await screen.findByTestId("app")).toBeVisible();
    expect(screen.getByTestId("sample-banner")).toBeVisible();
  });

  it("says beside the fields what is missing, and sets up with what was typed", async () => {
    const user = userEvent.setup();
    const door = start(FIRST_RUN);
    door.own["set-up"] = () => {
      door.session = READY;
      return READY;
    };
    await user.click(await screen.findByTestId("first-run-setup"));
    await user.click(screen.getByTestId("set-up"));
    expect(asked(door, "set-up")).toHaveLength(0);
    expect(screen.getAllByText("Please fill this in.").length).toBeGreaterThan(1);
    await user.type(screen.getByTestId("field-name"), "Jilin Textiles");
    await user.type(screen.getByTestId("field-country"), "China (CN)");
    await user.click(await screen.findByRole("option", { name: "China (CN)" }));
    await user.type(screen.getByTestId("field-passphrase"), "long enough");
    await user.click(screen.getByTestId("set-up"));
    await screen.findByTestId("app");
    expect(asked(door, "set-up")[0]).toMatchObject({
      passphrase: "long enough",
      profile: { name: { en: "Jilin Textiles" }, country: "CN", roles: ["exporter"] },
    });
  });
});

describe("the line at the bottom", () => {
  it("says who signs, how old the knowledge is, and what is unsent", async () => {
    start(READY);
    expect(await screen.findByTestId("status-key")).toHaveTextContent("Key: Jilin Textiles");
    expect(screen.getByTestId("status-asof")).toHaveTextContent("48,120");
    expect(screen.getByTestId("status-asof")).toHaveTextContent("3 of 4 validators");
    expect(screen.getByTestId("status-unsent")).toHaveTextContent("4 records unsent");
  });

  it("is asked again when the core tells of a change", async () => {
    const door = start(READY);
    await screen.findByTestId("status-key");
    door.session = { ...READY, unsent: 0 };
    act(() => door.tell({ event: "touched", subjects: [] }));
    await waitFor(() => expect(screen.getByTestId("status-unsent")).toHaveTextContent("Nothing unsent"));
  });
});

describe("the table", () => {
  it("moves by j and k, opens by Enter, and draws only the rows in sight", async () => {
    const user = userEvent.setup();
    start(READY, "#/goods/lots");
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    expect(document.querySelectorAll('[data-testid^="row-"]').length).toBeLessThan(60);
    const chosen = (n: number) =>
      waitFor(() => expect(screen.getByTestId(`row-${lotRow(n).subject}`)).toHaveAttribute("aria-selected", "true"));
    for (const [key, n] of [
      ["j", 0],
      ["j", 1],
      ["k", 0],
      ["j", 1],
    ] as const) {
      await user.keyboard(key);
      await chosen(n);
    }
    expect(await screen.findByTestId("beside")).toBeVisible();
    await user.keyboard("{Enter}");
    expect(window.location.hash).toContain(encodeURIComponent(lotRow(1).subject));
  });

  it("shows the row beside the list at the first Enter and its page at the second, or at once with Ctrl", async () => {
    const user = userEvent.setup();
    start(READY, "#/goods/lots");
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("beside")).toBeVisible();
    expect(window.location.hash).toMatch(/^#\/goods/);
    await user.keyboard("{Enter}");
    expect(window.location.hash).toMatch(/^#\/subject\//);
    window.location.hash = "#/goods/lots";
    await screen.findByTestId(`row-${lotRow(0).subject}`);
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(window.location.hash).toMatch(/^#\/subject\//);
  });

  it("does not move while somebody types in the filter", async () => {
    const user = userEvent.setup();
    const door = start(READY, "#/goods/lots");
    await user.type(await screen.findByTestId("list-filter"), "jk");
    await waitFor(() => expect(asked(door, "list").at(-1)?.text).toBe("jk"));
    expect(screen.queryByTestId("beside")).toBeNull();
  });

  it("shows no dead buttons: what is not allowed stands with its reason", async () => {
    const user = userEvent.setup();
    start(READY, `#/subject/${encodeURIComponent(lotRow(0).subject)}`);
    expect(await screen.findByTestId("action-supply-chain.processed")).toBeEnabled();
    await user.click(screen.getByTestId("action-more"));
    expect(await screen.findByText("This recall does not stand for these goods.")).toBeVisible();
    expect(screen.queryByTestId("action-supply-chain.recall-ended")).toBeNull();
  });
});

/** Where a signature that waits is noted. */
const UNSIGNED = "sealroad-unsigned";

describe("draft, review, sign", () => {
  const inspect = `#/form/supply-chain.inspected?about=${encodeURIComponent(lotRow(0).subject)}`;

  async function toReview(user: ReturnType<typeof userEvent.setup>) {
    await user.type(await screen.findByTestId("field-note"), "all good");
    await user.click(screen.getByTestId("field-outcome"));
    await user.click(await screen.findByRole("option", { name: "Passed" }));
    await user.click(screen.getByTestId("review"));
    return screen.findByTestId("review-screen");
  }

  it("keeps a draft while typing, shows what will be signed, and signs by one key after ten seconds or at once", async () => {
    const user = userEvent.setup();
    const door = start(READY, inspect);
    const page = await toReview(user);
    expect(asked(door, "save-draft").at(-1)).toMatchObject({
      kind: "supply-chain.inspected",
      form: { values: { note: "all good" } },
    });
    expect(window.location.hash).toContain("draft=d1");
    expect(within(page).getByText("all good")).toBeVisible();
    expect(screen.getByTestId("fingerprint")).toHaveTextContent("1732 37d6 17bc 0519");
    expect(screen.getByTestId("consequences")).toHaveTextContent("It stays for ever");
    await user.keyboard("s");
    expect(await screen.findByTestId("signing-waiting")).toBeVisible();
    expect(sessionStorage.getItem(UNSIGNED)).toContain("d1");
    expect(asked(door, "sign")).toHaveLength(0);
    await user.click(screen.getByTestId("sign-now"));
    expect(sessionStorage.getItem(UNSIGNED)).toBeNull();
    expect(await screen.findByTestId("signing-signed")).toBeVisible();
    expect(asked(door, "sign")).toEqual([{ call: "sign", review: "r1", draft: "d1" }]);
  });

  it("shows after a reload the draft that the address names", async () => {
    const values = { note: "all good" };
    start(READY, `${inspect}&draft=d1`, {
      drafts: () => [{ id: "d1", kind: "supply-chain.inspected", form: { about: null, values }, changed: "" }],
    });
    expect(await screen.findByTestId("field-note")).toHaveValue("all good");
  });

  it("says after a reload that what waited was not signed", async () => {
    sessionStorage.setItem(UNSIGNED, JSON.stringify({ kind: "supply-chain.inspected", draft: "d1" }));
    const door = start(READY, "#/", { drafts: () => [] });
    expect(await screen.findByTestId("signing-unsigned")).toHaveTextContent("not signed yet");
    expect(window.location.hash).toBe("#/draft/d1");
    expect(asked(door, "sign")).toHaveLength(0);
    expect(sessionStorage.getItem(UNSIGNED)).toBeNull();
  });

  it("signs nothing when undone, and goes back to the draft", async () => {
    const user = userEvent.setup();
    const door = start(READY, inspect);
    await toReview(user);
    await user.click(screen.getByTestId("sign"));
    await user.click(await screen.findByTestId("undo"));
    expect(window.location.hash).toBe("#/draft/d1");
    expect(screen.queryByTestId("signing-waiting")).toBeNull();
    expect(asked(door, "sign")).toHaveLength(0);
  });

  it("shows a broken rule beside its field while typing", async () => {
    const user = userEvent.setup();
    const door = start(READY, inspect);
    door.own.check = () => ({
      problems: [{ code: "supply-chain.condition-missing", field: "note", values: {}, retry: false }],
    });
    await user.click(await screen.findByTestId("field-outcome"));
    await user.click(await screen.findByRole("option", { name: "Passed under conditions" }));
    expect(await screen.findByText("Say in the note which conditions.")).toBeVisible();
  });
});

describe("verify", () => {
  it("says in one sentence what is wrong, and which checks were run", async () => {
    const user = userEvent.setup();
    const door = start(READY, "#/verify");
    const input = await screen.findByTestId("verify-drop");
    const field = input.querySelector('input[type="file"]') as HTMLInputElement;
    await user.upload(field, new File(["{}"], "evidence.json", { type: "application/json" }));
    expect(await screen.findByTestId("verify-verdict")).toHaveTextContent("something was left out");
    expect(asked(door, "verify")[0]?.file).toBe(btoa("{}"));
    expect(screen.getByTestId("verify-check-signature")).toHaveAttribute("data-state", "passed");
    expect(screen.getByTestId("verify-check-completeness")).toHaveAttribute("data-state", "failed");
  });
});

describe("a scanner", () => {
  it("is told from a person by its speed and opens scan mode with what it read", async () => {
    const door = start(READY);
    door.own.search = () => ({ rows: [lotRow(0)], read_as: "words", exact: lotRow(0).subject });
    await screen.findByTestId("app");
    for (const key of [..."395060000011800018", "Enter"]) {
      act(() => void window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
    }
    expect(await screen.findByTestId("scan-ok")).toHaveTextContent("Yarn 0");
    expect(asked(door, "search").at(-1)?.text).toBe("395060000011800018");
  });
});

describe("accessibility (axe)", () => {
  const pages: Array<[string, string, string]> = [
    ["home", "#/", "home-now"],
    ["lots", "#/goods/lots", "table-lots"],
    ["a lot", `#/subject/${encodeURIComponent(lotRow(0).subject)}`, "timeline"],
    ["a form", "#/form/logistics.shipment-planned", "form-logistics.shipment-planned"],
    ["verify", "#/verify", "verify-drop"],
    ["ledger", "#/ledger", "records"],
    ["a record", `#/record/${"ab".repeat(32)}`, "proof"],
    ["settings", "#/settings", "settings-language"],
    ["import", "#/import", "import-drop"],
    ["scan", "#/scan", "scan-field"],
  ];
  it.each(pages)("%s has no violations", async (_, hash, ready) => {
    start(READY, hash);
    await screen.findByTestId(ready);
    expect(await violations()).toEqual([]);
  });

  it("first run has no violations", async () => {
    start(FIRST_RUN);
    await screen.findByTestId("first-run");
    expect(await violations()).toEqual([]);
  });
});
