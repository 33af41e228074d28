import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { newClient } from "./api/hooks";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App client={newClient()} />);
