//! The desktop window: one command in, one event out. Everything a user can do is in `app`; this file only
//! carries values between it and the web page.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::{
    env,
    error::Error,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use app::{App, Options, UserError};
use serde_json::{Value, json};
use tauri::{AppHandle, Builder, Emitter, Manager, State};

/// The event that carries every change the page has to know of.
const EVENT: &str = "sealroad";

const USAGE: &str = "usage: sealroad-desktop [--data DIR]\n  --data DIR  the ledger folder (default: this user's own)";

/// The opened ledger, or the reason why it could not be opened. The window opens in both cases, so that the reason is
/// read on screen and in the user's language.
struct Desk(Result<Arc<App>, Value>);

/// Answers one request of the page. It runs on a thread of its own, because an import or a search must not hold up
/// the window.
#[tauri::command]
async fn call(desk: State<'_, Desk>, request: Value) -> Result<Value, Value> {
    let app = desk.0.clone()?;
    tauri::async_runtime::spawn_blocking(move || app.call(request))
        .await
        .unwrap_or_else(|stop| Err(stopped(&stop)))
}

/// What the page is told when a request was broken off by a fault in the program.
fn stopped(stop: &dyn Error) -> Value {
    json!(UserError::new("program-fault").with("what", stop))
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let data = match data_folder(&arguments) {
        Ok(data) => data,
        Err(argument) => {
            eprintln!("sealroad-desktop: {} is not understood\n{USAGE}", argument.display());
            return ExitCode::from(2);
        }
    };
    draw_frugally(&arguments);
    match open_window(data) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sealroad-desktop: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `--data DIR` or `--data=DIR`; gives back the first argument that is neither.
fn data_folder(arguments: &[OsString]) -> Result<Option<PathBuf>, &OsStr> {
    let mut data = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let folder = if argument == "--data" {
            rest.next().map(PathBuf::from)
        } else {
            argument
                .to_str()
                .and_then(|text| text.strip_prefix("--data="))
                .map(PathBuf::from)
        };
        data = Some(folder.ok_or(argument.as_os_str())?);
    }
    Ok(data)
}

/// What WebKitGTK is told so that a window costs little. It reads these once, so the program replaces itself, before any thread, by
/// itself with those that are missing; whoever sets one by hand is heard. What each saves is in `docs/memory.md`.
#[cfg(target_os = "linux")]
fn draw_frugally(arguments: &[OsString]) {
    use std::{os::unix::process::CommandExt, process::Command};
    /// JavaScriptCore (`OptionsList.h` of WebKitGTK 2.50) compiles a function once it has been called some hundred times, which a page does
    /// with half of its code while it opens. Here only what runs long is compiled, and garbage is looked for after 8 MiB, not after 32.
    const ALWAYS: [(&str, &str); 5] = [
        ("JSC_thresholdForJITAfterWarmUp", "20000"),
        ("JSC_thresholdForOptimizeAfterWarmUp", "1000000"),
        ("JSC_thresholdForOptimizeAfterLongWarmUp", "1000000"),
        ("JSC_thresholdForOptimizeSoon", "1000000"),
        ("JSC_largeHeapSize", "8388608"),
    ];
    /// Otherwise it would draw through a software GPU, which costs 100 MiB and half of the start-up time.
    const WITHOUT_GRAPHICS_CARD: [(&str, &str); 1] = [("WEBKIT_DISABLE_DMABUF_RENDERER", "1")];
    let missing: Vec<_> = ALWAYS
        .iter()
        .chain(WITHOUT_GRAPHICS_CARD.iter().filter(|_| !Path::new("/dev/dri").exists()))
        .filter(|(name, _)| env::var_os(name).is_none())
        .copied()
        .collect();
    if missing.is_empty() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        // `exec` only comes back when it failed; then the window opens all the same, only larger and slower.
        let error = Command::new(program).args(arguments).envs(missing).exec();
        eprintln!("sealroad-desktop: drawing with WebKit's own settings: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn draw_frugally(_arguments: &[OsString]) {}

fn open_window(data: Option<PathBuf>) -> tauri::Result<()> {
    let builder = Builder::default();
    let builder = match data {
        // First, so that a second start ends before it opens anything.
        None => builder.plugin(tauri_plugin_single_instance::init(|handle, _arguments, _folder| {
            show_window(handle)
        })),
        // Whoever names folders may have a window on each; that no two have the same is the folder's own lock.
        Some(_) => builder,
    };
    builder
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |window| {
            let desk = open_desk(data.as_deref(), window.handle());
            window.manage(desk);
            Ok(())
        })
        .run(tauri::generate_context!())
}

/// Opens the ledger and forwards its events to the page.
fn open_desk(data: Option<&Path>, handle: &AppHandle) -> Desk {
    let opened = App::open(Options {
        data: data.map(Path::to_path_buf),
    });
    Desk(match opened {
        Ok(app) => {
            let page = handle.clone();
            app.subscribe(Box::new(move |event| {
                // Nobody listens before the page has loaded and after it has closed; it reads afresh when it opens.
                let _unheard = page.emit(EVENT, event);
            }));
            Ok(Arc::new(app))
        }
        Err(error) => Err(serde_json::to_value(error).unwrap_or_else(|fault| stopped(&fault))),
    })
}

/// A second start shows the window that is already open.
fn show_window(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window("main") {
        // A window that cannot be raised (Wayland may refuse) is still there: nothing to undo.
        let _shown = window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus());
    }
}
