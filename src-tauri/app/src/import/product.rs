//! A row of products.

use super::rows::Row;
use super::values::Decimal;
use systems::Payload;
use systems::shared::codes::Gtin;
use systems::shared::goods::{LocalText, Unit};
use systems::supply_chain::records::ProductDefined;

impl Row<'_> {
    /// The product; what cannot be read is replaced by something harmless, and the row has a fault then.
    pub(super) fn product(&mut self) -> Payload {
        let name = self.names();
        let unit = self.unit();
        let net_grams = self.net_grams();
        let gtin = self.code("gtin");
        let gtin = gtin.filter(|code| {
            let good = Gtin::parse(code).is_ok();
            if !good {
                self.fault("gtin", code, "supply-chain.gtin");
            }
            good
        });
        Payload::ProductDefined(ProductDefined {
            number: self.code("number").unwrap_or_else(|| "-".to_owned()),
            gtin,
            name,
            description: self.text("description").map(english),
            unit,
            net_grams,
            hs: self.code("hs").map(|code| code.replace('.', "")),
        })
    }

    fn names(&mut self) -> LocalText {
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
            if *slot.get_or_insert_with(|| plain.clone()) != plain {
                self.left_out("name", &plain, "import.name-twice");
            }
        }
        if name == LocalText::default() {
            self.fault("name", "", "import.missing");
            return english("-".to_owned());
        }
        name
    }

    fn unit(&mut self) -> Unit {
        let Some(word) = self.text("unit") else {
            return Unit::H87;
        };
        unit(&word).unwrap_or_else(|| {
            self.fault("unit", &word, "import.unit-unknown");
            Unit::H87
        })
    }

    /// The mass in whole grams, from kilograms if both stand there.
    fn net_grams(&mut self) -> Option<i64> {
        let kilograms = self.grams("net_kg", Decimal::thousandths);
        let grams = self.grams("net_g", |grams| (grams.scale == 0).then_some(grams.digits));
        if let (Some(first), Some(second)) = (kilograms, grams)
            && first != second
        {
            let text = self.text("net_g").unwrap_or_default();
            self.left_out("net_g", &text, "import.mass-differs");
        }
        kilograms.or(grams)
    }

    fn grams(&mut self, field: &'static str, whole: impl Fn(Decimal) -> Option<i64>) -> Option<i64> {
        let number = self.number(field)?;
        let grams = whole(number);
        if grams.is_none() {
            self.left_out(field, &number.text(), "import.not-whole-grams");
        }
        grams
    }
}

fn english(text: String) -> LocalText {
    LocalText {
        en: Some(text),
        ..LocalText::default()
    }
}

/// Puts something harmless in the place of what breaks a rule, so that the next broken rule is found too; `false` where
/// that cannot be done.
pub(super) fn heal(product: &mut ProductDefined, path: &str) -> bool {
    match path.split('.').next().unwrap_or_default() {
        "number" => "-".clone_into(&mut product.number),
        "name" => product.name = english("-".to_owned()),
        "description" => product.description = None,
        "gtin" => product.gtin = None,
        "net_grams" => product.net_grams = None,
        "hs" => product.hs = None,
        _ => return false,
    }
    true
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
