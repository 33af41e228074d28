import { createRoot } from "react-dom/client";
import { newClient } from "./api/hooks";
import { App } from "./app/App";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App client={newClient()} />);
