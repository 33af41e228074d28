//! The form each record on goods must have, and what it touches.

use super::captured;
use super::records::{
    CertificateReference, Confirmed, Corrected, EventCaptured, Inspected, LotMade, Processed, ProductDefined,
    RecallEnded, Recalled, SerialMade,
};
use crate::shared::check;
use crate::shared::codes::Gtin;
use crate::shared::context::{Touches, Violation, demand};
use crate::shared::goods::When;
use crate::shared::statement::{Statement, encode_part, own, whole};
use ledger::{Party, Subject, SubjectParts};

/// Types of subject that an inspection or recall can be about.
const GOODS: [&str; 3] = ["product", "lot", "item"];
/// Most grams one unit or lot may weigh: what a quantity can hold in kilograms.
const GRAMS: i64 = check::MOST / check::MILLION * 1000;

/// GTIN-14 of a written GTIN.
pub(crate) fn gtin(text: &str, field: &str) -> Result<Gtin, Violation> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    Gtin::parse(text)
        .ok()
        .filter(|_| plain)
        .ok_or_else(|| Violation::new("supply-chain.gtin", field))
}

/// `gs1:01/GTIN`.
fn product_code(text: &str) -> Result<Subject, Violation> {
    whole(&format!("gs1:01/{}", gtin(text, "gtin")?), "gtin")
}

impl Statement for ProductDefined {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.number, 1, 60, "number")?;
        check::local(&self.name, 200, "name")?;
        if let Some(description) = &self.description {
            check::local(description, 200, "description")?;
        }
        if let Some(code) = &self.gtin {
            gtin(code, "gtin")?;
        }
        if let Some(grams) = self.net_grams {
            check::range(grams, 1, GRAMS, "net_grams")?;
            demand(self.unit.grams().is_none(), "supply-chain.mass-twice", "net_grams")?;
        }
        let six_digits = |hs: &String| hs.len() == 6 && hs.bytes().all(|byte| byte.is_ascii_digit());
        demand(self.hs.as_ref().is_none_or(six_digits), "supply-chain.hs", "hs")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(own("product", author, &self.number)?);
        if let Some(code) = &self.gtin {
            touches.commuting(&product_code(code)?);
        }
        Ok(())
    }
}

impl Statement for LotMade {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.number, 1, 60, "number")?;
        check::subject(&self.product, &["product"], "product")?;
        check::some(&self.quantity, "quantity")?;
        if let Some(grams) = self.net_grams {
            check::range(grams, 1, GRAMS, "net_grams")?;
            demand(
                self.quantity.unit.grams().is_none(),
                "supply-chain.mass-twice",
                "net_grams",
            )?;
        }
        check::place(&self.place, "place")?;
        check::when(&self.at, "at")?;
        check::country(&self.origin, "origin")?;
        if let Some(maker) = &self.maker {
            check::who(maker, "maker")?;
        }
        if let Some(serials) = &self.serials {
            check::range(
                i64::try_from(serials.count).unwrap_or(i64::MAX),
                1,
                1_000_000,
                "serials.count",
            )?;
        }
        Ok(())
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(own("lot", author, &self.number)?);
        touches.reads(&self.product);
        if let Some(maker) = &self.maker {
            touches.who(maker, author);
        }
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl SerialMade {
    /// `item:AUTHOR:NUMBER.SERIAL`, the number being that of the product.
    pub(crate) fn subject(&self, author: &Party) -> Result<Subject, Violation> {
        let number = match self.product.parts() {
            SubjectParts::Owned { local, .. } => local,
            SubjectParts::Code { code, .. } => code,
        };
        whole(
            &format!("item:{author}:{number}.{}", encode_part(&self.serial)),
            "serial",
        )
    }

    /// `gs1:01/GTIN/21/SERIAL`, when there is a GTIN.
    pub(crate) fn code(&self) -> Result<Option<Subject>, Violation> {
        let Some(code) = &self.gtin else { return Ok(None) };
        let text = format!("gs1:01/{}/21/{}", gtin(code, "gtin")?, encode_part(&self.serial));
        whole(&text, "serial").map(Some)
    }
}

/// GS1 AI encodable character set 82 (General Specifications).
fn set82(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c)
}

impl Statement for SerialMade {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.serial, 1, 20, "serial")?;
        demand(
            self.gtin.is_none() || self.serial.chars().all(set82),
            "supply-chain.serial-characters",
            "serial",
        )?;
        check::subject(&self.product, &["product"], "product")?;
        check::subject(&self.lot, &["lot"], "lot")?;
        if let Some(code) = &self.gtin {
            gtin(code, "gtin")?;
        }
        check::place(&self.place, "place")?;
        check::when(&self.at, "at")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(self.subject(author)?);
        if let Some(code) = self.code()? {
            touches.commuting(&code);
        }
        touches.commuting(&self.lot);
        touches.reads(&self.product);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for Processed {
    fn validate(&self) -> Result<(), Violation> {
        check::list(&self.inputs, 1, 30, "inputs")?;
        check::list(&self.outputs, 1, 30, "outputs")?;
        let mut uses = Vec::with_capacity(self.inputs.len());
        for (i, input) in self.inputs.iter().enumerate() {
            let field = |name: &str| format!("inputs.{i}.{name}");
            check::subject(&input.lot, &["lot"], &field("lot"))?;
            check::some(&input.quantity, &field("quantity"))?;
            if let Some(shipment) = &input.received_in {
                check::subject(shipment, &["shipment"], &field("received_in"))?;
            }
            uses.push((&input.lot, &input.received_in));
        }
        uses.sort();
        demand(
            uses.windows(2).all(|pair| pair[0] != pair[1]),
            "supply-chain.input-twice",
            "inputs",
        )?;
        let mut numbers = Vec::with_capacity(self.outputs.len());
        for (i, output) in self.outputs.iter().enumerate() {
            let field = |name: &str| format!("outputs.{i}.{name}");
            check::text(&output.number, 1, 60, &field("number"))?;
            check::subject(&output.product, &["product"], &field("product"))?;
            check::some(&output.quantity, &field("quantity"))?;
            if let Some(grams) = output.net_grams {
                check::range(grams, 1, GRAMS, &field("net_grams"))?;
                demand(
                    output.quantity.unit.grams().is_none(),
                    "supply-chain.mass-twice",
                    &field("net_grams"),
                )?;
            }
            numbers.push(&output.number);
        }
        numbers.sort();
        demand(
            numbers.windows(2).all(|pair| pair[0] != pair[1]),
            "supply-chain.output-twice",
            "outputs",
        )?;
        check::place(&self.place, "place")?;
        check::when(&self.at, "at")?;
        check::optional(self.difference.as_ref(), 1, 1000, "difference")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        for input in &self.inputs {
            touches.commuting(&input.lot);
            if let Some(shipment) = &input.received_in {
                touches.commuting(shipment);
            }
        }
        for output in &self.outputs {
            let subject = own("lot", author, &output.number)?;
            let eats_itself = self.inputs.iter().any(|input| input.lot == subject);
            demand(!eats_itself, "supply-chain.own-input", "outputs")?;
            touches.founds(subject);
            touches.reads(&output.product);
        }
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for EventCaptured {
    fn validate(&self) -> Result<(), Violation> {
        captured::digest(&self.event_hash)?;
        check::text(&self.event_type, 1, 40, "event_type")?;
        check::when(&self.at, "at")?;
        check::list(&self.epcs, 0, captured::EPCS, "epcs")?;
        check::sorted(&self.epcs, "epcs")?;
        for (i, epc) in self.epcs.iter().enumerate() {
            check::text(epc, 1, 500, &format!("epcs.{i}"))?;
        }
        let size = self.event.len();
        demand(size <= captured::EVENT_BYTES, "supply-chain.event-size", "event")
            .map_err(|violation| violation.with("size", size).with("most", captured::EVENT_BYTES))?;
        check::text(&self.event, 2, captured::EVENT_BYTES, "event")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(own("event", author, captured::digest(&self.event_hash)?)?);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl CertificateReference {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.standard, 1, 100, "certificate.standard")?;
        check::text(&self.number, 1, 60, "certificate.number")?;
        check::text(&self.issuer, 1, 100, "certificate.issuer")?;
        demand(
            self.valid_from < self.valid_until,
            "supply-chain.certificate-dates",
            "certificate.valid_until",
        )
    }
}

impl Statement for Inspected {
    fn validate(&self) -> Result<(), Violation> {
        check::subject(&self.about, &GOODS, "about")?;
        if let Some(inspector) = &self.inspector {
            check::who(inspector, "inspector")?;
        }
        if let Some(certificate) = &self.certificate {
            certificate.validate()?;
        }
        if let Some(place) = &self.place {
            check::place(place, "place")?;
        }
        check::when(&self.at, "at")?;
        check::optional(self.note.as_ref(), 1, 1000, "note")?;
        let explained = self.outcome != super::records::Outcome::Conditional || self.note.is_some();
        demand(explained, "supply-chain.condition-missing", "note")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&self.about);
        if let Some(inspector) = &self.inspector {
            touches.who(inspector, author);
        }
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for Corrected {
    fn validate(&self) -> Result<(), Violation> {
        check::subject(&self.about, &["lot", "item"], "about")?;
        if let Some(quantity) = &self.quantity {
            check::some(quantity, "quantity")?;
        }
        if let Some(place) = &self.place {
            check::place(place, "place")?;
        }
        if let Some(at) = &self.at {
            check::when(at, "at")?;
        }
        check::text(&self.note, 1, 1000, "note")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.about);
        touches.refers.push(self.record);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        self.at.as_ref()
    }
}

fn goods_list(about: &[Subject]) -> Result<(), Violation> {
    check::list(about, 1, 32, "about")?;
    check::sorted(about, "about")?;
    about
        .iter()
        .enumerate()
        .try_for_each(|(i, goods)| check::subject(goods, &GOODS, &format!("about.{i}")))
}

impl Statement for Recalled {
    fn validate(&self) -> Result<(), Violation> {
        goods_list(&self.about)?;
        check::local(&self.reason, 1000, "reason")?;
        check::local(&self.instruction, 1000, "instruction")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        self.about.iter().for_each(|goods| touches.commuting(goods));
        Ok(())
    }
}

impl Statement for RecallEnded {
    fn validate(&self) -> Result<(), Violation> {
        goods_list(&self.about)?;
        check::text(&self.reason, 1, 1000, "reason")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        self.about.iter().for_each(|goods| touches.commuting(goods));
        touches.refers.push(self.recall);
        Ok(())
    }
}

impl Statement for Confirmed {
    fn validate(&self) -> Result<(), Violation> {
        check::subject(&self.about, &GOODS, "about")?;
        self.partner
            .as_ref()
            .map_or(Ok(()), |partner| check::subject(partner, &["partner"], "partner"))
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&self.about);
        if let Some(partner) = &self.partner {
            touches.reads(partner);
        }
        touches.refers.push(self.record);
        Ok(())
    }
}
