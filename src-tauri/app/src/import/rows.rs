//! From a row of a sheet to what will be signed: the row's payload, its private fields, and what is wrong or doubtful.

use super::fields::{Field, Reading, Sheet};
use super::table::{self, Cell, Table};
use super::values::{self, CodeDoubt, Date, Point};
use super::{product, shipment};
use crate::call::{Mapping, MendedCell};
use crate::compose::Private;
use ledger::{Party, Time};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use systems::Payload;
use systems::parties::records::PartnerNamed;
use systems::shared::codes::Gtin;

/// Most broken rules of one row that are looked for.
const FAULTS: usize = 16;

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
    /// What else is worth a look: it stays so when the faults are mended.
    pub(crate) doubts: Vec<Remark>,
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
pub(super) struct Row<'a> {
    sheet: Sheet,
    cells: BTreeMap<&'static str, Cell>,
    mended: BTreeSet<&'static str>,
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
    let nameless: Vec<usize> = (0..columns.len())
        .filter(|i| columns[*i].is_none() && table.headers[*i] == table::nameless(*i))
        .collect();
    let mut read = Read {
        good: Vec::new(),
        bad: Vec::new(),
    };
    let mut gtins = Gtins::new();
    for (number, cells) in &table.rows {
        let mut row = Row {
            sheet,
            cells: BTreeMap::new(),
            mended: BTreeSet::new(),
            points: &points,
            faults: vec![],
            doubts: vec![],
        };
        for (field, value) in &mapping.defaults {
            row.put(sheet.field(field), Cell::of(value));
        }
        for (field, cell) in columns.iter().zip(cells) {
            row.put(*field, cell.clone());
        }
        // A separator inside a text puts every cell after it into the wrong column, and the last under no header.
        for cell in nameless.iter().filter_map(|i| cells.get(*i)) {
            if !cell.text.is_empty() {
                row.doubt("", &cell.text, "import.no-header");
            }
        }
        for cell in mended.iter().filter(|cell| cell.row == *number) {
            row.mend(&cell.field, &cell.value);
        }
        row.finish(*number, us, &mut read, &mut gtins);
    }
    twice(&gtins, &mut read);
    read
}

/// The rows of one file that claim a GTIN, by its fourteen digits.
type Gtins = BTreeMap<String, BTreeSet<u32>>;

/// Two products under one label: whoever scans it cannot tell which. The ledger takes both, since a claim is a claim.
fn twice(gtins: &Gtins, read: &mut Read) {
    let of_row: BTreeMap<u32, &String> = gtins
        .iter()
        .filter(|(_, rows)| rows.len() > 1)
        .flat_map(|(gtin, rows)| rows.iter().map(move |row| (*row, gtin)))
        .collect();
    let good = read.good.iter_mut().map(|row| (row.row, &mut row.doubts));
    let bad = read.bad.iter_mut().map(|row| (row.row, &mut row.doubts));
    for (row, doubts) in good.chain(bad) {
        if let Some(gtin) = of_row.get(&row) {
            doubts.push(Row::remark("gtin", gtin, "import.gtin-twice"));
        }
    }
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

/// The field of a sheet that a path into a body (`legs.0.from.name`) came from, `has` telling which fields have a cell.
pub(super) fn field_of(path: &str, has: impl Fn(&str) -> bool) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["legs", _, end @ ("from" | "to" | "departs"), ..] => (*end).to_owned(),
        ["name", language] if has(&format!("name.{language}")) => format!("name.{language}"),
        ["name", ..] => ["name", "name.en", "name.zh", "name.de"]
            .into_iter()
            .find(|name| has(name))
            .unwrap_or("name")
            .to_owned(),
        ["net_grams", ..] if has("net_g") && !has("net_kg") => "net_g".to_owned(),
        ["net_grams", ..] => "net_kg".to_owned(),
        [first, ..] => (*first).to_owned(),
        [] => String::new(),
    }
}

impl Row<'_> {
    fn put(&mut self, field: Option<&'static Field>, cell: Cell) {
        if let Some(field) = field.filter(|_| !cell.text.is_empty()) {
            self.cells.insert(field.name, cell);
        }
    }

    /// Puts in what the user wrote; nothing written means that the cell stays empty.
    fn mend(&mut self, field: &str, value: &str) {
        let Some(field) = self.sheet.field(field) else { return };
        self.mended.insert(field.name);
        self.cells.remove(field.name);
        self.put(Some(field), Cell::of(value));
    }

    fn finish(mut self, number: u32, us: &Us, read: &mut Read, gtins: &mut Gtins) {
        let id = self.text("number").unwrap_or_default();
        self.unreadable();
        for field in self.sheet.fields().iter().filter(|field| field.required) {
            if !self.cells.contains_key(field.name) && !self.faults.iter().any(|fault| fault.field == field.name) {
                self.fault(field.name, "", "import.missing");
            }
        }
        let mut made = match self.sheet {
            Sheet::Shipments => self.shipment(us),
            Sheet::Products => Some((self.product(), Vec::new())),
        };
        let private = self.private();
        if let Some((payload, _)) = &mut made {
            if let Payload::ProductDefined(product) = payload
                && let Some(Ok(gtin)) = product.gtin.as_deref().map(Gtin::parse)
            {
                gtins.entry(gtin.as_str().to_owned()).or_default().insert(number);
            }
            self.rules(payload, us);
        }
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
                doubts: self.doubts,
            }),
        }
    }

    /// Cells in which the spreadsheet itself shows an error, such as `#N/A`, say nothing; of those with bytes that are no
    /// characters nobody knows what they said.
    fn unreadable(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        let (broken, cells): (BTreeMap<_, _>, BTreeMap<_, _>) = cells.into_iter().partition(|(_, cell)| cell.broken);
        self.cells = cells;
        for (field, cell) in broken {
            if cell.text.contains(char::REPLACEMENT_CHARACTER) {
                self.fault(field, &cell.text, "import.cell-unreadable");
            } else if self.sheet.field(field).is_some_and(|field| field.required) {
                self.fault(field, &cell.text, "import.cell-error");
            } else {
                self.doubt(field, &cell.text, "import.cell-error");
            }
        }
    }

    /// Every rule for the form of the record that the row breaks, not the first alone. A row with a fault is never signed,
    /// so what breaks a rule can be replaced to look on; the payload stays as it is where there is no fault.
    fn rules(&mut self, payload: &mut Payload, us: &Us) {
        for _ in 0..FAULTS {
            let Err(violation) = payload.touches(&us.party) else {
                return;
            };
            let field = field_of(&violation.field, |name| self.cells.contains_key(name));
            let value = self.text(&field).unwrap_or_default();
            self.fault(&field, &value, violation.rule);
            let healed = match payload {
                Payload::ProductDefined(product) => product::heal(product, &violation.field),
                Payload::ShipmentPlanned(shipment) => shipment::heal(shipment, &violation.field),
                _ => false,
            };
            if !healed {
                return;
            }
        }
    }

    fn remark(field: &str, value: &str, code: &'static str) -> Remark {
        Remark {
            field: field.to_owned(),
            value: value.to_owned(),
            code,
        }
    }

    pub(super) fn fault(&mut self, field: &str, value: &str, code: &'static str) {
        self.faults.push(Self::remark(field, value, code));
    }

    pub(super) fn doubt(&mut self, field: &str, value: &str, code: &'static str) {
        self.doubts.push(Self::remark(field, value, code));
    }

    /// A cell whose text cannot be used is left out, and the row marked; where the user wrote it in place of another, the row
    /// waits until it can be used.
    pub(super) fn left_out(&mut self, field: &str, value: &str, code: &'static str) {
        if self.mended.contains(field) {
            self.fault(field, value, code);
        } else {
            self.doubt(field, value, code);
        }
    }

    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.cells.get(field).map(|cell| cell.text.clone())
    }

    pub(super) fn code(&mut self, field: &str) -> Option<String> {
        let (text, doubt) = values::code(self.cells.get(field)?);
        match doubt {
            Some(CodeDoubt::Scientific) => {
                let required = self.sheet.field(field).is_some_and(|field| field.required);
                if required {
                    self.fault(field, &text, "import.code-scientific");
                } else {
                    self.left_out(field, &text, "import.code-scientific");
                }
                None
            }
            Some(CodeDoubt::Number) if field == "gtin" && ![8, 12, 13, 14].contains(&text.len()) => {
                self.left_out(field, &text, "import.zeros-lost");
                None
            }
            Some(CodeDoubt::Number) | None => Some(text),
        }
    }

    pub(super) fn date(&mut self, field: &str) -> Option<Time> {
        let text = self.text(field)?;
        match values::date(&text) {
            Date::At(time) => Some(time),
            Date::Ambiguous => {
                self.left_out(field, &text, "import.date-ambiguous");
                None
            }
            Date::No => {
                self.left_out(field, &text, "import.not-a-date");
                None
            }
        }
    }

    pub(super) fn number(&mut self, field: &'static str) -> Option<values::Decimal> {
        let cell = self.cells.get(field)?.clone();
        let point = self.points.get(field).copied().unwrap_or(Point::Dot);
        let value = values::cell_decimal(&cell, point);
        if value.is_none() {
            self.left_out(field, &cell.text, "import.not-a-number");
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
}
