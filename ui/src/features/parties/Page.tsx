// Firms and partners we trade with.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Facts, PageHead, Section } from "../../components/Blocks";
import { Actions } from "../../shared/Actions";
import { openForm } from "../../shared/form/open";
import { useFormats } from "../../shared/format";
import { type ColumnName, List } from "../../shared/List";
import { Mandates } from "../../shared/Mandates";
import { type DetailProps, Opened, PanelCorner } from "../../shared/Opened";
import { replace } from "../../shared/route";
import { Timeline } from "../../shared/Timeline";
import { ToSign } from "../../shared/Unlock";

const COLUMNS: readonly ColumnName[] = ["name", "number", "status", "country", "at", "owner"];
const NAME = "parties.partner-named";

export function PartiesPage() {
  const { t } = useTranslation();
  return (
    <div className="sr-page sr-page-list">
      <PageHead title={t("parties.title")} under={t("parties.lead")}>
        <ToSign>
          <Button size="sm" onClick={() => openForm(NAME)} data-testid="new">
            {t(`actions.${NAME}`)}
          </Button>
        </ToSign>
      </PageHead>
      <List
        table="parties"
        path={["parties"]}
        chips={["all"]}
        columns={COLUMNS}
        empty={t("parties.empty")}
        beside={(subject) => (
          <>
            <PanelCorner subject={subject} onClose={() => replace(["parties"])} />
            <Opened subject={subject}>{(detail) => <PartyDetail detail={detail} full={false} />}</Opened>
          </>
        )}
      />
    </div>
  );
}

export function PartyDetail(props: DetailProps) {
  const { t } = useTranslation();
  const f = useFormats();
  const { detail } = props;
  const { view } = detail;
  if (view.type !== "party" && view.type !== "partner") return null;
  const { profile } = view;
  return (
    <div className="sr-detail" data-testid={`detail-${detail.row.subject}`}>
      <PageHead title={f.local(profile.name)} under={t(`types.${view.type}`)} />
      <Actions detail={detail} />
      <div className="sr-detail-top">
        <Facts
          of={[
            [t("fields.country"), `${f.country(profile.country)} (${profile.country})`],
            [t("fields.roles"), profile.roles.map((role) => t(`values.roles.${role}`)).join(", ")],
            ...profile.identifiers.map((id): [string, string] => [t(`values.scheme.${id.scheme}`), id.value]),
            [t("fields.key"), view.party && <span className="sr-mono">{view.party}</span>],
          ]}
        />
        {!view.party && <p className="sr-soft">{t("parties.no-key")}</p>}
      </div>
      {view.mandates.length > 0 && (
        <Section title={t("parties.mandates")}>
          <Mandates of={view.mandates} />
        </Section>
      )}
      <Section title={t("records.timeline")}>
        <Timeline entries={detail.timeline} names={detail.names} />
      </Section>
    </div>
  );
}
