// The window's door. The only file that imports @tauri-apps.

import { invoke } from "@tauri-apps/api/core";
import { listen as listenTo } from "@tauri-apps/api/event";
import { asUserError } from "./errors";
import type { Door, Told } from "./host";

export const tauriDoor: Door = {
  async ask(request) {
    try {
      return await invoke("call", { request });
    } catch (problem) {
      throw asUserError(problem);
    }
  },
  listen(hear) {
    const ending = listenTo<Told>("sealroad", (event) => hear(event.payload));
    return () => {
      ending.then((end) => end());
    };
  },
};
