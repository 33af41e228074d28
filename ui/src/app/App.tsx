// Everything around the pages: theme, language, who we are, and which of first run, locked and ready it is.

// All sheets, here and in this order: between equal rules the order decides, and it must not depend on which page was loaded first.
import "./mantine.css";
import "@fontsource-variable/inter";
import "@fontsource-variable/noto-sans-sc";
import "./app.css";
import "./pages.css";
import "./import-scan.css";
import "./reflow.css";
import "../components/components.css";
import "../shared/shared.css";
import "../features/keys/keys.css";
import "../components/drawings.css";
import "../features/network/desks.css";
import "../features/network/network.css";
import { MantineProvider, useMantineColorScheme } from "@mantine/core";
import { type QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { Component, lazy, type ReactNode, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Settings } from "../api/generated";
import { useAsk, useCall, useTold } from "../api/hooks";
import { Shape } from "../components/Blocks";
import { Problem } from "../shared/Problem";
import { SessionProvider } from "../shared/session";
import { SigningProvider } from "../shared/signing";
import { Frame } from "./Frame";
import { i18next, LANGUAGES, type Language, languageFor, learn } from "./i18n";
import { Pages } from "./Pages";
import { resolver, theme } from "./theme";

// Opened once in the life of a firm.
const FirstRun = lazy(async () => ({ default: (await import("../features/first-run/Page")).FirstRun }));

/** The last resort: a screen of ours failed. What was typed is in the drafts. */
class Fallen extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <main className="sr-first">
        <div className="sr-first-box">
          <Problem error={this.state.error} again={() => window.location.reload()} />
        </div>
      </main>
    );
  }
}

function useSettings() {
  const client = useQueryClient();
  const answer = useCall({ call: "settings" });
  const ask = useAsk<{ call: "change-settings"; settings: Settings }>((settings) =>
    client.setQueryData(["settings", { call: "settings" }], settings),
  );
  const settings = ask.variables && ask.isPending ? ask.variables.settings : answer.data;
  const change = (next: Settings) => ask.mutate({ call: "change-settings", settings: next });
  return { settings: settings ?? { language: "system", scheme: "system", sounds: true }, change };
}

function Inside() {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const session = useCall({ call: "session" });
  const { settings, change } = useSettings();
  useTold();
  const language = languageFor(settings.language);
  useEffect(() => {
    let wanted = true;
    learn(language).then(() => {
      if (!wanted) return;
      i18next.changeLanguage(language);
      document.documentElement.lang = LANGUAGES[language];
    });
    return () => {
      wanted = false;
    };
  }, [language]);
  useEffect(
    () => setColorScheme(settings.scheme === "light" || settings.scheme === "dark" ? settings.scheme : "auto"),
    [settings.scheme, setColorScheme],
  );
  const speak = (next: string) => change({ ...settings, language: next });
  if (session.isError) {
    return (
      <main className="sr-first">
        <div className="sr-first-box">
          <Problem error={session.error} again={() => session.refetch()} />
        </div>
      </main>
    );
  }
  if (!session.data) return <Shape label={t("common.loading")} />;
  const current = i18n.language as Language;
  if (session.data.stage === "first-run") {
    return (
      <Suspense fallback={null}>
        <FirstRun language={current} onLanguage={speak} />
      </Suspense>
    );
  }
  return (
    <SessionProvider session={session.data}>
      <SigningProvider>
        <Frame language={current} onLanguage={speak} settings={settings} onSettings={change}>
          <Pages settings={settings} onSettings={change} />
        </Frame>
      </SigningProvider>
    </SessionProvider>
  );
}

export function App(props: { client: QueryClient; env?: "test" | "default" }) {
  return (
    <QueryClientProvider client={props.client}>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto" env={props.env}>
        <Fallen>
          <Inside />
        </Fallen>
      </MantineProvider>
    </QueryClientProvider>
  );
}
