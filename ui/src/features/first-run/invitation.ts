// What an invitation file says, for people to see before they join. The core reads and checks it itself.

import { base64Of } from "../../components/FileDrop";

export interface Invitation {
  /** The file, base64. */
  content: string;
  /** Name of the network. */
  name: string;
  /** When it was founded. */
  created: string;
  validators: Array<{ key: string; name: string; addresses: string[] }>;
}

/** Most bytes of an invitation, as the core reads it. */
const BYTES = 256 * 1024;

interface Paper {
  form?: string;
  genesis?: { name?: string; created?: string; validators?: Array<{ key: string; party: string }> };
  seats?: Array<{ vote: string; name: string; addresses: string[] }>;
}

/** Reads an invitation; null when the file is none. */
export async function readInvitation(file: File): Promise<Invitation | null> {
  if (file.size > BYTES) return null;
  try {
    const content = await base64Of(file);
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const paper = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Paper;
    const { genesis, seats = [] } = paper;
    if (paper.form !== "sealroad-invitation.1" || !genesis?.name || !genesis.validators?.length) return null;
    const validators = genesis.validators.map(({ key }) => {
      const seat = seats.find((one) => one.vote === key);
      return { key, name: seat?.name ?? "", addresses: seat?.addresses ?? [] };
    });
    return { content, name: genesis.name, created: genesis.created ?? "", validators };
  } catch {
    return null;
  }
}
