// Desktops of other firms that we know, and how ours is known to them.

import { Button, CopyButton, TextInput } from "@mantine/core";
import { IconCheck, IconCopy, IconQrcode } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { wordError } from "../../api/errors";
import type { DeskLine, DesksPage } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { QrCode } from "../../components/QrCode";
import { shortId, useFormats } from "../../shared/format";
import { Problem } from "../../shared/Problem";
import { StateChip } from "../../shared/State";
import { useDeskAsk } from "./desk";
import { useSpan } from "./span";

/** What introduces our desktop: to copy, and to be read from the screen. */
function OwnCard(props: { page: DesksPage; card: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const { page, card } = props;
  return (
    <section className="sr-card sr-desk-card" aria-label={t("desks.own")}>
      <strong>{t("desks.own")}</strong>
      <p className="sr-soft sr-tight">{t("desks.own-why")}</p>
      <p className="sr-mono sr-desk-code" data-testid="own-card">
        {card}
      </p>
      <p className="sr-soft sr-tight">
        {page.listening ? t("desks.own-address", { address: page.listening }) : t("desks.own-no-address")}
      </p>
      <div className="sr-actions">
        <CopyButton value={card}>
          {({ copied, copy }) => (
            <Button
              size="sm"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              data-testid="own-card-copy"
            >
              {t(copied ? "admission.copied" : "desks.copy")}
            </Button>
          )}
        </CopyButton>
        <Button
          size="sm"
          variant="default"
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
          leftSection={<IconQrcode size={14} />}
          data-testid="own-card-qr"
        >
          {t(shown ? "desks.qr-hide" : "desks.qr-show")}
        </Button>
      </div>
      {shown && <QrCode text={card} label={t("desks.qr")} otherwise={t("desks.qr-too-long")} />}
    </section>
  );
}

/** Whether other desktops reach this one, and where. */
function Listening(props: { page: DesksPage }) {
  const { t } = useTranslation();
  const [port, setPort] = useState("");
  const [wrong, setWrong] = useState(false);
  const ask = useDeskAsk<"desk-listen">();
  const { listening } = props.page;
  const start = (event: FormEvent) => {
    event.preventDefault();
    const text = port.trim();
    const asked = Number(text || "0");
    const fits = /^\d{0,5}$/.test(text) && asked <= 65_535;
    setWrong(!fits);
    if (fits) ask.mutate({ call: "desk-listen", port: asked });
  };
  const refused = ask.isError ? wordError(t, ask.error) : undefined;
  return (
    <section className="sr-card sr-desk-card" aria-label={t("desks.listen")}>
      <strong>{t("desks.listen")}</strong>
      <p className="sr-soft sr-tight" data-testid="listening">
        {listening ? t("desks.listen-on", { address: listening }) : t("desks.listen-off")}
      </p>
      {listening ? (
        <>
          {refused && <Problem error={ask.error} />}
          <div className="sr-actions">
            <Button
              size="sm"
              variant="default"
              loading={ask.isPending}
              onClick={() => ask.mutate({ call: "desk-listen", port: null })}
              data-testid="listen-stop"
            >
              {t("desks.listen-stop")}
            </Button>
          </div>
        </>
      ) : (
        <form className="sr-desk-form" onSubmit={start} noValidate>
          <TextInput
            label={t("desks.port")}
            description={t("desks.port-hint")}
            inputMode="numeric"
            value={port}
            error={wrong ? wordError(t, { code: "not-a-port" }) : refused}
            onChange={(event) => setPort(event.currentTarget.value)}
            data-testid="listen-port"
          />
          <Button type="submit" size="sm" variant="default" loading={ask.isPending} data-testid="listen-start">
            {t("desks.listen-start")}
          </Button>
        </form>
      )}
    </section>
  );
}

/** Takes the card of another desktop: pasted, or typed by a scanner that ends with Enter. */
function Introduce(props: { page: DesksPage }) {
  const { t } = useTranslation();
  const f = useFormats();
  const [card, setCard] = useState("");
  const [met, setMet] = useState<string | null>(null);
  const before = props.page.desks.map((desk) => desk.node);
  const ask = useDeskAsk<"desk-meet">((page) => {
    const found = page.desks.find((desk) => !before.includes(desk.node));
    setMet(found ? f.local(found.name) : "");
    setCard("");
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (card.trim()) ask.mutate({ call: "desk-meet", card: card.trim() });
  };
  return (
    <section className="sr-card sr-desk-card" aria-label={t("desks.meet")}>
      <strong>{t("desks.meet")}</strong>
      <p className="sr-soft sr-tight">{t("desks.meet-why")}</p>
      <form className="sr-desk-form" onSubmit={send} noValidate>
        <TextInput
          label={t("desks.meet-card")}
          placeholder="sealroad-desk:…"
          autoComplete="off"
          spellCheck={false}
          className="sr-desk-wide"
          value={card}
          error={ask.isError ? wordError(t, ask.error) : undefined}
          onChange={(event) => {
            setCard(event.currentTarget.value);
            setMet(null);
            ask.reset();
          }}
          data-testid="meet-card"
        />
        <Button type="submit" size="sm" disabled={!card.trim()} loading={ask.isPending} data-testid="meet">
          {t("desks.meet-do")}
        </Button>
      </form>
      {met !== null && (
        <p className="sr-net-well" role="status" data-testid="met">
          {met ? t("desks.met", { name: met }) : t("desks.met-again")}
        </p>
      )}
    </section>
  );
}

function Forget(props: { desk: DeskLine; name: string }) {
  const { t } = useTranslation();
  const { desk, name } = props;
  const [sure, setSure] = useState(false);
  const ask = useDeskAsk<"desk-forget">();
  if (!sure) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setSure(true)}
        aria-label={t("desks.forget-name", { name })}
        data-testid={`forget-${desk.node}`}
      >
        {t("desks.forget")}
      </Button>
    );
  }
  return (
    <div className="sr-desk-sure">
      <p className="sr-tight">{t("desks.forget-why")}</p>
      {ask.isError && <Problem error={ask.error} />}
      <div className="sr-actions">
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          autoFocus
          loading={ask.isPending}
          onClick={() => ask.mutate({ call: "desk-forget", node: desk.node })}
          data-testid={`forget-sure-${desk.node}`}
        >
          {t("desks.forget-sure", { name })}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setSure(false)}>
          {t("desks.forget-not")}
        </Button>
      </div>
    </div>
  );
}

function Row(props: { desk: DeskLine }) {
  const { t } = useTranslation();
  const f = useFormats();
  const span = useSpan();
  const { desk } = props;
  const name = f.local(desk.name) || shortId(desk.party);
  const state = desk.failed !== null ? "unreached" : desk.heard === null ? "not-heard" : "heard";
  return (
    <tr data-testid={`desk-${desk.node}`}>
      <th scope="row">
        {name}
        <small className={`sr-soft sr-block${desk.addresses.length ? " sr-mono" : ""}`} title={desk.node}>
          {desk.addresses.join(", ") || t("desks.no-address")}
        </small>
      </th>
      <td>{desk.heard === null ? <span className="sr-soft">{t("network.never")}</span> : span.ago(desk.heard)}</td>
      <td>
        <StateChip state={state} />
        {!desk.reads && <small className="sr-soft sr-block">{t("documents.reads-not")}</small>}
        {desk.failed !== null && (
          <small className="sr-soft sr-block">
            {t("desks.failed", { why: t([`refusals.${desk.failed}`, `errors.${desk.failed}`], desk.failed) })}
          </small>
        )}
      </td>
      <td className="sr-right">
        <Forget desk={desk} name={name} />
      </td>
    </tr>
  );
}

function List(props: { desks: DeskLine[] }) {
  const { t } = useTranslation();
  if (!props.desks.length) return <p className="sr-soft">{t("desks.none")}</p>;
  return (
    <div className="sr-net-scroll">
      <table className="sr-net-table">
        <thead>
          <tr>
            <th scope="col">{t("network.member")}</th>
            <th scope="col">{t("network.last-contact")}</th>
            <th scope="col">{t("network.stands")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {props.desks.map((desk) => (
            <Row key={desk.node} desk={desk} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Desktops(props: { page: DesksPage }) {
  const { t } = useTranslation();
  const { page } = props;
  return (
    <div data-part="desktops" tabIndex={-1}>
      <Section title={t("desks.desktops")} id="desktops">
        <List desks={page.desks} />
      </Section>
      <div className="sr-desk-own">
        <div className="sr-stack">
          <Introduce page={page} />
          <Listening page={page} />
        </div>
        {page.card !== null && <OwnCard page={page} card={page.card} />}
      </div>
    </div>
  );
}
