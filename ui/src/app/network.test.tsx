import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FIRST_RUN, READY } from "../api/mock";
import { ALLIANCE, INVITATION, NEWCOMER, OFFENCE, OPERATORS, PROPOSAL, SOLO, VOTES } from "../api/mock-network";
import { shortId } from "../shared/format";
import { asked, start, violations } from "./test-start";

const PAGE = "#/network";
const fresh = { ...READY, time: new Date().toISOString() };
const validators = (agreeing: number) => ({
  validators: ALLIANCE.validators.map((v, n) => ({ ...v, agreed: n < agreeing })),
  quorum: { weight: agreeing, of: 4, needed: 3 },
});

describe("the network page", () => {
  it("says who validates, who agrees, and which double vote is on record", async () => {
    start(fresh, PAGE);
    const first = await screen.findByTestId(`validator-${VOTES[0]}`);
    expect(first).toHaveTextContent("Jilin Textiles (us)");
    expect(within(first).getByTestId("state-agrees")).toHaveTextContent("Agrees");
    const last = screen.getByTestId(`validator-${VOTES[3]}`);
    expect(within(last).getByTestId("state-silent")).toHaveTextContent("Not signed");
    expect(within(last).getByTestId("offence")).toHaveTextContent("Signed two different blocks: block 48,002, round 1");
    expect(within(last).getByTestId("offence")).toHaveAttribute("href", `#/record/${OFFENCE}`);
  });

  it.each([
    [4, "4 of 4 validators agree; one more may fail."],
    [3, "3 of 4 validators signed the newest block: as many as it needs."],
    [2, "Nothing new is confirmed: 2 of 4 validators agree, 3 needed."],
  ])("says the margin before it is lost: %i agree", async (agreeing, said) => {
    start(fresh, PAGE, { network: () => ({ ...ALLIANCE, ...validators(agreeing) }) });
    expect(await screen.findByTestId("margin")).toHaveTextContent(said);
  });

  it("says how old the newest block is when none comes any more", async () => {
    start(fresh, PAGE, { network: () => ({ ...ALLIANCE, ...validators(4), age: 420 }) });
    expect(await screen.findByTestId("old")).toHaveTextContent("The newest block known here is 7 minutes old.");
  });

  it("says what was refused and by whom, and shows a code it does not know as it is", async () => {
    start(fresh, PAGE);
    const lines = within(await screen.findByTestId("refusals")).getAllByRole("listitem");
    expect(lines.map((line) => line.textContent)).toEqual([
      "We refused Rhein Customs Brokers once: sent a forged certificate of a block",
      "We refused Rhein Customs Brokers 12 times: sent more than agreed",
      "Rhein Customs Brokers refused us or failed 31 times: could not be reached",
      "Rhein Customs Brokers refused us or failed 2 times: net.of-tomorrow",
      "Somebody unknown, 3 times: came without a certificate",
    ]);
  });

  it("says what is kept here, and how far a lost ledger has come", async () => {
    const following = { subjects: 12, waiting: 3, good_until: "2026-12-20T08:00:00.000Z" };
    start(fresh, PAGE, { network: () => ({ ...ALLIANCE, following, catching_up: ALLIANCE.height + 5 }) });
    expect(await screen.findByTestId("network-kept")).toHaveTextContent("12 things with all their records");
    expect(screen.getByTestId("network-kept")).toHaveTextContent("3 still being fetched");
    expect(screen.getByTestId("network-catching-up")).toHaveTextContent("of 48,125");
  });

  it("takes a new invitation after the trusting period, and not before", async () => {
    const taken: string[] = [];
    start(fresh, PAGE, {
      network: () => ({ ...ALLIANCE, halted: "halt.trust-expired" }),
      trust: (call: { invitation: string }) => {
        taken.push(atob(call.invitation));
        return ALLIANCE;
      },
    });
    const drop = await screen.findByTestId("expired");
    const file = drop.querySelector("input[type=file]") as HTMLInputElement;
    fireEvent.change(file, { target: { files: [new File(["paper"], "new.json")] } });
    expect(await screen.findByText(/new\.json is trusted/)).toBeVisible();
    expect(taken).toEqual(["paper"]);
  });

  it("warns of a fork, and of nothing when there is none", async () => {
    start(fresh, PAGE, { network: () => ({ ...ALLIANCE, fork: "block 7" }) });
    expect(await screen.findByTestId("fork")).toHaveTextContent("block 7");
    expect(screen.queryByTestId("suspended")).toBeNull();
  });

  it("offers nothing to sign to whoever operates no validator", async () => {
    start(fresh, PAGE, { network: () => ({ ...ALLIANCE, operator: false }) });
    await screen.findByTestId("members");
    for (const id of ["propose", "member-new", `admit-${NEWCOMER}`, `approve-${PROPOSAL}`])
      expect(screen.queryByTestId(id)).toBeNull();
    expect(screen.getByTestId("invite-open")).toBeVisible();
  });

  it("says to one firm alone that it decides alone, and how to change that", async () => {
    const user = userEvent.setup();
    start({ ...fresh, validators: [1, 1] }, PAGE, { network: () => SOLO });
    expect(await screen.findByTestId("alone")).toHaveTextContent("you alone decide what is confirmed");
    expect(screen.queryByTestId("margin")).toBeNull();
    await user.click(screen.getByTestId("make-alliance"));
    expect(screen.getByTestId("make-alliance-how")).toHaveTextContent("sealroad network");
  });
});

describe("what operators sign", () => {
  const ofKind = (door: ReturnType<typeof start>) => asked(door, "review").at(-1)?.payloads[0];

  it("admits whoever waits, with a reason", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE);
    await user.click(await screen.findByTestId(`admit-${NEWCOMER}`));
    expect(await screen.findByTestId("field-party")).toHaveValue(NEWCOMER);
    expect(screen.getByTestId("member-whom")).toHaveTextContent("more than a third of the weight admits");
    await user.type(screen.getByTestId("field-reason"), "Known to us.");
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(ofKind(door)).toEqual({
      kind: "alliance.member-voted.1",
      body: { party: NEWCOMER, standing: "admitted", reason: "Known to us." },
    });
  });

  it("votes on a proposal that is shown in words", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE);
    await user.click(await screen.findByTestId(`reject-${PROPOSAL}`));
    expect(await screen.findByTestId("field-proposal")).toHaveTextContent(
      `Rhein Customs Brokers no longer validates with key ${shortId(VOTES[3])}`,
    );
    expect(screen.getByTestId("approve-no")).toBeChecked();
    await user.click(screen.getByTestId("approve-yes"));
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(ofKind(door)).toEqual({
      kind: "alliance.validators-voted.1",
      body: { proposal: PROPOSAL, approve: true },
    });
  });

  it("proposes from a validator's row, and a rule's word stands at the line it means", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE);
    door.own.check = () => ({
      problems: [{ code: "alliance.validator-party", field: "changes.1.key", values: {}, retry: false }],
    });
    await user.click(await screen.findByTestId(`validator-steps-${VOTES[1]}`));
    await user.click(await screen.findByTestId("propose-replace"));
    await user.type(await screen.findByTestId("field-changes.0.next"), NEWCOMER);
    await user.type(screen.getByTestId("field-reason"), "New machine.");
    expect(await screen.findByText(/This key belongs to another firm/)).toBeVisible();
    expect(screen.getByTestId("field-changes.0.next")).toHaveAttribute("aria-invalid", "true");
    door.own.check = () => ({ problems: [] });
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(ofKind(door)).toEqual({
      kind: "alliance.validators-proposed.1",
      body: {
        changes: [
          { key: VOTES[1], party: OPERATORS[1], weight: 0 },
          { key: NEWCOMER, party: OPERATORS[1], weight: 1 },
        ],
        reason: "New machine.",
      },
    });
  });

  it("keeps what was typed as a draft, and takes a new validator from its seat file", async () => {
    const user = userEvent.setup();
    const door = start(fresh, "#/form/alliance.validators-proposed");
    const seat = INVITATION.seats[2];
    await screen.findByTestId("field-changes.0.key");
    const field = document.querySelector('input[type="file"]') as HTMLInputElement;
    await user.upload(field, new File([JSON.stringify(seat)], "seat.json", { type: "application/json" }));
    await waitFor(() => expect(screen.getByTestId("field-changes.0.key")).toHaveValue(VOTES[2]));
    await waitFor(() =>
      expect(asked(door, "save-draft").at(-1)).toMatchObject({
        kind: "alliance.validators-proposed",
        form: { values: { changes: [{ what: "add", key: VOTES[2], party: OPERATORS[2], weight: "1" }] } },
      }),
    );
  });
});

describe("an invitation", () => {
  it("is shown as a QR code and saved as a file, by a key too", async () => {
    const user = userEvent.setup();
    const saved: string[] = [];
    URL.createObjectURL = () => "blob:invitation";
    URL.revokeObjectURL = (address) => void saved.push(address);
    start(fresh, PAGE);
    await screen.findByTestId("invite-open");
    await user.keyboard("i");
    expect(await screen.findByTestId("qr")).toBeVisible();
    await user.click(screen.getByTestId("invite-save"));
    expect(saved).toEqual(["blob:invitation"]);
    expect(screen.getByTestId("invite")).toHaveTextContent("Saved as invitation.json");
  });

  const paper = (text: string) => new File([text], "invitation.json", { type: "application/json" });
  const drop = () => screen.findByTestId("join-drop-file") as Promise<HTMLInputElement>;

  it("is joined with: network and validators are shown before the firm is entered", async () => {
    const user = userEvent.setup();
    const door = start(FIRST_RUN);
    const joined = { ...fresh, party: NEWCOMER, party_view: null };
    door.own["set-up"] = () => {
      door.session = joined;
      return joined;
    };
    door.own.network = () => ({ ...ALLIANCE, party: NEWCOMER, operator: false });
    await user.click(await screen.findByTestId("first-run-join"));
    await user.upload(await drop(), paper("{}"));
    expect(await screen.findByTestId("no-invitation")).toHaveTextContent("invitation.json is not an invitation");
    const text = JSON.stringify(INVITATION);
    await user.upload(await drop(), paper(text));
    const shown = await screen.findByTestId("invitation");
    expect(shown).toHaveTextContent("Changchun–Duisburg lane");
    expect(shown).toHaveTextContent("Duisburg Port Logistics");
    expect(shown).toHaveTextContent("What you sign is seen by all members");
    await user.click(screen.getByTestId("join-go"));
    await user.type(await screen.findByTestId("field-name"), "Wolle & Faden");
    await user.type(screen.getByTestId("field-country"), "Germany (DE)");
    await user.click(await screen.findByRole("option", { name: "Germany (DE)" }));
    await user.type(screen.getByTestId("field-passphrase"), "long enough");
    await user.click(screen.getByTestId("set-up"));
    expect(await screen.findByTestId("admission-party")).toHaveTextContent(NEWCOMER);
    expect(screen.getByTestId("admission")).toHaveTextContent("Waiting to be admitted to Changchun–Duisburg lane.");
    const given = asked(door, "set-up")[0]?.invitation ?? "";
    const bytes = Uint8Array.from(atob(given), (c) => c.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe(text);
  });

  it("says nothing of waiting to whoever speaks", async () => {
    start({ ...fresh, party_view: null });
    await screen.findByTestId("app");
    await waitFor(() => expect(screen.getByTestId("status-validators")).toBeVisible());
    expect(screen.queryByTestId("admission")).toBeNull();
  });
});

describe("the line at the bottom, among several", () => {
  it("is amber when the newest block is old, red when too few agree, and each part opens its page", async () => {
    start({ ...READY, validators: [4, 4], time: new Date(Date.now() - 300_000).toISOString() });
    const line = await screen.findByTestId("status-asof");
    expect(line).toHaveAttribute("data-stand", "old");
    expect(line).toHaveTextContent("newest block 5 minutes ago");
    expect(screen.getByTestId("status-validators")).toHaveAttribute("href", PAGE);
  });

  it("says in words that nothing new is confirmed", async () => {
    start({ ...fresh, validators: [2, 4] });
    expect(await screen.findByTestId("status-validators")).toHaveTextContent(
      "Nothing new is confirmed: 2 of 4 validators",
    );
  });
});

describe("the search field, among several", () => {
  const hits = async (session: typeof fresh, operator: boolean) => {
    const user = userEvent.setup();
    start(session, "#/", { network: () => ({ ...ALLIANCE, operator }) });
    await screen.findByTestId("app");
    await user.keyboard("{Control>}k{/Control}");
    await screen.findByTestId("hit-network");
    return () => screen.queryAllByTestId(/^hit-(invite|new-alliance)/).map((hit) => hit.dataset.testid);
  };

  it("offers operators their forms, every member an invitation, and one firm alone neither", async () => {
    const operators = await hits(fresh, true);
    await waitFor(() => expect(operators()).toHaveLength(3));
    cleanup();
    const members = await hits(fresh, false);
    expect(members()).toEqual(["hit-invite"]);
    cleanup();
    const alone = await hits({ ...fresh, validators: [1, 1] }, true);
    expect(alone()).toEqual([]);
  });
});

describe("keys that live", () => {
  const DAY = 24 * 60 * 60 * 1000;
  const mandate = (label: string, until: number | null, revoked: number | null = null) => ({
    key: `${VOTES[0]}${label}`,
    label,
    holder: "clerk" as const,
    kinds: ["*"],
    from: 1,
    until: until === null ? null : new Date(Date.now() + until).toISOString(),
    revoked,
    suspected_since: null,
  });

  it("warns of mandates that end within 30 days, and of no others", async () => {
    const mandates = [
      mandate("soon", 12 * DAY + 60_000),
      mandate("later", 31 * DAY),
      mandate("over", -DAY),
      mandate("revoked", DAY, 7),
      mandate("ever", null),
    ];
    const view = READY.party_view;
    start({ ...fresh, party_view: view && { ...view, mandates } }, "#/settings");
    const warnings = await screen.findAllByTestId("key-ends");
    expect(warnings.map((w) => w.textContent)).toEqual([expect.stringContaining("“soon” may speak until")]);
    expect(warnings[0]).toHaveTextContent("in 12 days");
    expect(warnings[0]).toHaveTextContent("Nobody is locked out");
  });
});

describe("accessibility of the network (axe)", () => {
  const pages: Array<[string, string, string]> = [
    ["the page", PAGE, "members"],
    ["a vote on a member", "#/form/alliance.member-voted", "field-party"],
    ["a proposal", "#/form/alliance.validators-proposed", "field-changes.0.key"],
    ["an invitation", `${PAGE}?invite=1`, "qr"],
  ];
  it.each(pages)("%s has no violations", async (_, hash, ready) => {
    start(fresh, hash);
    await screen.findByTestId(ready);
    expect(await violations()).toEqual([]);
  });

  it("a vote on a proposal, and joining, have none", async () => {
    const user = userEvent.setup();
    start(fresh, PAGE);
    await user.click(await screen.findByTestId(`approve-${PROPOSAL}`));
    await screen.findByTestId("approve-yes");
    expect(await violations()).toEqual([]);
  });
});
