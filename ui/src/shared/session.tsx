// Who we are and how old our knowledge is, for every part of the screen.

import { createContext, type ReactNode, useContext } from "react";
import type { Session } from "../api/generated";
import { followClock } from "./clock";

const SessionContext = createContext<Session | null>(null);

export function SessionProvider(props: { session: Session; children: ReactNode }) {
  followClock(props.session.simulated_clock ? props.session.time : null);
  return <SessionContext.Provider value={props.session}>{props.children}</SessionContext.Provider>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session around this part of the screen");
  return session;
}
