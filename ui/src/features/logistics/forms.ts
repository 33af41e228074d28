// What can be said about goods on their way, as forms. The fields follow the records of the logistics room.

import type { Detail, Place, ShipmentView } from "../../api/generated";
import { nowHere, typed } from "../../shared/form/assemble";
import type { Field, Form, Start } from "../../shared/form/spec";
import { kindOf } from "../../shared/payload";

const HOME = ["shipments"];
const PLACE: Field = { path: "place", type: "place" };
const AT: Field = { path: "at", type: "when" };
const MODE: Field = { path: "mode", type: "select", options: ["rail", "truck", "vessel", "barge", "air"] };
const PACKAGES: Field = { path: "packages", type: "count" };

const shipmentOf = (from: Start): ShipmentView | null =>
  from.detail?.view.type === "shipment" ? from.detail.view : null;
const about = (from: Start) => ({ shipment: shipmentOf(from)?.subject });
const counted = (from: Start) => String(shipmentOf(from)?.packages.length ?? "");

/** Where the shipment is now, by its last movement; before that, where it begins. */
function lastPlace(view: ShipmentView | null): Place | undefined {
  const moves = view?.movements ?? [];
  return moves[moves.length - 1]?.place ?? view?.legs[0]?.from;
}

/** The leg that comes next: the one that begins where the goods are, else the first. */
function nextLeg(view: ShipmentView | null) {
  const at = lastPlace(view)?.name;
  return view?.legs.find((leg) => leg.from.name === at) ?? view?.legs[0];
}

function stamp(iso: string): string {
  return typed(iso, nowHere().zone);
}

function mine(detail: Detail, me: string) {
  return detail.timeline
    .filter((e) => e.party === me && !e.corrected_by && /packed|departed|arrived|delivered/.test(e.payload.kind))
    .map((e) => ({ id: e.id, kind: kindOf(e.payload), note: stamp(e.claimed) }));
}

function stated(detail: Detail, me: string) {
  return detail.timeline
    .filter((e) => e.on_behalf !== null && e.party !== me)
    .map((e) => ({ id: e.id, kind: kindOf(e.payload), note: stamp(e.claimed) }));
}

function open(detail: Detail) {
  const exceptions = detail.view.type === "shipment" ? detail.view.exceptions : [];
  return exceptions.map((e) => ({ id: e.record, kind: "logistics.exception-raised", note: e.note }));
}

const planned: Form = {
  kind: "logistics.shipment-planned",
  home: HOME,
  fields: [
    { path: "number", type: "text" },
    { path: "due", type: "time", optional: true },
    { path: "consignor", type: "who" },
    { path: "consignee", type: "who" },
    { path: "container", type: "text", optional: true },
    { path: "tracking", type: "text", optional: true },
    { path: "legs", type: "flow" },
  ],
  start: (from) => ({ consignor: from.me, legs: [{}, { mode: "rail" }] }),
};

const packed: Form = {
  kind: "logistics.packed",
  home: HOME,
  fields: [
    {
      path: "packages",
      type: "list",
      least: 1,
      of: [
        { path: "mark", type: "text" },
        { path: "kind", type: "select", options: ["CT", "PX", "CR", "BX", "BG", "RO"], words: "values.package" },
        { path: "gross_grams", type: "grams", optional: true },
        {
          path: "contents",
          type: "list",
          least: 1,
          of: [
            { path: "subject", type: "subject", from: ["lots", "items"], units: true },
            { path: "quantity", type: "quantity" },
            { path: "received_in", type: "subject", from: ["shipments"], optional: true },
          ],
        },
      ],
    },
    PLACE,
    AT,
  ],
  start: (from) => ({ packages: [{ kind: "CT", contents: [{}] }], place: lastPlace(shipmentOf(from)), at: nowHere() }),
  fixed: about,
};

const departed: Form = {
  kind: "logistics.departed",
  home: HOME,
  fields: [
    PLACE,
    AT,
    MODE,
    { path: "conveyance", type: "text", optional: true },
    { path: "seals", type: "words", optional: true },
  ],
  start: (from) => ({
    place: lastPlace(shipmentOf(from)),
    at: nowHere(),
    mode: nextLeg(shipmentOf(from))?.mode ?? "rail",
  }),
  fixed: about,
};

const arrived: Form = {
  kind: "logistics.arrived",
  home: HOME,
  fields: [PLACE, AT, MODE],
  start: (from) => {
    const leg = nextLeg(shipmentOf(from));
    return { place: leg?.to, at: nowHere(), mode: leg?.mode ?? "rail" };
  },
  fixed: about,
};

const delivered: Form = {
  kind: "logistics.delivered",
  home: HOME,
  fields: [PLACE, AT, PACKAGES],
  start: (from) => ({ place: shipmentOf(from)?.legs.at(-1)?.to, at: nowHere(), packages: counted(from) }),
  fixed: about,
};

const offered: Form = {
  kind: "logistics.handover-offered",
  home: HOME,
  documents: true,
  fields: [
    { path: "to", type: "who", withKey: true },
    PACKAGES,
    PLACE,
    AT,
    { path: "condition", type: "text", optional: true, wide: true },
  ],
  start: (from) => ({ place: lastPlace(shipmentOf(from)), at: nowHere(), packages: counted(from) }),
  fixed: about,
};

const accepted: Form = {
  kind: "logistics.handover-accepted",
  home: HOME,
  documents: true,
  fields: [PACKAGES, AT, { path: "remark", type: "text", optional: true, wide: true }],
  start: (from) => ({ at: nowHere(), packages: String(shipmentOf(from)?.offer?.packages ?? "") }),
  fixed: (from) => ({ ...about(from), offer: shipmentOf(from)?.offer?.record }),
};

const ended: Form = {
  kind: "logistics.handover-ended",
  home: HOME,
  documents: true,
  fields: [{ path: "reason", type: "long" }],
  fixed: (from) => ({ ...about(from), offer: shipmentOf(from)?.offer?.record }),
};

const custody: Form = {
  kind: "logistics.custody-stated",
  home: HOME,
  fields: [{ path: "from", type: "who" }, { path: "to", type: "who" }, PLACE, AT, PACKAGES],
  start: (from) => {
    const holder = shipmentOf(from)?.holder;
    const id = holder && ("party" in holder ? holder.party : holder.partner);
    return { from: id, place: lastPlace(shipmentOf(from)), at: nowHere(), packages: counted(from) };
  },
  fixed: about,
};

const raised: Form = {
  kind: "logistics.exception-raised",
  home: HOME,
  fields: [
    { path: "code", type: "select", options: ["delay", "damage", "shortage", "seal", "temperature", "held", "other"] },
    { path: "packages", type: "words", optional: true },
    PLACE,
    AT,
    { path: "expected", type: "time", optional: true },
    { path: "note", type: "long" },
  ],
  start: (from) => ({ place: lastPlace(shipmentOf(from)), at: nowHere() }),
  fixed: about,
};

const resolved: Form = {
  kind: "logistics.exception-resolved",
  home: HOME,
  fields: [
    { path: "exception", type: "record", among: open },
    { path: "note", type: "long" },
  ],
  start: (from) => ({ exception: from.detail ? open(from.detail)[0]?.id : undefined }),
  fixed: about,
};

const corrected: Form = {
  kind: "logistics.corrected",
  home: HOME,
  fields: [
    { path: "record", type: "record", among: mine },
    { path: "reason", type: "select", options: ["incorrect-entry", "did-not-occur", "remeasured"] },
    { ...PLACE, optional: true },
    { ...AT, optional: true },
    { path: "note", type: "long" },
  ],
  start: (from) => ({ record: from.detail ? mine(from.detail, from.me).at(-1)?.id : undefined }),
  fixed: about,
};

const confirmed: Form = {
  kind: "logistics.confirmed",
  home: HOME,
  fields: [{ path: "record", type: "record", among: stated }],
  start: (from) => ({ record: from.detail ? stated(from.detail, from.me)[0]?.id : undefined }),
  fixed: about,
};

export const forms: Form[] = [
  planned,
  packed,
  departed,
  arrived,
  delivered,
  offered,
  accepted,
  ended,
  custody,
  raised,
  resolved,
  corrected,
  confirmed,
];
