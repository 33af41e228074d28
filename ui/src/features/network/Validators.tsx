// Who validates, who signed the newest block, and who was caught voting twice.

import { Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { NetworkPage, ValidatorLine } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { openPrepared } from "../../shared/form/open";
import { shortId, useFormats } from "../../shared/format";
import { recordPage } from "../../shared/route";
import { StateChip } from "../../shared/State";
import { useSession } from "../../shared/session";
import type { What } from "./changes";

/** What an operator may propose for a validator of the set. */
const STEPS: What[] = ["weight", "replace", "remove"];

function Steps(props: { validator: ValidatorLine; name: string }) {
  const { t } = useTranslation();
  const { key, party, weight } = props.validator;
  const propose = (what: What) => {
    const change = { key, party, weight: what === "remove" ? 0 : weight, what };
    openPrepared("alliance.validators-proposed", { changes: [change] });
  };
  return (
    <Menu position="bottom-end" shadow="md" width={280}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={t("network.steps-for", { name: props.name })}
          data-testid={`validator-steps-${key}`}
        >
          <IconDots size={16} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {STEPS.map((what) => (
          <Menu.Item key={what} onClick={() => propose(what)} data-testid={`propose-${what}`}>
            {t(`network.propose.${what}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Double votes: each opens the record that proves it. */
function Offences(props: { validator: ValidatorLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { offences } = props.validator;
  if (!offences.length) return <span className="sr-soft">{t("network.no-offence")}</span>;
  return (
    <ul className="sr-plain">
      {offences.map((offence) => (
        <li key={offence.record}>
          <a className="sr-link sr-net-offence" href={recordPage(offence.record)} data-testid="offence">
            {t(`network.offence.${offence.kind}`, { height: f.number(offence.height), round: f.number(offence.round) })}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Validators(props: { page: NetworkPage; steps: boolean }) {
  const { t } = useTranslation();
  const f = useFormats();
  const { locked } = useSession();
  const { page } = props;
  const steps = props.steps && page.operator && !locked;
  return (
    <Section title={t("network.validators")} id="validators">
      <div className="sr-net-scroll">
        <table className="sr-net-table">
          <thead>
            <tr>
              <th scope="col">{t("network.who")}</th>
              <th scope="col" className="sr-right">
                {t("network.weight")}
              </th>
              <th scope="col">{t("network.newest")}</th>
              <th scope="col">{t("network.offences")}</th>
              {steps && (
                <th scope="col">
                  <span className="sr-unseen">{t("network.steps")}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {page.validators.map((v) => {
              const name = f.local(v.name) || shortId(v.party);
              return (
                <tr key={v.key} data-testid={`validator-${v.key}`}>
                  <th scope="row">
                    {name} {v.mine && <span className="sr-soft">{t("network.mine")}</span>}
                    <small className="sr-mono sr-soft sr-block" title={v.key}>
                      {shortId(v.key)}
                    </small>
                  </th>
                  <td className="sr-right">{f.number(v.weight)}</td>
                  <td>
                    <StateChip state={v.agreed ? "agrees" : "silent"} />
                  </td>
                  <td>
                    <Offences validator={v} />
                  </td>
                  {steps && (
                    <td className="sr-right">
                      <Steps validator={v} name={name} />
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
