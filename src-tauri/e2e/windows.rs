//! The first journey across an alliance: four validators, and two firms that each see it from a window of their own. The exporter's
//! speaks Chinese, the buyer's English; everything is said in forms, and nothing is typed that the other window could have shown.

use std::{error::Error, fs};

use crate::{
    Outcome,
    alliance::Alliance,
    desktop::{Desktop, Language},
    journey::{check, export_evidence},
    processes::Folder,
};

/// Where the pictures go: `target/show/03`.
const ISSUE: &str = "03";

const EXPORTER: &str = "吉林家纺有限公司";
const BUYER: &str = "Rheinbett Trading";

/// The shipment's row and page.
const ROW: &str = "[data-testid^='row-shipment:'][data-testid$=':JL-0001']";

/// What both windows must show of the shipment in the end.
const STORY: [&str; 7] = [
    "shipment-planned",
    "packed",
    "departed",
    "arrived",
    "handover-offered",
    "handover-accepted",
    "delivered",
];

#[tokio::test]
async fn the_first_journey_crosses_an_alliance_in_two_windows() -> Outcome {
    let folder = Folder::new("alliance")?;
    let alliance = Alliance::found(folder.path())?;
    let exporter = Firm::join(&folder, &alliance, "exporter", Language::Zh, EXPORTER, "CN").await?;
    let buyer = Firm::join(&folder, &alliance, "buyer", Language::En, BUYER, "DE").await?;
    for firm in [&exporter, &buyer] {
        alliance.admit(&party(&firm.desktop).await?)?;
    }
    for firm in [&exporter, &buyer] {
        registered(&firm.desktop, firm.name).await?;
    }
    exporter.makes_the_goods().await?;
    exporter.plans_the_shipment().await?;
    exporter.ships_and_offers().await?;
    buyer.accepts_and_delivers().await?;
    for firm in [&exporter, &buyer] {
        firm.sees_the_whole_story().await?;
    }
    let evidence = export_evidence(&buyer.desktop).await?;
    let said = check(&exporter.desktop, folder.path(), "evidence.json", &evidence, "accepted").await?;
    assert!(!said.trim().is_empty(), "the verdict has no words");
    exporter.picture("verify").await?;
    let said = alliance.verify(&folder.path().join("evidence.json"))?;
    assert!(said.contains("JL-0001"), "{said}");
    let other = folder.path().join("another-number.json");
    fs::write(&other, String::from_utf8(evidence)?.replacen("JL-0001", "JL-0002", 1))?;
    assert!(alliance.verify(&other).is_err(), "a changed number is accepted");
    for firm in [&exporter, &buyer] {
        firm.sees_the_network().await?;
    }
    exporter.desktop.close().await?;
    buyer.desktop.close().await
}

/// From the first run to what joining means.
pub async fn open_invitation(desktop: &Desktop, alliance: &Alliance) -> Outcome {
    desktop.click("first-run-join").await?;
    desktop.drop_file("join-drop", &alliance.invitation()).await?;
    desktop.wait_for_text("invitation", "Rail lane").await?;
    Ok(())
}

/// Goes on to the form, and fills it in.
pub async fn enter_firm(desktop: &Desktop, name: &str, country: &str) -> Outcome {
    let country = format!("({country})");
    desktop.click("join-go").await?;
    desktop.fill("field-name", name).await?;
    desktop.choose("field-country", &country, &country).await?;
    desktop.fill("field-passphrase", "only to try it out").await
}

/// What the window shows to be handed to the validators.
pub async fn party(desktop: &Desktop) -> Result<String, Box<dyn Error>> {
    Ok(desktop.text("admission-party").await?.trim().to_owned())
}

/// Once it is admitted the firm registers by itself.
pub async fn registered(desktop: &Desktop, name: &str) -> Outcome {
    desktop.wait_count("[data-testid=admission]", 0).await?;
    desktop.wait_for_text("status-key", name).await?;
    Ok(())
}

/// A firm at its window.
struct Firm {
    desktop: Desktop,
    language: Language,
    name: &'static str,
}

impl Firm {
    /// By the form of the first run, with the invitation dropped on it.
    async fn join(
        folder: &Folder,
        alliance: &Alliance,
        place: &str,
        language: Language,
        name: &'static str,
        country: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let desktop = Desktop::start_for(ISSUE, &folder.path().join(place)).await?;
        let firm = Self {
            desktop,
            language,
            name,
        };
        firm.desktop.wait_for("first-run-join").await?;
        firm.desktop.speak(language).await?;
        open_invitation(&firm.desktop, alliance).await?;
        firm.picture("invitation").await?;
        enter_firm(&firm.desktop, name, country).await?;
        firm.picture("join").await?;
        firm.desktop.click("set-up").await?;
        firm.desktop.wait_for("admission").await?;
        firm.picture("admission").await?;
        Ok(firm)
    }

    async fn picture(&self, name: &str) -> Outcome {
        let name = format!("alliance-{name}-{}", self.language.tag());
        let file = self.desktop.picture(&name).await?;
        assert!(file.metadata()?.len() > 20_000, "{} is blank", file.display());
        Ok(())
    }

    /// Opens a page by its name on the rail, and there what makes something new.
    async fn new_at(&self, page: &str, tab: Option<&str>, kind: &str) -> Outcome {
        self.desktop.click(&format!("nav-{page}")).await?;
        if let Some(tab) = tab {
            self.desktop.click(&format!("tab-{tab}")).await?;
            self.desktop
                .find(&format!("[data-testid=tab-{tab}][aria-selected=true]"))
                .await?;
        }
        self.desktop.click("new").await?;
        self.desktop.wait_for(&format!("form-{kind}")).await?;
        Ok(())
    }

    /// Opens the form of a step of what is shown.
    async fn step(&self, kind: &str) -> Outcome {
        let button = format!("action-{kind}");
        self.desktop.wait_for("action-more").await?;
        if self.desktop.count(&format!("[data-testid='{button}']")).await? == 0 {
            self.desktop.click("action-more").await?;
        }
        self.desktop.click(&button).await?;
        self.desktop.wait_for(&format!("form-{kind}")).await?;
        Ok(())
    }

    /// Looks over what stands in the form, signs it, and does not wait for the seconds of grace.
    async fn sign(&self) -> Outcome {
        self.desktop.click("review").await?;
        self.desktop.wait_for("review-record").await?;
        self.desktop.press('s').await?;
        self.desktop.wait_for("signing-waiting").await?;
        self.desktop.click("sign-now").await?;
        self.desktop.wait_for("signing-signed").await?;
        Ok(())
    }

    /// A step of the shipment, until its page says that the validators have confirmed it.
    async fn take(&self, step: &str) -> Outcome {
        self.sign().await?;
        self.confirmed(step).await
    }

    async fn confirmed(&self, step: &str) -> Outcome {
        let entry = format!("[data-testid='entry-logistics.{step}'] [data-testid=state-confirmed]");
        self.desktop.find(&entry).await?;
        Ok(())
    }

    async fn makes_the_goods(&self) -> Outcome {
        let desktop = &self.desktop;
        self.new_at("goods", Some("products"), "supply-chain.product-defined")
            .await?;
        desktop.fill("field-number", "DUVET-220").await?;
        desktop.fill("field-name", "被套 220 × 240").await?;
        self.sign().await?;
        // Tables show what is confirmed.
        desktop.find("[data-testid^='row-product:']").await?;
        self.new_at("goods", Some("lots"), "supply-chain.lot-made").await?;
        desktop.fill("field-number", "L-2026-1101").await?;
        desktop.choose("field-product", "DUVET", "DUVET-220").await?;
        desktop.fill("field-quantity", "480").await?;
        desktop.choose("field-origin", "(CN)", "(CN)").await?;
        desktop.choose("field-place", "CNCGC", "(CNCGC)").await?;
        self.sign().await?;
        desktop.find("[data-testid^='row-lot:']").await?;
        self.picture("goods").await
    }

    async fn plans_the_shipment(&self) -> Outcome {
        let desktop = &self.desktop;
        self.new_at("shipments", None, "logistics.shipment-planned").await?;
        desktop.fill("field-number", "JL-0001").await?;
        desktop.choose("field-consignee", "Rhein", BUYER).await?;
        desktop.choose("field-legs.0.place", "CNCGC", "(CNCGC)").await?;
        desktop.choose("field-legs.1.place", "DEDUI", "(DEDUI)").await?;
        self.picture("plan").await?;
        self.sign().await?;
        desktop.find(ROW).await?.click().await?;
        desktop.find("[data-testid=beside] [data-testid=timeline]").await?;
        Ok(())
    }

    async fn ships_and_offers(&self) -> Outcome {
        let desktop = &self.desktop;
        self.step("logistics.packed").await?;
        desktop.fill("field-packages.0.mark", "JL-0001-1").await?;
        desktop
            .choose("field-packages.0.contents.0.subject", "L-2026", "L-2026-1101")
            .await?;
        desktop.fill("field-packages.0.contents.0.quantity", "480").await?;
        self.take("packed").await?;
        // Where and when stands in the forms already.
        self.step("logistics.departed").await?;
        self.take("departed").await?;
        self.step("logistics.arrived").await?;
        self.take("arrived").await?;
        self.step("logistics.handover-offered").await?;
        desktop.choose("field-to", "Rhein", BUYER).await?;
        self.picture("offer").await?;
        self.take("handover-offered").await?;
        desktop.wait_for("offer-open").await?;
        self.picture("offered").await
    }

    /// The other window heard of it from the validators, and asks for the answer on its home page.
    async fn accepts_and_delivers(&self) -> Outcome {
        let desktop = &self.desktop;
        desktop.click("nav-home").await?;
        desktop.wait_for("home-offer-to-accept").await?;
        self.picture("home").await?;
        desktop
            .find("[data-testid=home-offer-to-accept] a")
            .await?
            .click()
            .await?;
        desktop.wait_for("offer-open").await?;
        self.step("logistics.handover-accepted").await?;
        self.take("handover-accepted").await?;
        self.step("logistics.delivered").await?;
        self.take("delivered").await
    }

    /// Every step is confirmed, and none is missing.
    async fn sees_the_whole_story(&self) -> Outcome {
        for step in STORY {
            self.confirmed(step).await?;
        }
        self.desktop
            .wait_count("[data-testid=timeline] > li", STORY.len())
            .await?;
        self.desktop
            .wait_count("[data-testid=timeline] [data-testid=state-confirmed]", STORY.len())
            .await?;
        self.picture("shipment").await
    }

    /// Four validators, a quorum of which agrees; both firms are members; nothing is unsent, and what is known is not old.
    async fn sees_the_network(&self) -> Outcome {
        let desktop = &self.desktop;
        desktop.click("nav-network").await?;
        desktop.wait_count("tr[data-testid^='validator-']", 4).await?;
        let agree = desktop
            .count("tr[data-testid^='validator-'] [data-testid=state-agrees]")
            .await?;
        assert!(agree >= 3, "{agree} of four agree");
        desktop.wait_for_text("members", EXPORTER).await?;
        desktop.wait_for_text("members", BUYER).await?;
        desktop.wait_for("margin").await?;
        desktop.wait_count("[data-testid=network-unsent]", 0).await?;
        desktop.wait_count("[data-testid=old]", 0).await?;
        desktop.wait_count("tr[data-testid^='peer-']", 4).await?;
        self.picture("network").await
    }
}
