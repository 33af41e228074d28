// The same trace on the map of the world: where things were made, where they went, grey where only one side says so.

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Detail, Trace } from "../../api/generated";
import { call } from "../../api/host";
import { Shape } from "../../components/Blocks";
import { WorldMap } from "../../components/WorldMap";
import { useFormats } from "../../shared/format";
import { travelOf } from "./travel";

/** Nearest things whose places are looked up. */
const MOST = 60;

export function TraceMap(props: { trace: Trace; subject: string }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { trace, subject } = props;
  const nearest = [...trace.nodes].sort((a, b) => Math.abs(a.step) - Math.abs(b.step)).slice(0, MOST);
  const answers = useQueries({
    queries: nearest.map(({ row }) => ({
      queryKey: ["open", { call: "open", subject: row.subject }],
      queryFn: () => call({ call: "open", subject: row.subject }),
    })),
    combine: (all) => ({
      waiting: all.some((one) => one.isPending),
      found: all.flatMap((one): Detail[] => (one.data ? [one.data] : [])),
    }),
  });
  const { found, waiting } = answers;
  const travel = useMemo(
    () => travelOf(trace, new Map(found.map((d) => [d.row.subject, d])), subject, f.town),
    [trace, found, subject, f],
  );
  if (waiting) return <Shape lines={6} label={t("common.loading")} />;
  if (!travel.points.length) return <p className="sr-soft">{t("goods.map-none")}</p>;
  return (
    <>
      <WorldMap label={t("goods.map")} points={travel.points} lines={travel.lines} />
      {travel.missing > 0 && <p className="sr-soft sr-note">{t("goods.map-missing", { count: travel.missing })}</p>}
      {trace.nodes.length > MOST && <p className="sr-soft sr-note">{t("goods.map-cut", { count: MOST })}</p>}
    </>
  );
}
