//! All that can be said, one variant for each kind of record.

use crate::shared::context::{Touches, Violation};
use crate::shared::goods::When;
use crate::shared::statement::Statement;
use crate::{alliance, logistics, parties, supply_chain};
use ledger::{Kind, Party};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! payloads {
    ($($variant:ident($type:path) = $kind:literal),+ $(,)?) => {
        /// What a record says: `{"kind":"logistics.departed.1","body":{…}}`.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(tag = "kind", content = "body")]
        pub enum Payload {
            $(
                #[doc = concat!("`", $kind, "`.")]
                #[serde(rename = $kind)]
                $variant($type),
            )+
        }

        /// Every kind there is, in the order of the rooms.
        pub const KINDS: &[&str] = &[$($kind),+];

        impl Payload {
            /// The kind's whole text.
            #[must_use]
            pub const fn kind_text(&self) -> &'static str {
                match self { $(Payload::$variant(_) => $kind),+ }
            }

            /// The body as JSON.
            #[must_use]
            pub fn body(&self) -> serde_json::Value {
                // A struct of text, integers and lists always has a JSON form.
                match self { $(Payload::$variant(body) => serde_json::to_value(body).unwrap_or_default()),+ }
            }

            fn statement(&self) -> &dyn Statement {
                match self { $(Payload::$variant(body) => body),+ }
            }

            fn read(kind: &str, body: &str) -> Option<Result<Self, serde_json::Error>> {
                match kind {
                    $($kind => Some(serde_json::from_str(body).map(Payload::$variant)),)+
                    _ => None,
                }
            }
        }
    };
}

payloads! {
    Registered(parties::records::Registered) = "parties.registered.1",
    Updated(parties::records::Updated) = "parties.updated.1",
    MandateGranted(parties::records::MandateGranted) = "parties.mandate-granted.1",
    MandateRevoked(parties::records::MandateRevoked) = "parties.mandate-revoked.1",
    RootReplaced(parties::records::RootReplaced) = "parties.root-replaced.1",
    RecoveryNamed(parties::records::RecoveryNamed) = "parties.recovery-named.1",
    PartnerNamed(parties::records::PartnerNamed) = "parties.partner-named.1",
    PartnerLinked(parties::records::PartnerLinked) = "parties.partner-linked.1",
    ProductDefined(supply_chain::records::ProductDefined) = "supply-chain.product-defined.1",
    LotMade(supply_chain::records::LotMade) = "supply-chain.lot-made.1",
    SerialMade(supply_chain::records::SerialMade) = "supply-chain.serial-made.1",
    Processed(supply_chain::records::Processed) = "supply-chain.processed.1",
    EventCaptured(supply_chain::records::EventCaptured) = "supply-chain.event-captured.1",
    Inspected(supply_chain::records::Inspected) = "supply-chain.inspected.1",
    GoodsCorrected(supply_chain::records::Corrected) = "supply-chain.corrected.1",
    Recalled(supply_chain::records::Recalled) = "supply-chain.recalled.1",
    RecallEnded(supply_chain::records::RecallEnded) = "supply-chain.recall-ended.1",
    GoodsConfirmed(supply_chain::records::Confirmed) = "supply-chain.confirmed.1",
    ShipmentPlanned(logistics::records::ShipmentPlanned) = "logistics.shipment-planned.1",
    Packed(logistics::records::Packed) = "logistics.packed.1",
    Departed(logistics::records::Departed) = "logistics.departed.1",
    Arrived(logistics::records::Arrived) = "logistics.arrived.1",
    Delivered(logistics::records::Delivered) = "logistics.delivered.1",
    HandoverOffered(logistics::records::HandoverOffered) = "logistics.handover-offered.1",
    HandoverAccepted(logistics::records::HandoverAccepted) = "logistics.handover-accepted.1",
    HandoverEnded(logistics::records::HandoverEnded) = "logistics.handover-ended.1",
    CustodyStated(logistics::records::CustodyStated) = "logistics.custody-stated.1",
    ExceptionRaised(logistics::records::ExceptionRaised) = "logistics.exception-raised.1",
    ExceptionResolved(logistics::records::ExceptionResolved) = "logistics.exception-resolved.1",
    ShipmentCorrected(logistics::records::Corrected) = "logistics.corrected.1",
    ShipmentConfirmed(logistics::records::Confirmed) = "logistics.confirmed.1",
    MemberVoted(alliance::records::MemberVoted) = "alliance.member-voted.1",
    ValidatorsProposed(alliance::records::ValidatorsProposed) = "alliance.validators-proposed.1",
    ValidatorsVoted(alliance::records::ValidatorsVoted) = "alliance.validators-voted.1",
    DoubleVoted(alliance::records::DoubleVoted) = "alliance.double-voted.1",
}

impl Payload {
    /// Reads the body of a record of this kind.
    ///
    /// # Errors
    /// `shared.kind-unknown`, `shared.body` (a member is missing, unknown or not of its type), or the rule of the first field
    /// that has not the right form.
    pub fn parse(kind: &Kind, body_json: &str) -> Result<Self, Violation> {
        let unknown = || Violation::new("shared.kind-unknown", "kind").with("kind", kind);
        let payload = Self::read(kind.as_str(), body_json)
            .ok_or_else(unknown)?
            .map_err(|error| Violation::new("shared.body", "").with("error", error))?;
        payload.statement().validate()?;
        Ok(payload)
    }

    /// Its kind.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the text is one of KINDS, and a test parses them all")]
    pub fn kind(&self) -> Kind {
        self.kind_text().parse().expect("every kind of KINDS is a kind")
    }

    /// What it writes, reads and refers to when `party` says it. The form of the body is checked too.
    ///
    /// # Errors
    /// The rule of the first field that has not the right form.
    pub fn touches(&self, party: &Party) -> Result<Touches, Violation> {
        self.statement().validate()?;
        self.touched(party)
    }

    /// As [`Payload::touches`], of a body whose form was checked.
    pub(crate) fn touched(&self, party: &Party) -> Result<Touches, Violation> {
        let mut touches = Touches::default();
        self.statement().touch(party, &mut touches)?;
        touches.finish()
    }

    /// When it happened, for events.
    pub(crate) fn at(&self) -> Option<&When> {
        self.statement().at()
    }
}

/// Whether a mandate's pattern (`*`, `logistics.*`, `logistics.departed`) covers a kind that exists.
pub(crate) fn covers_a_kind(pattern: &str) -> bool {
    KINDS
        .iter()
        .any(|kind| kind.parse::<Kind>().is_ok_and(|kind| kind.matches(pattern)))
}
