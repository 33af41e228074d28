//! A Tauri window with nothing in it: what the idle desktop is measured against.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!("src-tauri/e2e/empty/tauri.conf.json"))
}
