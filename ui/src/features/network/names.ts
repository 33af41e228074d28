// What firms and validators of the network are called.

import { useTranslation } from "react-i18next";
import type { ValidatorChange } from "../../api/generated";
import { useCall } from "../../api/hooks";
import { shortId, useFormats } from "../../shared/format";

/** The name of a party by its did:key; the end of its key where it has none. */
export function useNames(): (party: string) => string {
  const f = useFormats();
  const page = useCall({ call: "network" }).data;
  const parties = useCall({ call: "parties" }).data;
  return (party) => {
    const known = parties?.find((p) => p.party === party)?.profile.name;
    const listed = page?.members.find((m) => m.party === party) ?? page?.validators.find((v) => v.party === party);
    return f.local(known) || f.local(listed?.name) || shortId(party);
  };
}

/** What a change does, as a sentence. */
export function useChangeText(): (change: ValidatorChange) => string {
  const { t } = useTranslation();
  const f = useFormats();
  const names = useNames();
  const page = useCall({ call: "network" }).data;
  return (change) => {
    const before = page?.validators.find((v) => v.key === change.key);
    const values = { name: names(change.party), key: shortId(change.key), weight: f.number(change.weight) };
    if (change.weight === 0) return t("network.says.remove", values);
    if (!before) return t("network.says.add", values);
    return t("network.says.weight", { ...values, before: f.number(before.weight) });
  };
}
