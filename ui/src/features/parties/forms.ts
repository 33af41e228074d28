// What can be said about who is who, as forms.

import type { Profile } from "../../api/generated";
import type { Field, Form, Start } from "../../shared/form/spec";

const SCHEMES = ["uscc", "lei", "eu-vat", "gln", "eori", "cn-customs"] as const;
const ROLES = ["manufacturer", "exporter", "buyer", "carrier", "forwarder", "warehouse", "inspector"] as const;

export const PROFILE: Field[] = [
  { path: "name", type: "local" },
  { path: "country", type: "country" },
  { path: "roles", type: "many", options: ROLES },
  {
    path: "identifiers",
    type: "list",
    of: [
      { path: "scheme", type: "select", options: SCHEMES },
      { path: "value", type: "text" },
    ],
  },
];

function profileOf(from: Start): Profile | undefined {
  const view = from.detail?.view;
  return view && "profile" in view ? view.profile : undefined;
}

const updated: Form = {
  kind: "parties.updated",
  home: ["parties"],
  fields: [{ path: "profile", type: "group", of: PROFILE }],
  start: (from) => ({ profile: profileOf(from) }),
};

const partner: Form = {
  kind: "parties.partner-named",
  home: ["parties"],
  fields: [
    { path: "number", type: "text" },
    { path: "profile", type: "group", of: PROFILE },
  ],
  start: () => ({ profile: { identifiers: [] } }),
};

const linked: Form = {
  kind: "parties.partner-linked",
  home: ["parties"],
  fields: [{ path: "party", type: "text" }],
  fixed: (from) => ({ partner: from.detail?.row.subject }),
};

const granted: Form = {
  kind: "parties.mandate-granted",
  home: ["keys"],
  fields: [
    { path: "label", type: "text" },
    { path: "holder", type: "select", options: ["clerk", "device"] },
    { path: "key", type: "text", wide: true },
    {
      path: "kinds",
      type: "many",
      words: "mandates",
      options: ["*", "logistics.*", "logistics.arrived", "logistics.departed", "logistics.packed", "supply-chain.*"],
    },
    { path: "until", type: "time", optional: true },
  ],
  start: () => ({ holder: "clerk", kinds: ["logistics.*"] }),
};

const revoked: Form = {
  kind: "parties.mandate-revoked",
  home: ["keys"],
  fields: [
    { path: "key", type: "text", wide: true },
    { path: "reason", type: "long" },
    { path: "suspected_since", type: "time", optional: true },
  ],
};

/** Opened from the page of the keys, with a key that was made for it. */
const replaced: Form = {
  kind: "parties.root-replaced",
  home: ["keys"],
  fields: [
    { path: "key", type: "text", wide: true },
    { path: "reason", type: "long" },
    { path: "suspected_since", type: "time", optional: true },
  ],
};

/** As `replaced`, with the key of a kit that was tried. */
const recovery: Form = {
  kind: "parties.recovery-named",
  home: ["keys"],
  fields: [{ path: "key", type: "text", wide: true }],
};

export const forms: Form[] = [updated, partner, linked, granted, revoked, replaced, recovery];
