//! A hand scanner: a keyboard that types a whole label at once and presses Enter.

use crate::{
    Outcome,
    desktop::Desktop,
    journey::{CARRIER, step_into},
};

/// The label of the piece that travels: GTIN and serial number (GS1 General Specifications, application identifiers 01 and 21).
const PIECE: &str = "010950600015522721DC1101-0014";

/// The packages of the sample's shipment, as their labels say it (GS1 General Specifications, SSCC).
const LABELS: [&str; 3] = ["395060000011700011", "395060000011700028", "395060000011700035"];

/// The clerk scans a label where nobody is typing: what it is comes up, and opens. Then the packages of the shipment are counted.
pub async fn scan_the_packages(desktop: &Desktop) -> Outcome {
    step_into(desktop, CARRIER).await?;
    desktop.click("nav-home").await?;
    desktop.wait_for("home-now").await?;
    desktop.scan(PIECE).await?;
    desktop.wait_for_text("scan-ok", "DC1101-0014").await?;
    desktop.picture("scan-en").await?;
    desktop.find("[data-testid=scan-ok] a").await?.click().await?;
    desktop
        .find("[data-testid^='detail-item:'][data-testid$='DC1101-0014']")
        .await?;
    desktop.click("nav-shipments").await?;
    let row = "[data-testid^='row-shipment:'][data-testid$=':JL-0117']";
    desktop.find(row).await?.click().await?;
    desktop.click("count-packages").await?;
    desktop.wait_for_text("scan-count", "of 3").await?;
    for (counted, label) in LABELS.iter().enumerate() {
        // With its application identifier, as a GS1-128 label is read.
        desktop.scan(&format!("00{label}")).await?;
        desktop
            .wait_for_text("scan-count", &format!("{} of 3", counted + 1))
            .await?;
        desktop.wait_for_text("scan-ok", label).await?;
    }
    desktop.scan(LABELS[0]).await?;
    desktop.wait_for("scan-double").await?;
    desktop.scan("395060000011800018").await?;
    desktop.wait_for("scan-unknown").await?;
    desktop.wait_for_text("scan-count", "3 of 3").await?;
    desktop.picture("scan-count-en").await?;
    Ok(())
}
