// The route as a strip (planned above the line, actual below) and on a map.

import { type Icon, IconAnchor, IconPlane, IconTrain, IconTruck } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Mode, ShipmentView } from "../../api/generated";
import { type MapLine, type MapPoint, WorldMap } from "../../components/WorldMap";
import { type Formats, useFormats } from "../../shared/format";
import { farthest, pointOf, type Stop, stopsOf } from "../../shared/stops";

const ICONS: Record<Mode, Icon> = {
  rail: IconTrain,
  truck: IconTruck,
  vessel: IconAnchor,
  barge: IconAnchor,
  air: IconPlane,
};

function Times(props: { f: Formats; stop: Stop; actual: boolean }) {
  const { t } = useTranslation();
  const { f, stop, actual } = props;
  const { arrived, departed } = stop;
  const late = arrived && stop.arrives && new Date(arrived.at.time) > new Date(stop.arrives);
  // What happened is told by the clock of the place, what was planned by the reader's: the plan names no zone.
  const [arrival, departure] = actual
    ? [arrived && f.when(arrived.at), departed && f.when(departed.at)]
    : [f.zoned(stop.arrives), f.zoned(stop.departs)];
  return (
    <span className={actual ? "sr-stop-real" : "sr-stop-plan"}>
      {arrival && (
        <time
          title={actual ? f.stamp(arrived?.at.time) : undefined}
          className={actual && late ? "sr-late-text" : undefined}
        >
          {t("shipments.arr", { time: arrival })}
        </time>
      )}
      {departure && (
        <time title={actual ? f.stamp(departed?.at.time) : undefined}>{t("shipments.dep", { time: departure })}</time>
      )}
    </span>
  );
}

export function RouteStrip(props: { view: ShipmentView }) {
  const { t } = useTranslation();
  const f = useFormats();
  const stops = stopsOf(props.view);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="sr-route" tabIndex={0} role="group" aria-label={t("shipments.route")} data-testid="route-strip">
      <span className="sr-route-label">{t("shipments.planned")}</span>
      <ol>
        {stops.map((stop, n) => {
          const Way = stop.mode ? ICONS[stop.mode] : null;
          return (
            <li key={n} className={stop.reached ? "sr-reached" : undefined}>
              <Times f={f} stop={stop} actual={false} />
              <span className="sr-route-line">
                {Way && (
                  <span className="sr-route-way" title={t(`values.mode.${stop.mode}`)}>
                    <Way size={15} aria-hidden="true" />
                  </span>
                )}
                <i />
              </span>
              <strong title={f.place(stop.place)}>{f.town(stop.place)}</strong>
              <Times f={f} stop={stop} actual />
            </li>
          );
        })}
      </ol>
      <span className="sr-route-label">{t("shipments.actual")}</span>
    </div>
  );
}

export function RouteMap(props: { view: ShipmentView }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { points, lines } = useMemo(() => {
    const stops = stopsOf(props.view);
    const far = farthest(stops);
    const drawn = stops.flatMap((stop, n): Array<MapPoint & { n: number }> => {
      const at = pointOf(stop.place);
      const tone = n === far ? "now" : stop.reached ? "done" : "planned";
      return at ? [{ ...at, name: f.town(stop.place), tone, n }] : [];
    });
    const between = drawn.slice(1).map((to, n): MapLine => ({ from: drawn[n] as MapPoint, to, done: to.n <= far }));
    return { points: drawn, lines: between };
  }, [props.view, f]);
  if (points.length < 2) return <p className="sr-soft">{t("shipments.no-map")}</p>;
  return (
    <WorldMap
      label={t("shipments.map", { from: points[0]?.name, to: points[points.length - 1]?.name })}
      points={points}
      lines={lines}
    />
  );
}
