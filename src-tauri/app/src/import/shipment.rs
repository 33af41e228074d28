//! A row of shipments: its firms become partners, its places one leg.

use super::rows::{Row, Us};
use ledger::Subject;
use systems::Payload;
use systems::logistics::records::{Leg, ShipmentPlanned};
use systems::parties::records::{PartnerNamed, Profile, Role};
use systems::shared::codes::{CountryCode, UnLocode};
use systems::shared::goods::{LocalText, Mode, Place, Who};

/// Most characters of a place's name that are kept (the protocol's limit of a name of a place).
const PLACE_NAME: usize = 100;
/// Most characters of a firm's name that are kept.
const FIRM_NAME: usize = 200;

impl Row<'_> {
    /// The shipment and the partners it needs; what cannot be read is replaced by something harmless, and the row has a
    /// fault then.
    pub(super) fn shipment(&mut self, us: &Us) -> Option<(Payload, Vec<PartnerNamed>)> {
        let mut partners = Vec::new();
        let (from, to) = (self.place("from"), self.place("to"));
        let consignor = self.who("consignor", Role::Exporter, from.as_ref(), us, &mut partners);
        let consignee = self.who("consignee", Role::Buyer, to.as_ref(), us, &mut partners);
        let mode = self.mode();
        let departs = self.date("departs");
        let due = self.date("due");
        let stand_in = |field: &str| Subject::owned("partner", &us.party, field).ok().map(Who::Partner);
        let shipment = ShipmentPlanned {
            number: self.code("number").unwrap_or_else(|| "-".to_owned()),
            consignor: consignor.or_else(|| stand_in("consignor"))?,
            consignee: consignee.or_else(|| stand_in("consignee"))?,
            legs: vec![Leg {
                from: from.unwrap_or_else(|| place("-")),
                to: to.unwrap_or_else(|| place("-")),
                mode,
                departs,
                arrives: None,
            }],
            container: self.code("container"),
            tracking: self.code("tracking"),
            due,
        };
        Some((Payload::ShipmentPlanned(shipment), partners))
    }

    fn place(&mut self, field: &'static str) -> Option<Place> {
        let text = self.text(field)?;
        if text.chars().count() > PLACE_NAME {
            self.doubt(field, &text, "import.cut-short");
        }
        Some(place(&text))
    }

    /// A firm by its name: the partner of that name. Where no country can be read from its place, ours is put in and the row marked.
    fn who(
        &mut self,
        field: &'static str,
        role: Role,
        at: Option<&Place>,
        us: &Us,
        partners: &mut Vec<PartnerNamed>,
    ) -> Option<Who> {
        let name = self.text(field)?;
        if name.chars().count() > FIRM_NAME {
            self.doubt(field, &name, "import.cut-short");
        }
        let country = at.and_then(|at| at.country.clone()).unwrap_or_else(|| {
            // Without a place the row is at fault for that.
            if at.is_some() {
                self.doubt(field, &name, "import.country-assumed");
            }
            us.country.clone()
        });
        let partner = partner(&name, role, country);
        let Ok(subject) = Subject::owned("partner", &us.party, &partner.number) else {
            self.fault(field, &name, "shared.subject-long");
            return None;
        };
        partners.push(partner);
        Some(Who::Partner(subject))
    }

    /// The mode; where the sheet does not say one we know, road is put in and the row marked.
    fn mode(&mut self) -> Mode {
        let text = self.text("mode").unwrap_or_default();
        let word = text.to_lowercase();
        let known: [(&[&str], Mode); 5] = [
            (&["air", "air charter", "luft", "luftfracht", "空运", "航空"], Mode::Air),
            (&["truck", "road", "lkw", "straße", "公路", "卡车", "汽运"], Mode::Truck),
            (&["rail", "train", "bahn", "schiene", "铁路", "班列"], Mode::Rail),
            (
                &["ocean", "sea", "vessel", "ship", "see", "schiff", "海运"],
                Mode::Vessel,
            ),
            (&["barge", "inland waterway", "binnenschiff", "内河"], Mode::Barge),
        ];
        let found = known
            .iter()
            .find(|(words, _)| words.contains(&word.as_str()))
            .map(|(_, mode)| *mode);
        found.unwrap_or_else(|| {
            self.doubt("mode", &text, "import.mode-assumed");
            Mode::Truck
        })
    }
}

/// As [`super::product::heal`].
pub(super) fn heal(shipment: &mut ShipmentPlanned, path: &str) -> bool {
    let mut parts = path.split('.');
    match (parts.next().unwrap_or_default(), parts.nth(1)) {
        ("number", _) => "-".clone_into(&mut shipment.number),
        ("container", _) => shipment.container = None,
        ("tracking", _) => shipment.tracking = None,
        ("legs", Some("from")) => shipment.legs.iter_mut().for_each(|leg| leg.from = place("-")),
        ("legs", Some("to")) => shipment.legs.iter_mut().for_each(|leg| leg.to = place("-")),
        _ => return false,
    }
    true
}

/// A partner under a number made from its name, the same for the same name in every sheet.
fn partner(name: &str, role: Role, country: String) -> PartnerNamed {
    let hash = ledger::Hash::of(name.to_lowercase().as_bytes()).to_string();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let start: String = words.join("-").chars().take(24).collect();
    let number = format!("{start}-{}", hash.get(..8).unwrap_or_default())
        .trim_start_matches('-')
        .to_owned();
    let name: String = name.chars().take(200).collect();
    let local = if name.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        LocalText {
            zh: Some(name),
            ..LocalText::default()
        }
    } else {
        LocalText {
            en: Some(name),
            ..LocalText::default()
        }
    };
    PartnerNamed {
        number,
        profile: Profile {
            name: local,
            country,
            identifiers: vec![],
            roles: vec![role],
        },
    }
}

/// A place by the name people wrote, with its country when the name tells it; a UN/LOCODE when the text is one.
fn place(text: &str) -> Place {
    let name: String = text.chars().take(100).collect();
    let named = country(text);
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let coded = named.is_none() && compact.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let locode = (coded && UnLocode::parse(&compact).is_ok()).then_some(compact);
    let of_code = |code: &String| {
        code.get(..2)
            .filter(|country| CountryCode::parse(country).is_ok())
            .map(str::to_owned)
    };
    let country = named.or_else(|| locode.as_ref().and_then(of_code));
    let locode = if country.is_some() { locode } else { None };
    Place {
        name,
        country,
        locode,
        gln: None,
        point: None,
    }
}

/// A country by its two-letter code or by a name, as sheets write it.
fn country(text: &str) -> Option<String> {
    let code =
        text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && CountryCode::parse(text).is_ok();
    if code {
        Some(text.to_owned())
    } else {
        super::countries::by_name(text).map(str::to_owned)
    }
}
