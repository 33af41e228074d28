// The route of a shipment as stops, one under the other. Legs are made of them, so that each begins where the one before ends.

import { ActionIcon, Button, Select } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import { type FieldsProps, problemAt } from "./Fields";
import { type Control, PlaceField, WhenField } from "./pickers";
import type { Values } from "./spec";

const MODES = ["rail", "truck", "vessel", "barge", "air"];

function Stop(props: {
  n: number;
  last: boolean;
  c: Control;
  stop: Values;
  problems: FieldsProps["problems"];
  set(stop: Values): void;
}) {
  const { t } = useTranslation();
  const { n, stop, set } = props;
  const control = (path: string, required: boolean): Control => {
    const full = `${props.c.path}.${n}.${path}`;
    const problem = problemAt(props.problems, full, true);
    const error = problem && wordError(t, problem);
    return {
      label: t(`fields.${path}`),
      path: full,
      required,
      error,
      value: stop[path],
      set: (value) => set({ ...stop, [path]: value }),
    };
  };
  const mode = control("mode", true);
  return (
    <div className="sr-stop">
      {n > 0 && (
        <Select
          label={mode.label}
          error={mode.error}
          data-testid={`field-${mode.path}`}
          data={MODES.map((m) => ({ value: m, label: t(`values.mode.${m}`) }))}
          value={(mode.value as string) || null}
          onChange={(v) => mode.set(v ?? undefined)}
        />
      )}
      <PlaceField {...control("place", true)} />
      {n > 0 && <WhenField {...control("arrives", false)} />}
      {!props.last && <WhenField {...control("departs", false)} />}
    </div>
  );
}

export function Stops(props: FieldsProps & { c: Control }) {
  const { t } = useTranslation();
  const { c } = props;
  const stops = (c.value as Values[] | undefined) ?? [{}, { mode: "rail" }];
  const put = (next: Values[]) => c.set(next);
  const swap = (a: number, b: number) => {
    const [one, other] = [stops[a] as Values, stops[b] as Values];
    // The place moves, the way of getting there and its times stay.
    put(stops.map((s, m) => (m === a ? { ...s, place: other.place } : m === b ? { ...s, place: one.place } : s)));
  };
  return (
    <fieldset className="sr-list-field" data-testid={`field-${c.path}`}>
      <legend>{c.label}</legend>
      {stops.map((stop, n) => (
        <div key={n} className="sr-list-entry">
          <Stop
            n={n}
            last={n === stops.length - 1}
            c={c}
            stop={stop}
            problems={props.problems}
            set={(next) => put(stops.map((s, m) => (m === n ? next : s)))}
          />
          <div className="sr-line sr-nowrap">
            {n > 0 && (
              <ActionIcon variant="subtle" color="gray" aria-label={t("forms.up")} onClick={() => swap(n, n - 1)}>
                <IconArrowUp size={16} />
              </ActionIcon>
            )}
            {n < stops.length - 1 && (
              <ActionIcon variant="subtle" color="gray" aria-label={t("forms.down")} onClick={() => swap(n, n + 1)}>
                <IconArrowDown size={16} />
              </ActionIcon>
            )}
            {stops.length > 2 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t("forms.remove")} ${n + 1}`}
                onClick={() => put(stops.filter((_, m) => m !== n))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        </div>
      ))}
      {c.error && <p className="sr-field-error">{c.error}</p>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => put([...stops, { mode: "rail" }])}
        data-testid={`add-${c.path}`}
      >
        {t("forms.add.legs")}
      </Button>
    </fieldset>
  );
}
