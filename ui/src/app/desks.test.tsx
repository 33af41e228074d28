import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { DesksPage } from "../api/generated";
import { READY } from "../api/mock";
import * as M from "../api/mock-desks";
import { ALLIANCE, OPERATORS, SOLO } from "../api/mock-network";
import { i18next } from "./i18n";
import { asked, start, violations } from "./test-start";

const PAGE = "#/network/desks";
const ME = OPERATORS[0];
const fresh = { ...READY, party: ME, time: new Date().toISOString() };
const has = (more: Partial<DesksPage>) => ({ desks: () => ({ ...M.QUIET, ...more }) });
const reviewed = (door: ReturnType<typeof start>) => asked(door, "review").at(-1)?.payloads[0];
const unknown = () => {
  throw { code: "unknown-subject", field: "subject", values: {}, retry: false };
};

describe("what waits between desktops", () => {
  it.each([
    [M.SIGNED, "signed", "Signed", "Only here so far."],
    [M.SHARED, "shared", "With the other firm", "Duisburg Port Logistics: has it and found it good."],
    [M.AGREED, "agreed", "Agreed", "Both sides have signed. Not final until it is confirmed."],
    [M.ANSWER, "agreed", "Agreed", "Signed by Duisburg Port Logistics"],
    [M.OFFER, "received", "Received", "Duisburg Port Logistics handed it over; found good here."],
  ])("says how far a record has come: %s", async (id, state, word, sentence) => {
    start(fresh, PAGE);
    const card = await screen.findByTestId(`waiting-${id}`);
    expect(within(card).getByTestId(`state-${state}`)).toHaveTextContent(word);
    expect(card).toHaveTextContent(sentence);
  });

  it("says why the other desktop does not take a record, and of no other", async () => {
    start(fresh, PAGE);
    const card = await screen.findByTestId(`waiting-${M.NOT_KEPT}`);
    expect(within(card).getByTestId("not-kept")).toHaveTextContent(
      "does not take it: Custody is on offer. Wait for the answer, or withdraw the offer.",
    );
    expect(screen.getAllByTestId("not-kept")).toHaveLength(1);
  });

  it("tells a record in words, and leads to it", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE);
    const card = await screen.findByTestId(`waiting-${M.SHARED}`);
    expect(card).not.toHaveTextContent("Packages");
    await user.click(within(card).getByRole("button", { name: "What it says" }));
    expect(card).toHaveTextContent(/Packages\s*40/);
    expect(within(card).getByRole("link", { name: "See the record" })).toHaveAttribute("href", `#/record/${M.SHARED}`);
  });

  it("refetches when something between desktops changed", async () => {
    let waiting = M.WAITING;
    const door = start(fresh, PAGE, { desks: () => ({ ...M.DESKS, waiting }) });
    await screen.findByTestId(`waiting-${M.SIGNED}`);
    waiting = waiting.map((line) => (line.id === M.SIGNED ? { ...line, progress: "agreed" as const } : line));
    door.tell({ event: "session" });
    const card = screen.getByTestId(`waiting-${M.SIGNED}`);
    await waitFor(() => expect(within(card).getByTestId("state-agreed")).toBeVisible());
  });

  it("says so when nothing waits and nobody is known", async () => {
    start(fresh, PAGE, has({}));
    expect(await screen.findByTestId("desk-waiting")).toHaveTextContent("Nothing waits");
    expect(screen.getByTestId("desktops")).toHaveTextContent("No desktop was introduced yet.");
    for (const part of ["desk-offers", "desk-choices", "desk-aside"]) expect(screen.queryByTestId(part)).toBeNull();
  });
});

describe("an offer from another desktop", () => {
  it("is accepted by its form, though the ledger does not hold the shipment yet", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { open: unknown });
    const offer = within(await screen.findByTestId("desk-offers"));
    // Nothing leads to a page that is not there.
    expect(offer.queryByRole("link", { name: /DU-0042/ })).toBeNull();
    await user.click(offer.getByTestId(`desk-accept-${M.OFFER}`));
    expect(await screen.findByTestId("field-packages")).toHaveValue("40");
    expect(screen.getByTestId("form-about")).toHaveTextContent("DU-0042");
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(reviewed(door)).toEqual({
      kind: "logistics.handover-accepted.1",
      body: {
        shipment: `shipment:${ME}:DU-0042`,
        offer: M.OFFER,
        packages: 40,
        at: expect.objectContaining({ time: expect.any(String) }),
      },
    });
    await user.click(screen.getByTestId("sign"));
    expect(await screen.findByTestId("desks-page")).toBeVisible();
    expect(screen.getByTestId("signing-waiting")).toBeVisible();
  });

  it("is declined with a reason, and the draft keeps what it answers", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { open: unknown });
    await user.click(await screen.findByTestId(`desk-decline-${M.OFFER}`));
    await user.type(await screen.findByTestId("field-reason"), "Seal broken.");
    const said = { shipment: `shipment:${ME}:DU-0042`, offer: M.OFFER };
    await waitFor(() =>
      expect(asked(door, "save-draft").at(-1)?.form).toMatchObject({ fixed: said, back: "network/desks" }),
    );
    const form = asked(door, "save-draft").at(-1)?.form ?? null;
    cleanup();
    const draft = { id: "d1", kind: "logistics.handover-ended", form, changed: fresh.time };
    const later = start(fresh, "#/draft/d1", { open: unknown, drafts: () => [draft] });
    expect(await screen.findByTestId("field-reason")).toHaveValue("Seal broken.");
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(reviewed(later)).toEqual({
      kind: "logistics.handover-ended.1",
      body: { ...said, reason: "Seal broken." },
    });
  });

  it("is answered by the keyboard alone", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE, { open: unknown });
    const accept = await screen.findByRole("button", { name: "Accept: Shipment DU-0042" });
    for (let n = 0; n < 60 && document.activeElement !== accept; n += 1) await user.tab();
    expect(accept).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("form-logistics.handover-accepted")).toBeVisible();
  });
});

describe("two records that cannot both stand", () => {
  it("stand side by side, and what differs is marked, and nothing else", async () => {
    start(fresh, PAGE);
    const choice = within(await screen.findByTestId(`choice-${M.RIVAL}`));
    const conveyance = choice.getByTestId("pair-conveyance");
    expect(conveyance).toHaveTextContent("differs");
    expect(conveyance).toHaveTextContent("TRAIN 75041TRAIN 75043");
    expect(choice.getByTestId("pair-at")).toHaveTextContent("differs");
    for (const alike of ["kind", "claimed", "place", "mode", "seals"])
      expect(choice.getByTestId(`pair-${alike}`)).not.toHaveTextContent("differs");
  });

  it.each([
    ["take-theirs", true, "Theirs stands."],
    ["keep-ours", false, "Yours stays."],
  ])("are settled by %s, and it is said what follows", async (button, theirs, said) => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { "desk-choose": () => M.QUIET });
    await user.click(await screen.findByTestId(`${button}-${M.RIVAL}`));
    expect(await screen.findByTestId("chosen")).toHaveTextContent(said);
    expect(asked(door, "desk-choose")).toEqual([{ call: "desk-choose", rival: M.RIVAL, theirs }]);
    expect(screen.queryByTestId(`choice-${M.RIVAL}`)).toBeNull();
  });

  it("say so when it was settled meanwhile", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE, {
      "desk-choose": () => {
        throw { code: "desk.settled", field: null, values: {}, retry: false };
      },
    });
    await user.click(await screen.findByTestId(`take-theirs-${M.RIVAL}`));
    expect(await screen.findByTestId("problem")).toHaveTextContent("There is nothing to choose any more");
  });

  it("differ in kind and in what only one of them says", async () => {
    const theirs = { ...M.CHOICE.theirs, payload: (M.WAITING[1] as (typeof M.WAITING)[0]).payload };
    start(fresh, PAGE, has({ choices: [{ ...M.CHOICE, theirs }] }));
    const choice = within(await screen.findByTestId(`choice-${M.RIVAL}`));
    expect(choice.getByTestId("pair-kind")).toHaveTextContent("differs");
    expect(choice.getByTestId("pair-conveyance")).toHaveTextContent("not said");
  });
});

describe("what was set aside", () => {
  it("says why, and what stands instead", async () => {
    start(fresh, PAGE);
    const card = await screen.findByTestId(`aside-${M.ASIDE}`);
    expect(card).toHaveTextContent("Somebody has changed it since you looked.");
    expect(within(card).getByTestId(`instead-${M.ASIDE}`)).toHaveAttribute("href", `#/record/${M.INSTEAD}`);
  });

  it("is signed again with the same body, and is seen to only once it was signed", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { open: unknown });
    await user.click(await screen.findByTestId(`again-${M.ASIDE}`));
    await screen.findByTestId("form-logistics.handover-accepted");
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(reviewed(door)).toEqual(M.SET_ASIDE.payload);
    await user.click(screen.getByTestId("sign"));
    await user.click(await screen.findByTestId("undo"));
    expect(asked(door, "aside-done")).toEqual([]);
    await user.click(await screen.findByTestId(`again-${M.ASIDE}`));
    await user.click(await screen.findByTestId("review"));
    await user.click(await screen.findByTestId("sign"));
    await user.click(await screen.findByTestId("sign-now"));
    await waitFor(() => expect(asked(door, "aside-done")).toEqual([{ call: "aside-done", id: M.ASIDE }]));
    expect(door.asked.findIndex((c) => c.call === "sign")).toBeLessThan(
      door.asked.findIndex((c) => c.call === "aside-done"),
    );
  });

  it("stays when signing it again fails", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, {
      open: unknown,
      sign: () => {
        throw { code: "review-gone", field: null, values: {}, retry: false };
      },
    });
    await user.click(await screen.findByTestId(`again-${M.ASIDE}`));
    await user.click(await screen.findByTestId("review"));
    await user.click(await screen.findByTestId("sign"));
    await user.click(await screen.findByTestId("sign-now"));
    await screen.findByTestId("signing-failed");
    expect(asked(door, "aside-done")).toEqual([]);
  });

  it("goes with its draft when that is discarded, which is said before", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { open: unknown, "discard-draft": () => ({}) });
    await user.click(await screen.findByTestId(`again-${M.ASIDE}`));
    await user.type(await screen.findByTestId("field-remark"), "x");
    await user.click(await screen.findByTestId("discard"));
    const sure = screen.getByTestId("discard-sure");
    expect(sure).toHaveTextContent("let the record that was set aside go");
    expect(asked(door, "aside-done")).toEqual([]);
    await user.click(sure);
    await waitFor(() => expect(asked(door, "aside-done")).toEqual([{ call: "aside-done", id: M.ASIDE }]));
    expect(asked(door, "discard-draft")).toHaveLength(1);
  });

  it("is let go only when asked a second time", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { "aside-done": () => M.QUIET });
    await user.click(await screen.findByTestId(`let-go-${M.ASIDE}`));
    expect(screen.getByTestId(`aside-${M.ASIDE}`)).toHaveTextContent("will not be shown any more");
    await user.click(screen.getByRole("button", { name: "No, leave it here" }));
    expect(asked(door, "aside-done")).toEqual([]);
    await user.click(screen.getByTestId(`let-go-${M.ASIDE}`));
    await user.click(screen.getByTestId(`let-go-sure-${M.ASIDE}`));
    await waitFor(() => expect(screen.queryByTestId(`aside-${M.ASIDE}`)).toBeNull());
    expect(asked(door, "aside-done")).toEqual([{ call: "aside-done", id: M.ASIDE }]);
  });
});

describe("desktops that know each other", () => {
  it("are listed with when they were heard, and why not", async () => {
    start(fresh, PAGE);
    const [near, silent, far] = M.NODES;
    const first = await screen.findByTestId(`desk-${near}`);
    expect(first).toHaveTextContent("4 seconds ago");
    expect(within(first).getByTestId("state-heard")).toBeVisible();
    expect(screen.getByTestId(`desk-${silent}`)).toHaveTextContent(/no address: it reaches us.*never.*Not heard yet/);
    const last = screen.getByTestId(`desk-${far}`);
    expect(within(last).getByTestId("state-unreached")).toBeVisible();
    expect(last).toHaveTextContent("Last try: could not be reached");
  });

  it("say in words that the other does not know us", async () => {
    const stranger = { ...(M.DESKS.desks[2] as (typeof M.DESKS.desks)[0]), failed: "exchange.stranger" };
    start(fresh, PAGE, has({ desks: [stranger] }));
    expect(await screen.findByTestId(`desk-${stranger.node}`)).toHaveTextContent(
      "The other desktop does not know ours.",
    );
  });

  it("are introduced by a card that is pasted or scanned", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, {
      desks: () => M.QUIET,
      "desk-meet": () => ({ ...M.QUIET, desks: [M.DESKS.desks[0]] }),
    });
    const field = await screen.findByTestId("meet-card");
    expect(screen.getByTestId("meet")).toBeDisabled();
    await user.click(field);
    await user.paste(` ${M.CARD}\n`);
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("met")).toHaveTextContent("Duisburg Port Logistics is known here now.");
    expect(asked(door, "desk-meet")).toEqual([{ call: "desk-meet", card: M.CARD }]);
    expect(field).toHaveValue("");
  });

  it("are not introduced by something else, and it stays in the field", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE, {
      "desk-meet": () => {
        throw { code: "desk.bad-card", field: "card", values: {}, retry: false };
      },
    });
    await user.type(await screen.findByTestId("meet-card"), "hello{Enter}");
    expect(await screen.findByText(/This is no card of a desktop/)).toBeVisible();
    expect(screen.getByTestId("meet-card")).toHaveValue("hello");
  });

  it("are forgotten only when asked a second time", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE);
    await user.click(await screen.findByRole("button", { name: "Forget Xi'an Rail Terminal" }));
    expect(asked(door, "desk-forget")).toEqual([]);
    await user.click(screen.getByTestId(`forget-sure-${M.NODES[2]}`));
    await waitFor(() => expect(asked(door, "desk-forget")).toEqual([{ call: "desk-forget", node: M.NODES[2] }]));
  });

  it("take our card by a copy or from the screen", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE);
    expect(await screen.findByTestId("own-card")).toHaveTextContent(M.CARD);
    await user.click(screen.getByTestId("own-card-copy"));
    expect(await navigator.clipboard.readText()).toBe(M.CARD);
    await user.click(screen.getByTestId("own-card-qr"));
    expect(screen.getByTestId("qr")).toBeVisible();
  });
});

describe("being reachable", () => {
  it("begins on a port, or on any that is free, and refuses what is none", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, has({}));
    door.own["desk-listen"] = () => M.QUIET;
    const port = await screen.findByTestId("listen-port");
    await user.type(port, "70000{Enter}");
    expect(screen.getByText(/from 1 to 65535/)).toBeVisible();
    await user.clear(port);
    await user.type(port, "4800{Enter}");
    await waitFor(() => expect(asked(door, "desk-listen")).toHaveLength(1));
    await user.clear(port);
    await user.click(screen.getByTestId("listen-start"));
    await waitFor(() => expect(asked(door, "desk-listen").map((c) => c.port)).toEqual([4_800, 0]));
  });

  it("shows where, and ends", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE, { "desk-listen": () => ({ ...M.DESKS, listening: null }) });
    expect(await screen.findByTestId("listening")).toHaveTextContent("10.0.4.11:52311");
    await user.click(screen.getByTestId("listen-stop"));
    await waitFor(() => expect(screen.getByTestId("listening")).toHaveTextContent("Now it only asks the others."));
    expect(asked(door, "desk-listen")).toEqual([{ call: "desk-listen", port: null }]);
  });

  it("says why a port cannot be taken", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE, {
      ...has({}),
      "desk-listen": () => {
        const values = { value: "80", what: "permission denied" };
        throw { code: "desk.cannot-listen", field: "port", values, retry: false };
      },
    });
    await user.type(await screen.findByTestId("listen-port"), "80{Enter}");
    expect(await screen.findByText(/Port 80 cannot be listened on: permission denied/)).toBeVisible();
  });
});

describe("the ways there", () => {
  it.each([
    ["desk-offers", 1, "An offer of custody came straight", "waiting"],
    ["desk-offers", 3, "3 offers of custody came straight", "waiting"],
    ["desk-choices", 1, "A record of yours and one of another firm cannot both stand", "choices"],
    ["aside", 2, "2 signed records were set aside", "aside"],
  ])("lead from Home: %s, %i", async (code, count, said, at) => {
    const user = userEvent.setup();
    const entry = { code, subject: null, row: null, draft: null, time: null, values: { count: `${count}` }, names: {} };
    start(fresh, "#/", { home: () => ({ now: [entry], waiting: [], watch: [], thread: null }) });
    const line = await screen.findByTestId(`home-${code}`);
    expect(line).toHaveTextContent(said);
    await user.click(within(line).getByRole("link"));
    await screen.findByTestId("desks-page");
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-part", at));
  });

  it("lead from the network page, by a key too, with how much is to be seen to", async () => {
    const user = userEvent.setup();
    start(fresh, "#/network", { network: () => ALLIANCE });
    await waitFor(() => expect(screen.getByTestId("desks-open")).toHaveTextContent("3 things to see to"));
    await user.keyboard("d");
    expect(await screen.findByTestId("desks-page")).toBeVisible();
    expect(screen.getByTestId("nav-network")).toHaveAttribute("aria-current", "page");
  });

  it("are not there where one firm keeps the ledger alone", async () => {
    start({ ...fresh, validators: [1, 1] }, "#/network", { network: () => SOLO });
    await screen.findByTestId("alone");
    expect(screen.queryByTestId("desks-open")).toBeNull();
    cleanup();
    start({ ...fresh, validators: [1, 1] }, PAGE, has({ card: null }));
    expect(await screen.findByText(/One firm keeps this ledger alone/)).toBeVisible();
    expect(screen.queryByTestId("desktops")).toBeNull();
  });
});

describe("accessibility of the page about desktops (axe)", () => {
  it.each(["en", "zh", "de"])("has no violations in %s", async (language) => {
    start({ ...fresh, language }, PAGE, { settings: () => ({ language, scheme: "light", sounds: false }) });
    await screen.findByTestId(`choice-${M.RIVAL}`);
    await waitFor(() => expect(i18next.language).toBe(language));
    expect(await violations()).toEqual([]);
  });

  it("has none when empty, nor while it asks and shows a code", async () => {
    start(fresh, PAGE, has({}));
    fireEvent.click(await screen.findByTestId("own-card-qr"));
    expect(await violations()).toEqual([]);
    cleanup();
    start(fresh, PAGE);
    fireEvent.click(await screen.findByTestId(`let-go-${M.ASIDE}`));
    fireEvent.click(screen.getByTestId(`forget-${M.NODES[0]}`));
    expect(await violations()).toEqual([]);
  });
});
