//! The real window, driven as a person would: under its own X server, through WebKit's own driver.

mod alliance;
mod desktop;
mod idle;
mod journey;
mod processes;
mod scanner;
mod screen;
mod tour;
mod windows;

use std::error::Error;

use desktop::Desktop;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::test]
async fn the_window_opens_on_an_empty_folder() -> Outcome {
    let folder = processes::Folder::new("opens")?;
    let desktop = Desktop::start(folder.path()).await?;
    desktop.wait_for("first-run-sample").await?;
    desktop.wait_for("first-run-setup").await?;
    assert!(!desktop.text("first-run").await?.trim().is_empty(), "no words");
    let picture = desktop.picture("window-en").await?;
    assert!(picture.metadata()?.len() > 5_000, "{} is blank", picture.display());
    desktop.close().await
}

#[tokio::test]
async fn a_page_from_elsewhere_is_not_fetched() -> Outcome {
    let folder = processes::Folder::new("csp")?;
    let desktop = Desktop::start(folder.path()).await?;
    desktop.wait_for("first-run").await?;
    let answer = desktop
        .evaluate(
            "const done = arguments[arguments.length - 1];
             fetch('https://example.org/').then(() => done('fetched'), () => done('refused'));",
        )
        .await?;
    assert_eq!(answer, "refused");
    desktop.close().await
}
