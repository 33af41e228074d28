//! The form each record on shipments must have, and what it touches.

use super::records::{
    Arrived, Confirmed, Content, Corrected, CustodyStated, Delivered, Departed, ExceptionRaised, ExceptionResolved,
    HandoverAccepted, HandoverEnded, HandoverOffered, Packed, ShipmentPlanned,
};
use crate::shared::check;
use crate::shared::codes::{ContainerNumber, S10, Sscc};
use crate::shared::context::{Touches, Violation, demand};
use crate::shared::goods::{Place, Quantity, Unit, When, Who};
use crate::shared::statement::{Statement, own, whole};
use ledger::{Party, Subject};

/// Most packages a shipment counts.
pub(crate) const PACKAGES: i64 = 1_000_000;
/// Most grams a package may weigh: 100 tonnes.
const GROSS: i64 = 100_000_000;

fn shipment(subject: &Subject) -> Result<(), Violation> {
    check::subject(subject, &["shipment"], "shipment")
}

/// Where and when an event of a shipment took place.
fn event(subject: &Subject, place: &Place, at: &When) -> Result<(), Violation> {
    shipment(subject)?;
    check::place(place, "place")?;
    check::when(at, "at")
}

/// Whether two places may be one: the finest code both have decides, else the name.
pub(crate) fn same_place(a: &Place, b: &Place) -> bool {
    match ((&a.locode, &b.locode), (&a.gln, &b.gln)) {
        (_, (Some(a), Some(b))) => a == b,
        ((Some(a), Some(b)), _) => a == b,
        _ => a.name == b.name,
    }
}

impl ShipmentPlanned {
    /// `container:NUMBER`.
    pub(crate) fn container_code(&self) -> Result<Option<Subject>, Violation> {
        self.container
            .as_ref()
            .map(|number| whole(&format!("container:{number}"), "container"))
            .transpose()
    }

    /// `tracking:NUMBER`.
    pub(crate) fn tracking_code(&self) -> Result<Option<Subject>, Violation> {
        let code = |number: &String| {
            Subject::code("tracking", number).map_err(|_| Violation::new("shared.subject-long", "tracking"))
        };
        self.tracking.as_ref().map(code).transpose()
    }
}

/// A tracking number that has the form of UPU S10 (two letters, nine digits, two letters) has its check digit too.
fn tracking_is_good(number: &str) -> bool {
    let bytes = number.as_bytes();
    let s10 = bytes.len() == 13
        && bytes[..2].iter().chain(&bytes[11..]).all(u8::is_ascii_uppercase)
        && bytes[2..11].iter().all(u8::is_ascii_digit);
    !s10 || S10::parse(number).is_ok()
}

impl Statement for ShipmentPlanned {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.number, 1, 60, "number")?;
        check::who(&self.consignor, "consignor")?;
        check::who(&self.consignee, "consignee")?;
        demand(self.consignor != self.consignee, "logistics.same-parties", "consignee")?;
        check::list(&self.legs, 1, 12, "legs")?;
        for (i, leg) in self.legs.iter().enumerate() {
            check::place(&leg.from, &format!("legs.{i}.from"))?;
            check::place(&leg.to, &format!("legs.{i}.to"))?;
            let in_order = leg
                .departs
                .zip(leg.arrives)
                .is_none_or(|(departs, arrives)| departs <= arrives);
            demand(in_order, "logistics.leg-times", &format!("legs.{i}.arrives"))?;
        }
        for (i, pair) in self.legs.windows(2).enumerate() {
            let field = format!("legs.{}", i + 1);
            demand(
                same_place(&pair[0].to, &pair[1].from),
                "logistics.route",
                &format!("{field}.from"),
            )?;
            let in_order = pair[0]
                .arrives
                .zip(pair[1].departs)
                .is_none_or(|(arrives, departs)| arrives <= departs);
            demand(in_order, "logistics.leg-times", &format!("{field}.departs"))?;
        }
        if let Some(number) = &self.container {
            let good = ContainerNumber::parse(number).is_ok_and(|parsed| parsed.as_str() == number);
            demand(good, "logistics.container", "container")?;
        }
        if let Some(number) = &self.tracking {
            check::text(number, 1, 40, "tracking")?;
            demand(tracking_is_good(number), "logistics.tracking", "tracking")?;
        }
        Ok(())
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(own("shipment", author, &self.number)?);
        for code in [self.container_code()?, self.tracking_code()?].into_iter().flatten() {
            touches.commuting(&code);
        }
        touches.who(&self.consignor, author);
        touches.who(&self.consignee, author);
        Ok(())
    }
}

fn content(content: &Content, shipment: &Subject, field: &str) -> Result<(), Violation> {
    check::subject(&content.subject, &["lot", "item"], &format!("{field}.subject"))?;
    check::some(&content.quantity, &format!("{field}.quantity"))?;
    if crate::shared::context::type_of(&content.subject) == "item" {
        let one = Quantity {
            value: 1,
            scale: 0,
            unit: Unit::H87,
        };
        let is_one = content.quantity.unit == Unit::H87 && content.quantity.millionths() == one.millionths();
        demand(is_one, "logistics.item-is-one", &format!("{field}.quantity"))?;
    }
    if let Some(before) = &content.received_in {
        check::subject(before, &["shipment"], &format!("{field}.received_in"))?;
        demand(
            before != shipment,
            "logistics.received-in-itself",
            &format!("{field}.received_in"),
        )?;
    }
    Ok(())
}

impl Statement for Packed {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        check::list(&self.packages, 1, 200, "packages")?;
        let mut marks = Vec::with_capacity(self.packages.len());
        let mut items = Vec::new();
        for (i, package) in self.packages.iter().enumerate() {
            let field = |name: &str| format!("packages.{i}.{name}");
            check::text(&package.mark, 1, 40, &field("mark"))?;
            let digits = package.mark.len() == 18 && package.mark.bytes().all(|byte| byte.is_ascii_digit());
            demand(
                !digits || Sscc::parse(&package.mark).is_ok(),
                "logistics.sscc",
                &field("mark"),
            )?;
            let code = package.kind.len() == 2
                && package
                    .kind
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            demand(code, "logistics.package-kind", &field("kind"))?;
            check::list(&package.contents, 1, 30, &field("contents"))?;
            for (j, inside) in package.contents.iter().enumerate() {
                content(inside, &self.shipment, &field(&format!("contents.{j}")))?;
                if crate::shared::context::type_of(&inside.subject) == "item" {
                    items.push(&inside.subject);
                }
            }
            if let Some(grams) = package.gross_grams {
                check::range(grams, 1, GROSS, &field("gross_grams"))?;
            }
            marks.push(&package.mark);
        }
        marks.sort();
        demand(
            marks.windows(2).all(|pair| pair[0] != pair[1]),
            "logistics.mark-twice",
            "packages",
        )?;
        items.sort();
        demand(
            items.windows(2).all(|pair| pair[0] != pair[1]),
            "logistics.item-packed",
            "packages",
        )
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        for content in self.packages.iter().flat_map(|package| &package.contents) {
            touches.commuting(&content.subject);
            if let Some(shipment) = &content.received_in {
                touches.commuting(shipment);
            }
        }
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for Departed {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        check::optional(self.conveyance.as_ref(), 1, 60, "conveyance")?;
        check::list(&self.seals, 0, 10, "seals")?;
        self.seals
            .iter()
            .enumerate()
            .try_for_each(|(i, seal)| check::text(seal, 1, 40, &format!("seals.{i}")))
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for Arrived {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for Delivered {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        check::range(i64::from(self.packages), 0, PACKAGES, "packages")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for HandoverOffered {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        demand(matches!(self.to, Who::Party(_)), "logistics.offer-needs-key", "to")?;
        check::range(i64::from(self.packages), 1, PACKAGES, "packages")?;
        check::optional(self.condition.as_ref(), 1, 500, "condition")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        touches.who(&self.to, author);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for HandoverAccepted {
    fn validate(&self) -> Result<(), Violation> {
        shipment(&self.shipment)?;
        check::when(&self.at, "at")?;
        check::range(i64::from(self.packages), 0, PACKAGES, "packages")?;
        check::optional(self.remark.as_ref(), 1, 500, "remark")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        touches.refers.push(self.offer);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for HandoverEnded {
    fn validate(&self) -> Result<(), Violation> {
        shipment(&self.shipment)?;
        check::text(&self.reason, 1, 500, "reason")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        touches.refers.push(self.offer);
        Ok(())
    }
}

impl Statement for CustodyStated {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        check::who(&self.from, "from")?;
        check::who(&self.to, "to")?;
        demand(self.from != self.to, "logistics.handover-self", "to")?;
        check::range(i64::from(self.packages), 1, PACKAGES, "packages")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        touches.who(&self.from, author);
        touches.who(&self.to, author);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for ExceptionRaised {
    fn validate(&self) -> Result<(), Violation> {
        event(&self.shipment, &self.place, &self.at)?;
        check::list(&self.packages, 0, 200, "packages")?;
        for (i, mark) in self.packages.iter().enumerate() {
            check::text(mark, 1, 40, &format!("packages.{i}"))?;
        }
        check::text(&self.note, 1, 1000, "note")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&self.shipment);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        Some(&self.at)
    }
}

impl Statement for ExceptionResolved {
    fn validate(&self) -> Result<(), Violation> {
        shipment(&self.shipment)?;
        check::text(&self.note, 1, 1000, "note")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&self.shipment);
        touches.refers.push(self.exception);
        Ok(())
    }
}

impl Statement for Corrected {
    fn validate(&self) -> Result<(), Violation> {
        shipment(&self.shipment)?;
        if let Some(place) = &self.place {
            check::place(place, "place")?;
        }
        if let Some(at) = &self.at {
            check::when(at, "at")?;
        }
        check::text(&self.note, 1, 1000, "note")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.shipment);
        touches.refers.push(self.record);
        Ok(())
    }

    fn at(&self) -> Option<&When> {
        self.at.as_ref()
    }
}

impl Statement for Confirmed {
    fn validate(&self) -> Result<(), Violation> {
        shipment(&self.shipment)?;
        self.partner
            .as_ref()
            .map_or(Ok(()), |partner| check::subject(partner, &["partner"], "partner"))
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.commuting(&self.shipment);
        if let Some(partner) = &self.partner {
            touches.reads(partner);
        }
        touches.refers.push(self.record);
        Ok(())
    }
}
