//! A picture of every page in the three languages, for whoever wants to see the product without starting it.

use crate::{
    Outcome,
    desktop::{Desktop, Language},
    journey::{CARRIER, EXPORTER, check, export_evidence, step_into, try_the_sample},
    processes::Folder,
};

#[tokio::test]
async fn the_pages_of_the_journey_in_three_languages() -> Outcome {
    let folder = Folder::new("tour")?;
    let desktop = Desktop::start(folder.path()).await?;
    let tours = [Language::En, Language::Zh, Language::De].map(|language| Tour {
        desktop: &desktop,
        language,
    });
    desktop.wait_for("first-run-sample").await?;
    for tour in &tours {
        desktop.speak(tour.language).await?;
        tour.picture("first-run").await?;
    }
    try_the_sample(&desktop, Language::En).await?;
    let mut evidence = None;
    for tour in &tours {
        desktop.speak(tour.language).await?;
        step_into(&desktop, EXPORTER).await?;
        tour.own_pages().await?;
        tour.goods().await?;
        tour.shipments().await?;
        let evidence = match &evidence {
            Some(evidence) => evidence,
            None => evidence.insert(export_evidence(&desktop).await?),
        };
        check(&desktop, folder.path(), "evidence.json", evidence, "accepted").await?;
        tour.picture("verify").await?;
        tour.signing().await?;
    }
    desktop.close().await
}

struct Tour<'a> {
    desktop: &'a Desktop,
    language: Language,
}

impl Tour<'_> {
    async fn picture(&self, page: &str) -> Outcome {
        let file = self.desktop.picture(&format!("{page}-{}", self.language.tag())).await?;
        assert!(file.metadata()?.len() > 20_000, "{} is blank", file.display());
        Ok(())
    }

    /// Opens a page by its name on the rail and waits for the part that shows its content has come.
    async fn open(&self, page: &str, selector: &str) -> Outcome {
        self.desktop.click(&format!("nav-{page}")).await?;
        self.desktop.find(selector).await?;
        Ok(())
    }

    async fn own_pages(&self) -> Outcome {
        self.open("home", "[data-testid=home-watch]").await?;
        self.picture("home").await?;
        self.open("parties", "[data-testid^='row-part']").await?;
        self.picture("parties").await?;
        self.open("ledger", "[data-testid=records] a").await?;
        self.picture("ledger").await?;
        self.desktop.find("[data-testid=records] a").await?.click().await?;
        self.desktop.find("[data-testid^=proof-step-]").await?;
        self.picture("record").await?;
        self.open("settings", "[data-testid=backup]").await?;
        self.picture("settings").await
    }

    async fn goods(&self) -> Outcome {
        self.open("goods", "[data-testid^='row-lot:']").await?;
        self.picture("goods").await?;
        self.full_page("[data-testid^='row-lot:']").await?;
        self.picture("lot").await
    }

    async fn shipments(&self) -> Outcome {
        self.open("shipments", "[data-testid^='row-shipment:']").await?;
        self.picture("shipments").await?;
        self.full_page("[data-testid^='row-shipment:'][data-testid$=':JL-0117']")
            .await?;
        self.picture("shipment").await?;
        self.desktop.roll_to("route").await?;
        self.picture("route").await?;
        self.desktop.roll_to("packages").await?;
        self.picture("packages").await
    }

    /// One click shows it beside the list, Enter opens its own page.
    async fn full_page(&self, row: &str) -> Outcome {
        self.desktop.find(row).await?.click().await?;
        self.desktop.find("[data-testid=beside] [data-testid=timeline]").await?;
        self.desktop.press('\u{E007}').await?;
        self.desktop.wait_count("[data-testid=beside]", 0).await?;
        self.desktop.find("[data-testid=timeline]").await?;
        Ok(())
    }

    /// The form of the thread's next step, and what would be signed; it is left unsigned.
    async fn signing(&self) -> Outcome {
        step_into(self.desktop, CARRIER).await?;
        self.open("home", "[data-testid=thread-go]").await?;
        self.desktop.click("thread-go").await?;
        self.desktop.wait_for("form-logistics.arrived").await?;
        self.picture("form").await?;
        self.desktop.click("review").await?;
        self.desktop.wait_for("review-record").await?;
        self.picture("review").await
    }
}
