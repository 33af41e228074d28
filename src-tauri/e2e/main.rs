//! The real window, driven as a person would: under its own X server, through WebKit's own driver.

mod desktop;
mod processes;

use std::error::Error;

use desktop::{Desktop, Language};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::test]
async fn the_window_opens_on_an_empty_folder() -> Outcome {
    let folder = processes::Folder::new("opens")?;
    let desktop = Desktop::start(folder.path(), Language::En).await?;
    desktop.wait_for("app").await?;
    assert!(
        !desktop.text("app").await?.trim().is_empty(),
        "the window shows no words"
    );
    let picture = desktop.picture("window-en").await?;
    assert!(picture.metadata()?.len() > 5_000, "{} is blank", picture.display());
    desktop.close().await
}

#[tokio::test]
async fn a_page_from_elsewhere_is_not_fetched() -> Outcome {
    let folder = processes::Folder::new("csp")?;
    let desktop = Desktop::start(folder.path(), Language::En).await?;
    desktop.wait_for("app").await?;
    let answer = desktop
        .evaluate(
            "const done = arguments[arguments.length - 1];
             fetch('https://example.org/').then(() => done('fetched'), () => done('refused'));",
        )
        .await?;
    assert_eq!(answer, "refused");
    desktop.close().await
}
