//! Which column means what: the fields a sheet can fill, guessed from header words in three languages.

mod known;

use crate::call::Mapping;
use known::{PRODUCTS, SHIPMENTS};
use std::collections::BTreeMap;

/// What a sheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// One shipment a row.
    Shipments,
    /// One product a row.
    Products,
}

/// How a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As it stands.
    Text,
    /// A code: text, zeros in front kept.
    Code,
    /// A number.
    Number,
    /// A date.
    Date,
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name in mappings and reports.
    pub(crate) name: &'static str,
    /// A row without it is refused.
    pub(crate) required: bool,
    /// How its cells are read.
    pub(crate) reading: Reading,
    /// The value is not for everybody's eyes: the record carries a commitment (protocol, section 11), the desk keeps the opening.
    pub(crate) private: bool,
    /// Header words that mean it, lower case, best first.
    words: &'static [&'static str],
}

const fn field(name: &'static str, required: bool, reading: Reading, words: &'static [&'static str]) -> Field {
    Field {
        name,
        required,
        reading,
        private: false,
        words,
    }
}

const fn private(name: &'static str, reading: Reading, words: &'static [&'static str]) -> Field {
    Field {
        name,
        required: false,
        reading,
        private: true,
        words,
    }
}

impl Sheet {
    /// Its fields.
    pub(crate) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Shipments => SHIPMENTS,
            Self::Products => PRODUCTS,
        }
    }

    /// As the calls name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Shipments => "shipments",
            Self::Products => "products",
        }
    }

    /// From the name the calls give.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Shipments, Self::Products]
            .into_iter()
            .find(|sheet| sheet.name() == name)
    }

    /// The field of this name.
    pub(crate) fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// What the sheet with these headers probably is: the one more of whose columns are understood.
    pub(crate) fn guess(headers: &[String]) -> Self {
        let understood = |sheet: Self| {
            let columns = sheet.mapping(headers).columns;
            let required = sheet.fields().iter().filter(|field| field.required);
            (
                required
                    .filter(|field| columns.values().any(|name| name == field.name))
                    .count(),
                columns.len(),
            )
        };
        if understood(Self::Products).0 == 2 && understood(Self::Shipments).0 < 4 {
            Self::Products
        } else {
            Self::Shipments
        }
    }

    /// Whether these headers name every field that this sheet needs.
    pub(crate) fn names_all(self, headers: &[String]) -> bool {
        let columns = self.mapping(headers).columns;
        let mut required = self.fields().iter().filter(|field| field.required);
        required.all(|field| columns.values().any(|name| name == field.name))
    }

    /// The mapping guessed from header words: each field takes the column that names it best, each column one field.
    pub(crate) fn mapping(self, headers: &[String]) -> Mapping {
        let plain: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        let mut columns = BTreeMap::new();
        for field in self.fields() {
            let free = |i: &usize| !columns.contains_key(&headers[*i]);
            let exact = || {
                field
                    .words
                    .iter()
                    .find_map(|word| (0..plain.len()).filter(free).find(|i| plain[*i] == normal(word)))
            };
            if let Some(i) = exact() {
                columns.insert(headers[i].clone(), field.name.to_owned());
            }
        }
        Mapping {
            columns,
            defaults: BTreeMap::new(),
        }
    }
}

/// Lower case, one space between words, no marks that headers carry for show.
fn normal(header: &str) -> String {
    let kept: String = header
        .chars()
        .map(|c| {
            if matches!(c, '_' | '*' | ':' | '：' | '.') {
                ' '
            } else {
                c
            }
        })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn headers_in_three_languages_are_understood() {
        for text in [
            "Shipment No.|Consignor|Consignee|From|To",
            "Sendungsnummer|Absender|Empfänger|Von|Nach",
            "货运编号|发货人|收货人|起运地|目的地",
        ] {
            let headers = headers(text);
            assert_eq!(Sheet::guess(&headers), Sheet::Shipments, "{text}");
            let mapping = Sheet::Shipments.mapping(&headers);
            let fields: Vec<_> = headers.iter().map(|header| mapping.columns[header].as_str()).collect();
            assert_eq!(fields, ["number", "consignor", "consignee", "from", "to"], "{text}");
        }
        for text in [
            "SKU|Name|Unit|EAN",
            "Artikelnummer|Bezeichnung|Einheit|EAN",
            "货号|名称|单位|条码",
        ] {
            assert_eq!(Sheet::guess(&headers(text)), Sheet::Products, "{text}");
        }
    }

    #[test]
    fn a_column_is_given_to_one_field_only() {
        let mapping = Sheet::Shipments.mapping(&headers("ID|Country|Vendor|Project Code|Manufacturing Site"));
        let mut fields: Vec<_> = mapping.columns.values().collect();
        fields.dedup();
        assert_eq!(fields.len(), 5);
    }
}
