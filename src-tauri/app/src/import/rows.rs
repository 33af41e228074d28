//! From a row of a sheet to what will be signed: the row's payload, its private fields, and what is wrong or doubtful.

use super::fields::{Field, Reading, Sheet};
use super::table::{Cell, Table};
use super::values::{self, CodeDoubt, Date, Point};
use crate::call::{Mapping, MendedCell};
use crate::compose::Private;
use ledger::{Party, Subject, Time};
use serde_json::json;
use std::collections::BTreeMap;
use systems::Payload;
use systems::logistics::records::{Leg, ShipmentPlanned};
use systems::parties::records::{PartnerNamed, Profile, Role};
use systems::shared::codes::{CountryCode, Gtin, UnLocode};
use systems::shared::goods::{LocalText, Mode, Place, Unit, Who};
use systems::supply_chain::records::ProductDefined;

/// A fault or doubt before it has its row: field, what stands there, code for words.
pub(crate) struct Remark {
    /// Field.
    pub(crate) field: String,
    /// What stands there.
    pub(crate) value: String,
    /// Code for words.
    pub(crate) code: &'static str,
}

/// A row that can be read.
pub(crate) struct Good {
    /// Row of the sheet.
    pub(crate) row: u32,
    /// Its own id.
    pub(crate) id: String,
    /// What will be said.
    pub(crate) payload: Payload,
    /// Fields for commitments.
    pub(crate) private: Vec<Private>,
    /// Partners that must be named before: number → name and country.
    pub(crate) partners: Vec<PartnerNamed>,
    /// Worth a look.
    pub(crate) doubts: Vec<Remark>,
}

/// A row that cannot be taken.
pub(crate) struct Bad {
    /// Row of the sheet.
    pub(crate) row: u32,
    /// Its own id as far as it could be read.
    pub(crate) id: String,
    /// Why.
    pub(crate) faults: Vec<Remark>,
}

/// What a sheet reads as.
pub(crate) struct Read {
    /// In the order of the sheet.
    pub(crate) good: Vec<Good>,
    /// In the order of the sheet.
    pub(crate) bad: Vec<Bad>,
}

/// Who imports.
pub(crate) struct Us {
    /// Our party.
    pub(crate) party: Party,
    /// Our seat.
    pub(crate) country: String,
}

/// The cells of one row by field.
struct Row<'a> {
    sheet: Sheet,
    cells: BTreeMap<&'static str, Cell>,
    points: &'a BTreeMap<&'static str, Point>,
    faults: Vec<Remark>,
    doubts: Vec<Remark>,
}

/// Reads all rows with this mapping.
pub(crate) fn read(sheet: Sheet, table: &Table, mapping: &Mapping, mended: &[MendedCell], us: &Us) -> Read {
    let columns: Vec<Option<&'static Field>> = table
        .headers
        .iter()
        .map(|header| mapping.columns.get(header).and_then(|name| sheet.field(name)))
        .collect();
    let points = points(&columns, table);
    let mut read = Read {
        good: Vec::new(),
        bad: Vec::new(),
    };
    for (number, cells) in &table.rows {
        let mut row = Row {
            sheet,
            cells: BTreeMap::new(),
            points: &points,
            faults: vec![],
            doubts: vec![],
        };
        for (field, value) in &mapping.defaults {
            if let Some(field) = sheet.field(field) {
                row.cells.insert(
                    field.name,
                    Cell {
                        text: value.trim().to_owned(),
                        number: false,
                    },
                );
            }
        }
        for (field, cell) in columns
            .iter()
            .zip(cells)
            .filter_map(|(field, cell)| Some(((*field)?, cell)))
        {
            if !cell.text.is_empty() {
                row.cells.insert(field.name, cell.clone());
            }
        }
        for cell in mended.iter().filter(|cell| cell.row == *number) {
            if let Some(field) = sheet.field(&cell.field) {
                row.cells.insert(
                    field.name,
                    Cell {
                        text: cell.value.trim().to_owned(),
                        number: false,
                    },
                );
            }
        }
        row.finish(*number, us, &mut read);
    }
    read
}

fn points(columns: &[Option<&'static Field>], table: &Table) -> BTreeMap<&'static str, Point> {
    let numbers = columns.iter().enumerate().filter_map(|(i, field)| Some((i, (*field)?)));
    numbers
        .filter(|(_, field)| field.reading == Reading::Number)
        .map(|(i, field)| {
            (
                field.name,
                values::point_of(table.rows.iter().filter_map(|(_, cells)| cells.get(i))),
            )
        })
        .collect()
}

impl Row<'_> {
    fn finish(mut self, number: u32, us: &Us, read: &mut Read) {
        let id = self
            .cells
            .get("number")
            .map(|cell| cell.text.clone())
            .unwrap_or_default();
        for field in self.sheet.fields().iter().filter(|field| field.required) {
            if !self.cells.contains_key(field.name) {
                self.fault(field.name, "", "import.missing");
            }
        }
        let made = if self.faults.is_empty() {
            match self.sheet {
                Sheet::Shipments => self.shipment(us),
                Sheet::Products => self.product(),
            }
        } else {
            None
        };
        let private = self.private();
        match made {
            Some((payload, partners)) if self.faults.is_empty() => {
                read.good.push(Good {
                    row: number,
                    id,
                    payload,
                    private,
                    partners,
                    doubts: self.doubts,
                });
            }
            _ => read.bad.push(Bad {
                row: number,
                id,
                faults: self.faults,
            }),
        }
    }

    fn remark(field: &str, value: &str, code: &'static str) -> Remark {
        Remark {
            field: field.to_owned(),
            value: value.to_owned(),
            code,
        }
    }

    fn fault(&mut self, field: &str, value: &str, code: &'static str) {
        self.faults.push(Self::remark(field, value, code));
    }

    fn doubt(&mut self, field: &str, value: &str, code: &'static str) {
        self.doubts.push(Self::remark(field, value, code));
    }

    fn text(&self, field: &str) -> Option<String> {
        self.cells.get(field).map(|cell| cell.text.clone())
    }

    fn code(&mut self, field: &str) -> Option<String> {
        let (text, doubt) = values::code(self.cells.get(field)?);
        match doubt {
            Some(CodeDoubt::Scientific) => {
                let required = self.sheet.field(field).is_some_and(|field| field.required);
                if required {
                    self.fault(field, &text, "import.code-scientific");
                } else {
                    self.doubt(field, &text, "import.code-scientific");
                }
                None
            }
            Some(CodeDoubt::Number) if field == "gtin" && ![8, 12, 13, 14].contains(&text.len()) => {
                self.doubt(field, &text, "import.zeros-lost");
                None
            }
            Some(CodeDoubt::Number) | None => Some(text),
        }
    }

    fn date(&mut self, field: &str) -> Option<Time> {
        let text = self.text(field)?;
        match values::date(&text) {
            Date::At(time) => Some(time),
            Date::Ambiguous => {
                self.doubt(field, &text, "import.date-ambiguous");
                None
            }
            Date::No => {
                self.doubt(field, &text, "import.not-a-date");
                None
            }
        }
    }

    fn number(&mut self, field: &'static str) -> Option<values::Decimal> {
        let cell = self.cells.get(field)?.clone();
        let point = self.points.get(field).copied().unwrap_or(Point::Dot);
        let value = values::cell_decimal(&cell, point);
        if value.is_none() {
            self.doubt(field, &cell.text, "import.not-a-number");
        }
        value
    }

    /// Fields that become commitments; dates and numbers as text, since a commitment's value holds no fractions.
    fn private(&mut self) -> Vec<Private> {
        let mut fields = Vec::new();
        for field in self.sheet.fields().iter().filter(|field| field.private) {
            let value = match field.reading {
                Reading::Text => self.text(field.name),
                Reading::Code => self.code(field.name),
                Reading::Number => self.number(field.name).map(values::Decimal::text),
                Reading::Date => self.date(field.name).map(|time| time.to_string()),
            };
            fields.extend(value.map(|value| (field.name.to_owned(), json!(value))));
        }
        fields
    }

    fn shipment(&mut self, us: &Us) -> Option<(Payload, Vec<PartnerNamed>)> {
        let mut partners = Vec::new();
        let (from, to) = (place(&self.text("from")?), place(&self.text("to")?));
        let consignor = self.who("consignor", Role::Exporter, &from, us, &mut partners)?;
        let consignee = self.who("consignee", Role::Buyer, &to, us, &mut partners)?;
        let mode = self.mode();
        let departs = self.date("departs");
        let due = self.date("due");
        let shipment = ShipmentPlanned {
            number: self.code("number")?,
            consignor,
            consignee,
            legs: vec![Leg {
                from,
                to,
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

    /// A firm by its name: the partner of that name. Where no country can be read from its place, ours is put in and the row marked.
    fn who(
        &mut self,
        field: &'static str,
        role: Role,
        at: &Place,
        us: &Us,
        partners: &mut Vec<PartnerNamed>,
    ) -> Option<Who> {
        let name = self.text(field)?;
        let country = at.country.clone().unwrap_or_else(|| {
            self.doubt(field, &name, "import.country-assumed");
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

    fn product(&mut self) -> Option<(Payload, Vec<PartnerNamed>)> {
        let mut name = LocalText {
            en: self.text("name.en"),
            zh: self.text("name.zh"),
            de: self.text("name.de"),
        };
        if let Some(plain) = self.text("name") {
            let slot = if plain.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
                &mut name.zh
            } else {
                &mut name.en
            };
            slot.get_or_insert(plain);
        }
        if name == LocalText::default() {
            self.fault("name", "", "import.missing");
        }
        let word = self.text("unit")?;
        let unit = unit(&word);
        if unit.is_none() {
            self.fault("unit", &word, "import.unit-unknown");
        }
        let net_kg = self.number("net_kg").and_then(values::Decimal::thousandths);
        let net_g = self
            .number("net_g")
            .filter(|grams| grams.scale == 0)
            .map(|grams| grams.digits);
        let gtin = self.code("gtin");
        if let Some(code) = gtin.as_ref().filter(|code| Gtin::parse(code).is_err()) {
            self.fault("gtin", code, "supply-chain.gtin");
        }
        let description = self.text("description").map(|text| LocalText {
            en: Some(text),
            zh: None,
            de: None,
        });
        let product = ProductDefined {
            number: self.code("number")?,
            gtin,
            name,
            description,
            unit: unit?,
            net_grams: net_kg.or(net_g),
            hs: self.code("hs").map(|code| code.replace('.', "")),
        };
        Some((Payload::ProductDefined(product), Vec::new()))
    }
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

fn unit(word: &str) -> Option<Unit> {
    let units: [(&[&str], Unit); 10] = [
        (&["kgm", "kg", "kilogram", "kilogramm", "公斤", "千克"], Unit::KGM),
        (&["grm", "g", "gram", "gramm", "克"], Unit::GRM),
        (&["tne", "t", "tonne", "ton", "吨"], Unit::TNE),
        (
            &[
                "h87", "pc", "pcs", "piece", "pieces", "ea", "stk", "stück", "件", "个", "只",
            ],
            Unit::H87,
        ),
        (&["mtr", "m", "metre", "meter", "米"], Unit::MTR),
        (&["mtk", "m2", "m²", "qm", "平方米"], Unit::MTK),
        (&["mtq", "m3", "m³", "cbm", "立方米"], Unit::MTQ),
        (&["ltr", "l", "litre", "liter", "升"], Unit::LTR),
        (&["pr", "pair", "paar", "双", "对"], Unit::PR),
        (&["set", "sets", "satz", "套"], Unit::SET),
    ];
    let word = word.to_lowercase();
    units
        .iter()
        .find(|(words, _)| words.contains(&word.as_str()))
        .map(|(_, unit)| *unit)
}
