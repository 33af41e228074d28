// What can be said about goods, as forms. The fields follow the records of the supply chain room.

import type { Detail, LotView } from "../../api/generated";
import { nowHere, typed } from "../../shared/form/assemble";
import type { Field, Form, Start } from "../../shared/form/spec";
import { kindOf } from "../../shared/payload";
import { MassBalance } from "./MassBalance";

const PLACE: Field = { path: "place", type: "place" };
const AT: Field = { path: "at", type: "when" };
const CERTIFICATE: Field[] = [
  { path: "standard", type: "text" },
  { path: "number", type: "text" },
  { path: "issuer", type: "text" },
  { path: "valid_from", type: "day" },
  { path: "valid_until", type: "day" },
];
const CORRECTION = ["incorrect-entry", "did-not-occur", "remeasured"] as const;

const lotOf = (from: Start): LotView | null => (from.detail?.view.type === "lot" ? from.detail.view : null);
const here = (from: Start) => {
  const view = from.detail?.view;
  return view && "place" in view ? view.place : undefined;
};
const quantityText = (value: { value: number; scale: number; unit: string }) => ({
  text: (value.value / 10 ** value.scale).toFixed(value.scale),
  unit: value.unit,
});

/** Records of the time line that the signer has made and that can be put right. */
function mine(detail: Detail, me: string) {
  return detail.timeline
    .filter((e) => e.party === me && !e.corrected_by && !/corrected|confirmed|recall/.test(e.payload.kind))
    .map((e) => ({ id: e.id, kind: kindOf(e.payload), note: typed(e.claimed, nowHere().zone) }));
}

function onMyBehalf(detail: Detail, me: string) {
  return detail.timeline
    .filter((e) => e.on_behalf === me || (e.on_behalf !== null && e.party !== me))
    .map((e) => ({ id: e.id, kind: kindOf(e.payload), note: typed(e.claimed, nowHere().zone) }));
}

function standing(detail: Detail) {
  const view = detail.view;
  const recalls = "recalls" in view ? view.recalls : [];
  return recalls.map((r) => ({
    id: r.record,
    kind: "supply-chain.recalled",
    note: r.reason.en ?? r.reason.zh ?? r.reason.de ?? "",
  }));
}

const product: Form = {
  kind: "supply-chain.product-defined",
  home: ["goods", "products"],
  fields: [
    { path: "number", type: "text" },
    { path: "name", type: "local" },
    {
      path: "unit",
      type: "select",
      options: ["H87", "KGM", "GRM", "TNE", "MTR", "MTK", "MTQ", "LTR", "PR", "SET"],
      words: "units",
    },
    { path: "net_grams", type: "grams", optional: true },
    { path: "gtin", type: "text", optional: true },
    { path: "hs", type: "hs", optional: true },
    { path: "description", type: "local", optional: true, wide: true },
  ],
  start: () => ({ unit: "H87" }),
};

const lot: Form = {
  kind: "supply-chain.lot-made",
  home: ["goods", "lots"],
  fields: [
    { path: "number", type: "text" },
    { path: "product", type: "subject", from: ["products"], units: true },
    { path: "quantity", type: "quantity" },
    { path: "origin", type: "country" },
    PLACE,
    AT,
    { path: "maker", type: "who", optional: true },
  ],
  start: (from) => {
    const view = from.detail?.view;
    const about = view?.type === "product" ? view : null;
    return { product: about?.subject, quantity: { text: "", unit: about?.unit ?? "KGM" }, at: nowHere() };
  },
};

const serial: Form = {
  kind: "supply-chain.serial-made",
  home: ["goods", "items"],
  fields: [
    { path: "serial", type: "text" },
    { path: "lot", type: "subject", from: ["lots"] },
    { path: "product", type: "subject", from: ["products"] },
    { path: "gtin", type: "text", optional: true },
    PLACE,
    AT,
  ],
  start: (from) => ({
    lot: lotOf(from)?.subject,
    product: lotOf(from)?.product,
    gtin: from.detail?.names[lotOf(from)?.product ?? ""]?.code?.replace(/^gs1:01\//, "") ?? undefined,
    place: here(from),
    at: nowHere(),
  }),
};

const processed: Form = {
  kind: "supply-chain.processed",
  home: ["goods", "lots"],
  fields: [
    {
      path: "inputs",
      type: "list",
      least: 1,
      of: [
        { path: "lot", type: "subject", from: ["lots"], units: true },
        { path: "quantity", type: "quantity" },
        { path: "received_in", type: "subject", from: ["shipments"], optional: true },
      ],
    },
    {
      path: "outputs",
      type: "list",
      least: 1,
      of: [
        { path: "number", type: "text" },
        { path: "product", type: "subject", from: ["products"], units: true },
        { path: "quantity", type: "quantity" },
        { path: "net_grams", type: "grams", optional: true },
      ],
    },
    PLACE,
    AT,
    { path: "difference", type: "text", optional: true, wide: true },
  ],
  Extra: MassBalance,
  start: (from) => {
    const view = lotOf(from);
    return {
      inputs: [view ? { lot: view.subject, quantity: quantityText(view.left) } : {}],
      outputs: [{}],
      place: here(from),
      at: nowHere(),
    };
  },
};

const inspected: Form = {
  kind: "supply-chain.inspected",
  home: ["goods", "lots"],
  fields: [
    { path: "about", type: "subject", from: ["lots", "items", "products"] },
    { path: "outcome", type: "select", options: ["passed", "failed", "conditional"] },
    { ...PLACE, optional: true },
    AT,
    { path: "inspector", type: "who", optional: true },
    { path: "note", type: "long", optional: true },
    { path: "certificate", type: "group", optional: true, of: CERTIFICATE },
  ],
  start: (from) => ({ about: from.detail?.row.subject, at: nowHere() }),
};

const corrected: Form = {
  kind: "supply-chain.corrected",
  home: ["goods", "lots"],
  fields: [
    { path: "record", type: "record", among: mine },
    { path: "reason", type: "select", options: CORRECTION },
    { path: "quantity", type: "quantity", optional: true },
    { ...PLACE, optional: true },
    { ...AT, optional: true },
    { path: "note", type: "long" },
  ],
  start: (from) => ({
    record: from.detail ? mine(from.detail, from.me)[0]?.id : undefined,
    quantity: { text: "", unit: lotOf(from)?.made.unit ?? "KGM" },
  }),
  fixed: (from) => ({ about: from.detail?.row.subject }),
};

const recalled: Form = {
  kind: "supply-chain.recalled",
  home: ["goods", "lots"],
  fields: [
    { path: "about", type: "subjects", from: ["lots", "items", "products"] },
    { path: "hazard", type: "select", options: ["serious", "other", "quality"] },
    { path: "reason", type: "local", wide: true },
    { path: "instruction", type: "local", wide: true },
  ],
  start: (from) => ({ about: from.detail ? [from.detail.row.subject] : [] }),
};

const ended: Form = {
  kind: "supply-chain.recall-ended",
  home: ["goods", "lots"],
  fields: [
    { path: "recall", type: "record", among: standing },
    { path: "about", type: "subjects", from: ["lots", "items", "products"] },
    { path: "reason", type: "long" },
  ],
  start: (from) => ({
    about: from.detail ? [from.detail.row.subject] : [],
    recall: from.detail ? standing(from.detail)[0]?.id : undefined,
  }),
};

const confirmed: Form = {
  kind: "supply-chain.confirmed",
  home: ["goods", "lots"],
  fields: [{ path: "record", type: "record", among: onMyBehalf }],
  start: (from) => ({ record: from.detail ? onMyBehalf(from.detail, from.me)[0]?.id : undefined }),
  fixed: (from) => ({ about: from.detail?.row.subject }),
};

export const forms: Form[] = [product, lot, serial, processed, inspected, corrected, recalled, ended, confirmed];
