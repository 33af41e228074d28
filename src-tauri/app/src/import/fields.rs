//! Which column means what: the fields a sheet can fill, guessed from header words in three languages.

use crate::call::Mapping;
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
    Field { name, required, reading, private: false, words }
}

const fn private(name: &'static str, reading: Reading, words: &'static [&'static str]) -> Field {
    Field { name, required: false, reading, private: true, words }
}

const SHIPMENTS: &[Field] = &[
    field("number", true, Reading::Code, &[
        "shipment number", "shipment no", "shipment", "sendungsnummer", "sendung", "货运编号", "运单编号", "发货单号", "编号", "nummer", "number", "id",
    ]),
    field("consignor", true, Reading::Text, &["consignor", "shipper", "sender", "vendor", "supplier", "absender", "lieferant", "发货人", "供应商"]),
    field("consignee", true, Reading::Text, &[
        "consignee", "receiver", "recipient", "buyer", "client", "customer", "empfänger", "kunde", "käufer", "收货人", "买方", "客户", "project code",
    ]),
    field("from", true, Reading::Text, &["place of dispatch", "origin", "from", "manufacturing site", "abgangsort", "von", "versandort", "起运地", "始发地", "发货地"]),
    field("to", true, Reading::Text, &["place of delivery", "destination", "to", "bestimmungsort", "zielort", "nach", "目的地", "收货地", "country", "land"]),
    field("mode", false, Reading::Text, &["mode", "shipment mode", "mode of transport", "verkehrsträger", "transportart", "运输方式"]),
    field("departs", false, Reading::Date, &["planned departure", "departure", "etd", "abfahrt", "geplante abfahrt", "计划发运日期", "发运日期", "离港日期"]),
    field("due", false, Reading::Date, &["scheduled delivery date", "promised", "due", "delivery date", "eta", "liefertermin", "zugesagt", "交货日期", "预计到达"]),
    field("container", false, Reading::Code, &["container", "container number", "containernummer", "箱号", "集装箱号"]),
    field("tracking", false, Reading::Code, &["tracking number", "tracking", "sendungsverfolgung", "运单号", "快递单号"]),
    private("ordered", Reading::Date, &["order date", "ordered", "po sent to vendor date", "bestelldatum", "bestellt", "下单日期", "订购日期"]),
    private("order", Reading::Code, &["order number", "po / so #", "po number", "order", "bestellnummer", "订单号"]),
    private("goods", Reading::Text, &["goods", "item description", "description of goods", "description", "warenbezeichnung", "ware", "货物名称", "品名"]),
    private("quantity", Reading::Number, &["line item quantity", "quantity", "menge", "anzahl", "数量"]),
    private("weight", Reading::Number, &["weight (kilograms)", "gross weight", "weight", "gewicht", "bruttogewicht", "毛重", "重量"]),
    private("freight", Reading::Number, &["freight cost (usd)", "freight cost", "freight", "fracht", "frachtkosten", "运费"]),
];

const PRODUCTS: &[Field] = &[
    field("number", true, Reading::Code, &[
        "article number", "article no", "item number", "sku", "product number", "artikelnummer", "artikel", "货号", "商品编号", "产品编号", "编号", "nummer", "number", "id",
    ]),
    field("name", false, Reading::Text, &["name", "product", "product name", "item", "bezeichnung"]),
    field("name.en", false, Reading::Text, &["name en", "name (en)", "english name", "name english", "英文名称"]),
    field("name.zh", false, Reading::Text, &["name zh", "name (zh)", "chinese name", "name chinese", "中文名称", "品名", "名称", "产品名称", "商品名称"]),
    field("name.de", false, Reading::Text, &["name de", "name (de)", "german name", "name german", "name deutsch", "德文名称"]),
    field("description", false, Reading::Text, &["description", "beschreibung", "描述", "说明"]),
    field("gtin", false, Reading::Code, &["gtin", "ean", "ean code", "barcode", "条码", "条形码", "商品条码"]),
    field("unit", true, Reading::Text, &["unit", "unit of measure", "uom", "einheit", "mengeneinheit", "单位", "计量单位"]),
    field("net_kg", false, Reading::Number, &["net weight (kg)", "net weight kg", "net kg", "nettogewicht (kg)", "净重(kg)", "净重（kg）", "净重（千克）"]),
    field("net_g", false, Reading::Number, &["net weight (g)", "net weight g", "net g", "nettogewicht (g)", "净重(g)", "净重（克）"]),
    field("hs", false, Reading::Code, &["hs", "hs code", "hs-code", "tariff number", "warennummer", "zolltarifnummer", "海关编码", "hs编码", "税号"]),
];

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
        [Self::Shipments, Self::Products].into_iter().find(|sheet| sheet.name() == name)
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
            (required.filter(|field| columns.values().any(|name| name == field.name)).count(), columns.len())
        };
        if understood(Self::Products).0 == 2 && understood(Self::Shipments).0 < 4 { Self::Products } else { Self::Shipments }
    }

    /// The mapping guessed from header words: each field takes the column that names it best, each column one field.
    pub(crate) fn mapping(self, headers: &[String]) -> Mapping {
        let plain: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        let mut columns = BTreeMap::new();
        for field in self.fields() {
            let free = |i: &usize| !columns.contains_key(&headers[*i]);
            let exact = || {
                field.words.iter().find_map(|word| (0..plain.len()).filter(free).find(|i| plain[*i] == normal(word)))
            };
            if let Some(i) = exact() {
                columns.insert(headers[i].clone(), field.name.to_owned());
            }
        }
        Mapping { columns, defaults: BTreeMap::new() }
    }
}

/// Lower case, one space between words, no marks that headers carry for show.
fn normal(header: &str) -> String {
    let kept: String = header.chars().map(|c| if matches!(c, '_' | '*' | ':' | '：' | '.') { ' ' } else { c }).collect();
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
        for text in ["Shipment No.|Consignor|Consignee|From|To", "Sendungsnummer|Absender|Empfänger|Von|Nach", "货运编号|发货人|收货人|起运地|目的地"] {
            let headers = headers(text);
            assert_eq!(Sheet::guess(&headers), Sheet::Shipments, "{text}");
            let mapping = Sheet::Shipments.mapping(&headers);
            let fields: Vec<_> = headers.iter().map(|header| mapping.columns[header].as_str()).collect();
            assert_eq!(fields, ["number", "consignor", "consignee", "from", "to"], "{text}");
        }
        for text in ["SKU|Name|Unit|EAN", "Artikelnummer|Bezeichnung|Einheit|EAN", "货号|名称|单位|条码"] {
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
