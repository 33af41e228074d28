// The other nodes: when something last came from them, and what was refused on which side.

import { useTranslation } from "react-i18next";
import type { NetworkPage, PeerLine } from "../../api/generated";
import { Section } from "../../components/Blocks";
import { shortId, useFormats } from "../../shared/format";
import { StateChip } from "../../shared/State";
import { useSpan } from "./span";

function Row(props: { peer: PeerLine }) {
  const { t } = useTranslation();
  const span = useSpan();
  const { peer } = props;
  return (
    <tr data-testid={`peer-${peer.key}`}>
      <th scope="row">
        {peer.name ?? shortId(peer.key)}
        <small className="sr-mono sr-soft sr-block" title={peer.key}>
          {peer.addresses.join(", ") || t("network.no-address")}
        </small>
      </th>
      <td>{peer.seen === null ? <span className="sr-soft">{t("network.never")}</span> : span.ago(peer.seen)}</td>
      <td>
        <StateChip state={peer.standing} title={t("network.points", { count: peer.points })} />
        {peer.wait > 0 && (
          <small className="sr-soft sr-block">{t("network.wait", { span: span.long(peer.wait) })}</small>
        )}
      </td>
    </tr>
  );
}

type Counts = { [key in string]?: number };

/** One line for what was refused: on which side, to whom, why, how often. */
function useRefusals(page: NetworkPage): string[] {
  const { t } = useTranslation();
  const f = useFormats();
  const lines = (counts: Counts, key: string, name: string) =>
    Object.entries(counts).map(([code, times = 0]) => {
      const why = t(`refusals.${code}`, { defaultValue: code });
      return t(key, { name, why, count: times, times: f.number(times) });
    });
  return [
    ...page.peers.flatMap((peer) => {
      const name = peer.name ?? shortId(peer.key);
      return [
        ...lines(peer.refused_by_us, "network.by-us", name),
        ...lines(peer.refused_by_them, "network.by-them", name),
      ];
    }),
    ...lines(page.faults, "network.by-unknown", ""),
  ];
}

export function Peers(props: { page: NetworkPage }) {
  const { t } = useTranslation();
  const { page } = props;
  const refusals = useRefusals(page);
  return (
    <>
      <Section title={t("network.peers")} id="peers">
        {page.listen && <p className="sr-soft sr-tight">{t("network.listens", { address: page.listen })}</p>}
        {page.peers.length === 0 && <p className="sr-soft">{t("network.no-peers")}</p>}
        {page.peers.length > 0 && (
          <div className="sr-net-scroll">
            <table className="sr-net-table">
              <thead>
                <tr>
                  <th scope="col">{t("network.peer")}</th>
                  <th scope="col">{t("network.last-contact")}</th>
                  <th scope="col">{t("network.stands")}</th>
                </tr>
              </thead>
              <tbody>
                {page.peers.map((peer) => (
                  <Row key={peer.key} peer={peer} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <Section title={t("network.refused")} id="refused">
        {refusals.length === 0 && <p className="sr-soft">{t("network.nothing-refused")}</p>}
        <ul className="sr-plain" data-testid="refusals">
          {refusals.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}
