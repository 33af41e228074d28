import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { KeysPage } from "../api/generated";
import { FIRST_RUN, READY } from "../api/mock";
import { CLERK, KEYS, KIT, ROOT } from "../api/mock-keys";
import { INVITATION } from "../api/mock-network";
import { wordsIn } from "../features/keys/WordsInput";
import { asked, start, violations } from "./test-start";

const PAGE = "#/keys";
const page = (changed: Partial<KeysPage>) => ({ keys: () => ({ ...KEYS, ...changed }) });
const refusal =
  (code: string, values: Record<string, string>, field: string | null = "words") =>
  () => {
    throw { code, field, values, retry: code === "keys.party-unseen" };
  };
const NEW = { ...KIT, named: null, tried: null, file: "/media/a/Downloads/kit.html" };

describe("the page of the keys", () => {
  it("says how each key stands, and since when one is suspect", async () => {
    const keys = [
      { ...CLERK, label: "Ends", standing: "expiring" as const, until: new Date(Date.now() + 3e8).toISOString() },
      { ...CLERK, label: "Over", height: 13, standing: "expired" as const, until: "2026-11-10T08:00:00.000Z" },
      {
        ...CLERK,
        label: "Gone",
        height: 14,
        standing: "revoked" as const,
        revoked_height: 1_234,
        revoked: "2026-11-12T08:00:00.000Z",
        suspected_since: "2026-11-11T08:00:00.000Z",
      },
      { ...ROOT, height: 2, here: false, standing: "revoked" as const, revoked_height: 3 },
    ];
    start(READY, PAGE, page({ keys }));
    const lines = within(await screen.findByTestId("keys-list")).getAllByRole("listitem");
    expect(lines.map((line) => line.querySelector("strong")?.textContent)).toEqual([
      "Ends",
      "Over",
      "Gone",
      "Former root key",
    ]);
    expect(within(lines[0] as HTMLElement).getByTestId("state-expiring")).toHaveTextContent("Ends soon");
    expect(within(lines[1] as HTMLElement).getByTestId("state-expired")).toHaveTextContent("Ended");
    expect(lines[2]).toHaveTextContent("block 1,234");
    expect(lines[2]).toHaveTextContent("marked as suspect");
    expect(screen.getByTestId("key-ends")).toHaveTextContent("Nobody is locked out");
    expect(within(lines[3] as HTMLElement).queryByTestId("key-again")).toBeNull();
  });

  it("revokes a key, and grants one anew with what it had", async () => {
    const user = userEvent.setup();
    const door = start(READY, PAGE, page({ keys: [{ ...CLERK, standing: "expired" }] }));
    await user.click(await screen.findByTestId("key-again"));
    await screen.findByTestId("form-parties.mandate-granted");
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(asked(door, "review")[0]?.payloads[0]).toMatchObject({
      kind: "parties.mandate-granted.1",
      body: { key: CLERK.key, label: "Clerk 2", kinds: ["logistics.*"] },
    });
  });

  it("lets a mandate that ends go on, in one review", async () => {
    const user = userEvent.setup();
    const door = start(READY, PAGE, page({ keys: [{ ...CLERK, standing: "expiring" }] }));
    await user.click(await screen.findByTestId("key-renew"));
    await user.click(await screen.findByTestId("renew-review"));
    await screen.findByTestId("review-screen");
    expect(asked(door, "review")[0]?.payloads).toEqual([
      { kind: "parties.mandate-revoked.1", body: { key: CLERK.key, reason: "Renewed" } },
      {
        kind: "parties.mandate-granted.1",
        body: { key: CLERK.key, label: "Clerk 2", holder: "clerk", kinds: ["logistics.*"] },
      },
    ]);
  });

  it("offers nothing to a key that may not", async () => {
    const ours = { ...CLERK, standing: "granted" as const };
    start({ ...READY, key_standing: "granted" }, PAGE, page({ ours }));
    await screen.findByTestId("keys-list");
    for (const id of ["grant", "key-revoke", "replace-root", "kit-make", "kit-another", "own-key"])
      expect(screen.queryByTestId(id)).toBeNull();
    expect(screen.getByTestId("recover-open")).toBeVisible();
  });

  it("shows the key of a machine that may not sign yet, to be granted", async () => {
    start(READY, PAGE, page({ ours: { ...CLERK, standing: "waiting" } }));
    const own = await screen.findByTestId("own-key");
    expect(own).toHaveTextContent(CLERK.fingerprint);
    expect(within(own).getByTestId("own-key-text")).toHaveTextContent(CLERK.key);
    expect(within(own).getByTestId("qr")).toBeVisible();
  });

  it("replaces the root key by a record like any other", async () => {
    const user = userEvent.setup();
    start(READY, PAGE);
    await user.click(await screen.findByTestId("replace-root"));
    await screen.findByTestId("form-parties.root-replaced");
    expect(screen.getByTestId("field-key")).toHaveValue(CLERK.key);
  });
});

describe("the recovery kit", () => {
  it("is made where one says, and its words are never in the page", async () => {
    const user = userEvent.setup();
    const door = start(READY, PAGE, page({ kit: null }));
    expect(await screen.findByTestId("kit-none")).toHaveTextContent("No recovery kit");
    const folder = screen.getByTestId("kit-folder");
    expect(folder).toHaveValue("/media/a/Downloads");
    await user.clear(folder);
    await user.type(folder, "/media/usb");
    await user.click(screen.getByTestId("kit-make"));
    await waitFor(() =>
      expect(asked(door, "kit-make")).toEqual([{ call: "kit-make", to: "/media/usb", language: "en" }]),
    );
  });

  it("is tried from the paper: what is wrong is said by its place, and nothing typed is lost", async () => {
    const user = userEvent.setup();
    const wrong = refusal("keys.word-unknown", { position: "4", value: "duch" });
    const door = start(READY, PAGE, { ...page({ kit: null, new_kit: NEW }), "kit-try": wrong });
    const words = await screen.findByTestId("words");
    fireEvent.change(words, { target: { value: "1. hamster 2. diagram 3. private 4. duch" } });
    expect(screen.getByTestId("words-count")).toHaveTextContent("4 of 24 words");
    await user.click(screen.getByTestId("kit-try"));
    expect(await screen.findByText(/Word 4 is not on the list: “duch”/)).toBeVisible();
    expect(screen.getByTestId("words")).toHaveValue("1. hamster 2. diagram 3. private 4. duch");
    expect(screen.queryByTestId("kit-name")).toBeNull();
    door.own["kit-try"] = () => ({ key: KIT.key, fingerprint: KIT.fingerprint, named: false });
    door.own.keys = () => ({ ...KEYS, kit: null, new_kit: { ...NEW, tried: KIT.tried } });
    await user.click(screen.getByTestId("kit-try"));
    await user.click(await screen.findByTestId("kit-name"));
    await screen.findByTestId("form-parties.recovery-named");
    expect(screen.getByTestId("field-key")).toHaveValue(KIT.key);
  });

  it("says that its page still lies there, and deletes it", async () => {
    const user = userEvent.setup();
    const door = start(READY, PAGE, page({ kit: { ...KIT, file: "/media/a/Downloads/kit.html" } }));
    expect(await screen.findByTestId("kit-file")).toHaveTextContent("/media/a/Downloads/kit.html");
    await user.click(screen.getByTestId("kit-forget"));
    await waitFor(() => expect(asked(door, "kit-forget")).toHaveLength(1));
  });

  it("counts words, not the numbers before them", () => {
    expect(wordsIn("1. one, 2) two\n3: three  ")).toBe(3);
    expect(wordsIn("")).toBe(0);
  });
});

describe("coming back with the kit", () => {
  const words = "abandon ".repeat(23).concat("art");

  it("reviews and signs what the kit says, and keeps the words when it cannot yet", async () => {
    const user = userEvent.setup();
    const door = start(READY, `${PAGE}/recover`, { recover: refusal("keys.party-unseen", {}, null) });
    fireEvent.change(await screen.findByTestId("words"), { target: { value: words } });
    await user.click(screen.getByTestId("recover-review"));
    expect(await screen.findByTestId("problem")).toHaveTextContent("what you typed stays");
    expect(screen.getByTestId("words")).toHaveValue(words);
    door.own.recover = () => ({ review: "r9", records: [], fingerprint: "1732 37d6 17bc 0519", problems: [] });
    await user.click(screen.getByTestId("recover-review"));
    await user.click(await screen.findByTestId("sign"));
    await user.click(await screen.findByTestId("sign-now"));
    await waitFor(() => expect(asked(door, "sign")).toEqual([{ call: "sign", review: "r9", draft: null }]));
    expect(asked(door, "recover")[0]).toEqual({
      call: "recover",
      words,
      reason: "Keys lost",
      suspected_since: null,
      passphrase: null,
    });
    expect(window.location.hash).toBe(PAGE);
  });

  it("asks for a new passphrase where the keys cannot be opened, and is offered where one unlocks", async () => {
    const user = userEvent.setup();
    const door = start({ ...READY, stage: "locked", locked: true, key: null, key_standing: null }, "#/");
    await user.click(await screen.findByTestId("unlock-open"));
    await user.click(await screen.findByTestId("unlock-lost"));
    fireEvent.change(await screen.findByTestId("words"), { target: { value: words } });
    await user.click(screen.getByTestId("recover-review"));
    expect(asked(door, "recover")).toEqual([]);
    fireEvent.change(screen.getByTestId("field-passphrase"), { target: { value: "another horse" } });
    await user.click(screen.getByTestId("recover-review"));
    await waitFor(() => expect(asked(door, "recover")[0]?.passphrase).toBe("another horse"));
  });

  it("joins as a firm that is there already, by its did:key or the text of its kit's code", async () => {
    const user = userEvent.setup();
    const door = start(FIRST_RUN, "#/", { "join-firm": () => READY });
    await user.click(await screen.findByTestId("first-run-join"));
    const input = (await screen.findByTestId("join-drop")).querySelector("input[type=file]") as HTMLInputElement;
    fireEvent.change(input, { target: { files: [new File([JSON.stringify(INVITATION)], "invitation.json")] } });
    await user.click(await screen.findByTestId("join-known"));
    const firm = await screen.findByTestId("field-party");
    fireEvent.change(firm, { target: { value: `sealroad-kit.1 ${"ab".repeat(32)} ${ROOT.key} ${words}` } });
    expect(firm).toHaveValue(ROOT.key);
    fireEvent.change(screen.getByTestId("field-passphrase"), { target: { value: "correct horse" } });
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("known-do"));
    await waitFor(() => expect(asked(door, "join-firm")[0]?.party).toBe(ROOT.key));
    await waitFor(() => expect(window.location.hash).toBe(PAGE));
  });

  it("brings a backup back, and says beside the field why it could not", async () => {
    const user = userEvent.setup();
    const door = start(FIRST_RUN, "#/", { restore: refusal("keys.path-relative", { value: "here" }, "folder") });
    await user.click(await screen.findByTestId("first-run-restore"));
    const folder = await screen.findByTestId("field-folder");
    fireEvent.change(folder, { target: { value: "here" } });
    await user.click(screen.getByTestId("restore-do"));
    expect(await screen.findByText(/here does not say where/)).toBeVisible();
    expect(folder).toHaveValue("here");
    door.own.restore = () => {
      door.session = READY;
      return READY;
    };
    await user.click(screen.getByTestId("restore-do"));
    await waitFor(() => expect(screen.queryByTestId("form-restore")).toBeNull());
  });
});

describe("keys on Home", () => {
  it("leads to the page of the keys", async () => {
    const entry = (code: string) => ({
      code,
      subject: null,
      row: null,
      draft: null,
      time: null,
      values: { label: "Clerk 2" },
      names: {},
    });
    const codes = ["key-expiring", "key-expired", "kit-missing", "kit-untried"];
    start(READY, "#/", {
      home: () => ({
        now: [entry("kit-file"), entry("key-waiting")],
        waiting: [],
        watch: codes.map(entry),
        thread: null,
      }),
    });
    expect(await screen.findByTestId("home-key-expiring")).toHaveTextContent("“Clerk 2” ends soon");
    for (const code of [...codes, "kit-file", "key-waiting"])
      expect(within(screen.getByTestId(`home-${code}`)).getByRole("link")).toHaveAttribute("href", PAGE);
  });
});

describe("accessibility of the keys (axe)", () => {
  it.each([
    ["the page", PAGE, "keys-list", {}],
    ["a new kit", PAGE, "kit-new", page({ kit: null, new_kit: NEW })],
    ["a key that waits", PAGE, "own-key", page({ ours: { ...CLERK, standing: "waiting" } })],
    ["recovery", `${PAGE}/recover`, "words", {}],
  ])("%s has no violations", async (_, hash, ready, own) => {
    start(READY, hash, own);
    await screen.findByTestId(ready);
    expect(await violations()).toEqual([]);
  });
});
