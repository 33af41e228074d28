//! The first journey: the sample's shipment arrives, changes hands and is delivered, by three parties in one window; its
//! evidence is handed over and checked, and the same evidence with one bit changed is refused.

use std::{error::Error, fs, path::Path};

use serde_json::Value;

use crate::{
    Outcome,
    desktop::{Desktop, Language},
    processes::Folder,
    scanner::scan_the_packages,
};

/// Whose shoes: the place of each party among the sample's.
pub const EXPORTER: usize = 0;
pub const CARRIER: usize = 2;
pub const BUYER: usize = 3;

/// A step of the sample's thread.
struct Step {
    shoes: usize,
    /// Its code in the words of the home page.
    code: &'static str,
    kind: &'static str,
    /// How many records of this kind the shipment's page then shows.
    entries: usize,
}

const STEPS: [Step; 4] = [
    Step {
        shoes: CARRIER,
        code: "arrive",
        kind: "logistics.arrived",
        entries: 3,
    },
    Step {
        shoes: CARRIER,
        code: "offer",
        kind: "logistics.handover-offered",
        entries: 3,
    },
    Step {
        shoes: BUYER,
        code: "accept",
        kind: "logistics.handover-accepted",
        entries: 3,
    },
    Step {
        shoes: BUYER,
        code: "deliver",
        kind: "logistics.delivered",
        entries: 1,
    },
];

#[tokio::test]
async fn the_first_journey_in_english() -> Outcome {
    journey(Language::En).await
}

#[tokio::test]
async fn the_first_journey_in_chinese() -> Outcome {
    journey(Language::Zh).await
}

async fn journey(language: Language) -> Outcome {
    let folder = Folder::new(language.tag())?;
    let desktop = Desktop::start(folder.path()).await?;
    try_the_sample(&desktop, language).await?;
    if language == Language::En {
        scan_the_packages(&desktop).await?;
    }
    for step in &STEPS {
        take(&desktop, step, language).await?;
    }
    let evidence = export_evidence(&desktop).await?;
    desktop.click("nav-home").await?;
    desktop.wait_for("home-now").await?;
    // The story has come to its end.
    desktop.wait_count("[data-testid=thread]", 0).await?;
    honest_file_is_accepted(&desktop, folder.path(), &evidence, language).await?;
    desktop.picture(&format!("journey-{}", language.tag())).await?;
    flipped_file_is_refused(&desktop, folder.path(), evidence, language).await?;
    desktop.picture(&format!("journey-refused-{}", language.tag())).await?;
    desktop.close().await
}

/// First run, in the language chosen on the screen, to the home page.
pub async fn try_the_sample(desktop: &Desktop, language: Language) -> Outcome {
    desktop.wait_for("first-run-sample").await?;
    desktop.speak(language).await?;
    desktop.click("first-run-sample").await?;
    desktop.wait_for("app").await?;
    desktop.wait_for("sample-banner").await?;
    desktop.wait_for("thread").await?;
    Ok(())
}

/// Acts as one of the sample's parties.
pub async fn step_into(desktop: &Desktop, shoes: usize) -> Outcome {
    desktop.click(&format!("shoes-{shoes}")).await?;
    desktop
        .find(&format!("[data-testid=shoes-{shoes}][aria-pressed=true]"))
        .await?;
    Ok(())
}

/// Home asks for the step; the form is filled in by it, looked over and signed by one key.
async fn take(desktop: &Desktop, step: &Step, language: Language) -> Outcome {
    step_into(desktop, step.shoes).await?;
    desktop.click("nav-home").await?;
    let asked = words("home", language, &["home", &format!("entries.thread.{}", step.code)])?;
    desktop.wait_for_text("thread", &asked).await?;
    desktop.click("thread-go").await?;
    desktop.wait_for(&format!("form-{}", step.kind)).await?;
    desktop.click("review").await?;
    desktop.wait_for("review-record").await?;
    assert!(
        !desktop.text("fingerprint").await?.trim().is_empty(),
        "no fingerprint to compare"
    );
    desktop.press('s').await?;
    desktop.wait_for("signing-waiting").await?;
    // One key is all it takes, and it is seen once; after that nobody waits for the ten seconds of grace.
    if step.code != "arrive" || language != Language::En {
        desktop.click("sign-now").await?;
    }
    desktop.wait_for("signing-signed").await?;
    desktop
        .wait_count(&format!("[data-testid='entry-{}']", step.kind), step.entries)
        .await
}

/// Saves the evidence of what is open, and gives the saved bytes back.
pub async fn export_evidence(desktop: &Desktop) -> Result<Vec<u8>, Box<dyn Error>> {
    desktop.click("export").await?;
    desktop.click("export-evidence").await?;
    desktop.wait_for("exported").await?;
    desktop.downloaded(".evidence.json").await
}

async fn honest_file_is_accepted(desktop: &Desktop, folder: &Path, evidence: &[u8], language: Language) -> Outcome {
    let said = check(desktop, folder, "evidence.json", evidence, "accepted").await?;
    let accepted = words("verify", language, &["check", "verdict.accepted"])?;
    assert!(said.starts_with(&accepted), "{said:?} does not begin with {accepted:?}");
    let passed = desktop.count(PASSED).await?;
    assert!(passed >= 8, "only {passed} checks hold");
    assert_eq!(desktop.count(FAILED).await?, 0, "a check does not hold");
    Ok(())
}

/// One bit turns three packages into two.
async fn flipped_file_is_refused(
    desktop: &Desktop,
    folder: &Path,
    mut evidence: Vec<u8>,
    language: Language,
) -> Outcome {
    let three = br#""packages":3"#;
    let at = evidence.windows(three.len()).position(|found| found == three);
    let digit = at.ok_or("the evidence names no packages")? + three.len() - 1;
    evidence[digit] ^= 1;
    let said = check(desktop, folder, "flipped.json", &evidence, "refused").await?;
    let accepted = words("verify", language, &["check", "verdict.accepted"])?;
    assert!(!said.contains(&accepted), "{said:?}");
    assert_eq!(desktop.count(FAILED).await?, 1, "one check says what is wrong");
    Ok(())
}

const PASSED: &str = "[data-testid^=verify-check-][data-state=passed]";
const FAILED: &str = "[data-testid^=verify-check-][data-state=failed]";

/// Drops a file on the Verify page and gives back what the page says of it.
pub async fn check(
    desktop: &Desktop,
    folder: &Path,
    name: &str,
    content: &[u8],
    verdict: &str,
) -> Result<String, Box<dyn Error>> {
    let file = folder.join(name);
    fs::write(&file, content)?;
    desktop.click("nav-verify").await?;
    desktop.drop_file("verify-drop", &file).await?;
    let selector = format!("[data-testid=verify-verdict][data-verdict={verdict}]");
    let sentence = desktop.find(&selector).await?;
    Ok(sentence.prop("textContent").await?.unwrap_or_default())
}

/// The words the page is made of, so that what is asked for is what stands there in that language.
fn words(feature: &str, language: Language, path: &[&str]) -> Result<String, Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("ui/src/features")
        .join(feature)
        .join(format!("words.{}.json", language.tag()));
    let tree: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let found = path.iter().try_fold(&tree, |tree, name| tree.get(name));
    let found = found.and_then(Value::as_str);
    Ok(found
        .ok_or_else(|| format!("{} has no {path:?}", file.display()))?
        .to_owned())
}
