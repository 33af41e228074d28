//! The rules of packing: whose goods, how much of them, how many in one shipment.

use super::records::{Content, Packed};
use super::rules::{at_stage, holds, in_order, shipment};
use super::state::{CONTENT_BYTES, CONTENTS, Stage};
use crate::shared::check::MILLION;
use crate::shared::context::{Context, Facts, GoodsFacts, Said, Violation, demand, owned_by};
use crate::shared::goods::{Quantity, Who};
use crate::shared::standing::is_party;
use ledger::Subject;
use std::collections::{BTreeMap, BTreeSet};

/// Packing is by the holder, or by the consignor as long as nothing has moved; of goods that are the packer's own, or that a
/// delivered shipment brought to it.
pub(super) fn packed(said: &Said<'_>, record: &Packed, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    let may = holds(said, &record.shipment, shipment) || is_party(&shipment.consignor, said.party);
    demand(may, "logistics.custody", "shipment")?;
    at_stage(shipment, &[Stage::Planned, Stage::Packed])?;
    in_order(shipment, record.at.time)?;
    let mut asked: BTreeMap<(&Subject, Option<&Subject>), i64> = BTreeMap::new();
    for (i, package) in record.packages.iter().enumerate() {
        for (j, content) in package.contents.iter().enumerate() {
            let sum = asked
                .entry((&content.subject, content.received_in.as_ref()))
                .or_default();
            *sum = sum.saturating_add(content.quantity.millionths().unwrap_or(i64::MAX));
            let field = || format!("packages.{i}.contents.{j}");
            available(said, record, content, *sum, ctx).map_err(|violation| violation.inside(&field()))?;
        }
    }
    let held: BTreeSet<&Subject> = shipment.contents().collect();
    let subjects: BTreeSet<&Subject> = asked.keys().map(|(goods, _)| *goods).collect();
    let added = || subjects.difference(&held).copied();
    let fits = held.len() + added().count() <= CONTENTS && shipment.content_bytes(added()) <= CONTENT_BYTES;
    demand(fits, "logistics.shipment-full", "packages")
}

/// One content is there, ours or come to us, and with what was asked before it enough.
fn available(
    said: &Said<'_>,
    record: &Packed,
    content: &Content,
    asked: i64,
    ctx: &Context<'_>,
) -> Result<(), Violation> {
    let facts = ctx.existing(&content.subject, "subject")?.goods();
    let facts = facts.ok_or_else(|| Violation::new("shared.subject-type", "subject"))?;
    let (GoodsFacts::Lot { made, void, .. } | GoodsFacts::Serial { made, void, .. }) = facts;
    demand(!void, "logistics.never-made", "subject")?;
    demand(record.at.time >= made, "shared.before-made", "subject")?;
    let came = match &content.received_in {
        None => {
            demand(owned_by(&content.subject, said.party), "shared.not-yours", "subject")?;
            None
        }
        Some(before) => {
            let state = ctx.existing(before, "received_in")?;
            let ours = state
                .shipment()
                .is_some_and(|facts| facts.delivered && *facts.consignee == Who::Party(*said.party));
            demand(ours, "logistics.not-received", "received_in")?;
            Some(state.holds(&content.subject).unwrap_or_default())
        }
    };
    match facts {
        GoodsFacts::Lot { unit, left, .. } => {
            demand(content.quantity.unit == unit, "logistics.unit-differs", "quantity.unit")?;
            let left = came.unwrap_or(left);
            if asked <= left {
                return Ok(());
            }
            let left = Quantity::of_millionths(left, unit);
            Err(Violation::new("logistics.left", "quantity").with("left", left))
        }
        GoodsFacts::Serial { shipment, .. } => {
            let free = shipment == content.received_in.as_ref() && came.is_none_or(|held| held >= MILLION);
            demand(free, "logistics.item-packed", "subject")
        }
    }
}
