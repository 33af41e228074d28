import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ENTRY, READY } from "../api/mock";
import * as M from "../api/mock-desks";
import { OPERATORS, SOLO } from "../api/mock-network";
import { i18next } from "./i18n";
import { asked, start, violations } from "./test-start";

const PAGE = "#/network/desks";
const ME = OPERATORS[0];
const fresh = { ...READY, party: ME, time: new Date().toISOString() };
const BODY = { shipment: `shipment:${ME}:DU-0042`, offer: M.OFFER, packages: 40 };
const FORM = `#/form/logistics.handover-accepted?said=${encodeURIComponent(JSON.stringify(BODY))}&back=network/desks`;
const pdf = (name: string, content = "hello") => new File([content], name, { type: "application/pdf" });
const all = async () => within(await screen.findByTestId("desk-documents"));
const nth = async (n: number) => within((await all()).getAllByRole("listitem")[n] as HTMLElement);

async function attach(...files: File[]) {
  const input = await screen.findByTestId("attach-file");
  fireEvent.change(input, { target: { files } });
}

describe("documents of records", () => {
  it("tells what each is, who can read it and where it stands", async () => {
    start(fresh, PAGE);
    const here = await nth(0);
    expect(here.getByText("Packliste DU-0042.pdf")).toBeVisible();
    expect(here.getByText("3.1 MiB")).toBeVisible();
    expect(here.getByText(/From Duisburg Port Logistics/)).toHaveTextContent(
      "Can be read by Duisburg Port Logistics and us",
    );
    const coming = await nth(1);
    expect(coming.getByText("5 MiB of 11.6 MiB here")).toBeVisible();
    expect(coming.getByRole("progressbar")).toHaveAttribute("aria-valuenow", String((5_242_880 / 12_133_900) * 100));
    expect(coming.queryByRole("button")).toBeNull();
    const stuck = await nth(2);
    expect(stuck.getByText("4.7 KiB")).toBeVisible();
    expect(stuck.getByText(/Last try: the desktop that has it cannot be reached/)).toBeVisible();
    expect((await nth(3)).getByText("Duisburg Port Logistics: has it")).toBeVisible();
    expect((await nth(4)).getByText(/knows of it, has not fetched it yet/)).toBeVisible();
    expect(here.getByRole("link", { name: "Record" })).toHaveAttribute("href", `#/record/${M.OFFER}`);
  });

  it("stands beside the offer that names it", async () => {
    start(fresh, PAGE);
    const offer = within(await screen.findByTestId(`waiting-${M.OFFER}`));
    expect(offer.getByText("Packliste DU-0042.pdf")).toBeVisible();
    expect(within(await screen.findByTestId(`waiting-${M.SIGNED}`)).queryByTestId("document-document.1")).toBeNull();
  });

  it("is saved where the user says, else with the downloads", async () => {
    const user = userEvent.setup();
    const door = start(fresh, PAGE);
    const here = await nth(0);
    await user.click(here.getByRole("button", { name: "Save Packliste DU-0042.pdf as …" }));
    await user.keyboard("/media/a/papers{Enter}");
    expect(await here.findByTestId("document-saved")).toHaveTextContent("Saved, readable: /media/a/papers");
    await user.click(here.getByRole("button", { name: /^Save/ }));
    await user.clear(here.getByTestId("document-to"));
    await user.click(here.getByTestId("document-save-do"));
    await waitFor(() => expect(asked(door, "document-save")).toHaveLength(2));
    expect(asked(door, "document-save").map((one) => [one.record, one.place, one.to])).toEqual([
      [M.OFFER, "document.1", "/media/a/papers"],
      [M.OFFER, "document.1", null],
    ]);
  });

  it("says why it cannot be saved, and Escape goes back", async () => {
    const user = userEvent.setup();
    const refuse = () => {
      throw { code: "keys.file-exists", field: "to", values: { path: "/media/a/b.pdf" }, retry: false };
    };
    start(fresh, PAGE, { "document-save": refuse });
    const here = await nth(0);
    await user.click(here.getByRole("button", { name: /^Save/ }));
    await user.keyboard("/media/a/b.pdf{Enter}");
    expect(await here.findByText(/exists already and is not written over/)).toBeVisible();
    await user.keyboard("{Escape}");
    expect(here.queryByTestId("document-to")).toBeNull();
    expect(screen.getByTestId("desks-page")).toBeVisible();
  });

  it("names a desktop that reads none", async () => {
    start(fresh, PAGE);
    const not = "Reads no documents: its card has no reading key";
    expect(await screen.findByTestId(`desk-${M.NODES[1]}`)).toHaveTextContent(not);
    expect(screen.getByTestId(`desk-${M.NODES[0]}`)).not.toHaveTextContent(not);
  });

  it("is on the page of its record; where it is not opened to us the page says that there is one", async () => {
    const record = (more: object) => () => ({
      entry: ENTRY,
      text: "{}",
      subjects: [],
      proof: [],
      documents: [],
      ...more,
    });
    start(fresh, `#/record/${M.OFFER}`, { record: record({ documents: M.DOCUMENTS.slice(0, 2) }) });
    expect(await screen.findByText("Packliste DU-0042.pdf")).toBeVisible();
    cleanup();
    start(fresh, `#/record/${M.SIGNED}`, {
      record: record({ text: '{"commits":[{"hash":"00","name":"document.1"}]}' }),
    });
    expect(await screen.findByText(/what they are is not open to us/)).toBeVisible();
    cleanup();
    start(fresh, `#/record/${M.SHARED}`, { record: record({}) });
    await screen.findByTestId("record-page");
    expect(screen.queryByTestId("record-documents")).toBeNull();
  });

  it.each(["en", "zh", "de"])("has no violations in %s", async (language) => {
    await i18next.changeLanguage(language);
    start({ ...fresh, language }, PAGE);
    await all();
    expect(await violations()).toEqual([]);
    await i18next.changeLanguage("en");
  });
});

describe("attaching", () => {
  it("takes files in, keeps them with the draft, and hands them to the review", async () => {
    const user = userEvent.setup();
    const door = start(fresh, FORM);
    await attach(pdf("a.pdf"), pdf("b.pdf", "other"));
    expect(await screen.findByText("b.pdf is attached.")).toBeVisible();
    expect(asked(door, "document-attach").map((one) => [one.name, one.media_type, atob(one.file)])).toEqual([
      ["a.pdf", "application/pdf", "hello"],
      ["b.pdf", "application/pdf", "other"],
    ]);
    await user.click(screen.getByRole("button", { name: "Take away a.pdf" }));
    expect(asked(door, "document-detach").map((one) => one.id)).toEqual(["a.pdf"]);
    await user.click(screen.getByTestId("review"));
    await screen.findByTestId("review-screen");
    expect(asked(door, "review").at(-1)?.attached).toEqual(["b.pdf"]);
    const draft = asked(door, "save-draft").at(-1)?.form as { attached: { id: string }[] };
    expect(draft.attached.map((one) => one.id)).toEqual(["b.pdf"]);
  });

  it("brings them back with the draft", async () => {
    const kept = {
      about: null,
      fixed: BODY,
      values: {},
      attached: [{ id: "k", name: "kept.pdf", media_type: "a/b", size: 9 }],
    };
    const draft = { id: "d7", kind: "logistics.handover-accepted", form: kept, changed: fresh.time };
    start(fresh, "#/draft/d7", { drafts: () => [draft] });
    expect(await screen.findByTestId("attached")).toHaveTextContent("kept.pdf");
  });

  it("says what is wrong with a file, and keeps the others", async () => {
    const refuse = () => {
      throw { code: "documents.empty", field: null, values: { value: "none.pdf" }, retry: false };
    };
    const door = start(fresh, FORM);
    await attach(pdf("a.pdf"));
    await screen.findByTestId("attached");
    const large = pdf("large.pdf");
    Object.defineProperty(large, "size", { value: 48 * 1_048_576 });
    await attach(large);
    expect(await screen.findByTestId("attach-problem")).toHaveTextContent("large.pdf is larger than 47 MiB.");
    const lost = pdf("lost.pdf");
    lost.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotFoundError"));
    await attach(lost);
    await waitFor(() => expect(screen.getByTestId("attach-problem")).toHaveTextContent("lost.pdf cannot be read."));
    door.own["document-attach"] = refuse;
    await attach(pdf("none.pdf"));
    await waitFor(() => expect(screen.getByTestId("attach-problem")).toHaveTextContent("none.pdf is empty."));
    expect(screen.getAllByTestId("attached")).toHaveLength(1);
    expect(asked(door, "document-attach")).toHaveLength(2);
  });

  it("says who cannot read it when it is to be reviewed", async () => {
    const user = userEvent.setup();
    const refuse = () => {
      throw { code: "documents.no-reading-key", field: null, values: { value: "Hafen" }, retry: false };
    };
    start(fresh, FORM, { review: refuse });
    await attach(pdf("a.pdf"));
    await screen.findByTestId("attached");
    await user.click(screen.getByTestId("review"));
    expect(
      await screen.findByText(/Hafen cannot read documents: the card of its desktop has no reading key/),
    ).toBeVisible();
  });

  it("shows in the review what the record will name, and who can read it", async () => {
    const user = userEvent.setup();
    const documents = [{ name: "a.pdf", media_type: "application/pdf", size: 2048, readers: [{ en: "Hafen" }] }];
    const record = {
      payload: { kind: "logistics.handover-accepted.1", body: BODY },
      text: "{}",
      subjects: [],
      consequences: [],
      documents,
    };
    start(fresh, FORM, { review: () => ({ review: "r1", records: [record], fingerprint: "1", problems: [] }) });
    await user.click(await screen.findByTestId("review"));
    expect(await screen.findByTestId("review-documents")).toHaveTextContent(
      /a\.pdf.*2 KiB.*Can be read by Hafen and us/,
    );
  });

  it("is not offered where one firm keeps the ledger alone, nor for what has one side", async () => {
    start(fresh, FORM, { network: () => SOLO, desks: () => ({ ...M.QUIET, card: null }) });
    await screen.findByTestId("review");
    expect(screen.queryByTestId("attach")).toBeNull();
    cleanup();
    start(fresh, "#/form/supply-chain.product-defined");
    await screen.findByTestId("review");
    expect(screen.queryByTestId("attach")).toBeNull();
  });
});
