// What the parts of the page about desktops share: asking, and what records are called.

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Call, DesksPage, Payload, Row } from "../../api/generated";
import { useAsk } from "../../api/hooks";
import { shortId, useFormats } from "../../shared/format";
import { kindOf } from "../../shared/payload";

/** Where the page is, for forms that lead back to it. */
export const BACK = "network/desks";

type Name = "desk-listen" | "desk-meet" | "desk-forget" | "desk-choose" | "aside-done";
export type DeskCall<N extends Name> = Extract<Call, { call: N }>;

/** Does something on this page; the answer is the page as it then is. */
export function useDeskAsk<N extends Name>(done?: (page: DesksPage) => void) {
  const client = useQueryClient();
  return useAsk<DeskCall<N>>(async (page) => {
    // A look that began before must not bring back what is over.
    await client.cancelQueries({ queryKey: ["desks"] });
    client.setQueryData(["desks", { call: "desks" }], page);
    for (const name of ["home", "session"]) client.invalidateQueries({ queryKey: [name] });
    done?.(page);
  });
}

/** What kind of record it is, and what it is about, in words. */
export function useTitles() {
  const { t } = useTranslation();
  const f = useFormats();
  const subject = (row: Row) => {
    const name = f.local(row.name);
    const number = row.type === "party" || row.type === "alliance" ? shortId(row.number) : row.number;
    return [t(`types.${row.type}`, ""), name === number ? "" : number, name].filter(Boolean).join(" ");
  };
  return { kind: (payload: Payload) => t(`kinds.${kindOf(payload)}`, payload.kind), subject };
}

/** Whether the ledger holds it: of anything else only the number is known. */
export const isKnown = (row: Row): boolean => Object.values(row.name).some(Boolean);
