//! The closed word lists of the Core Business Vocabulary and where their words live on the web.
//!
//! Source: GS1 CBV 2.0 (June 2022): business steps, dispositions, business transaction types, source and destination types,
//! error reasons, sensor properties, components, alerts; EPCIS 2.0 JSON schema. The measurement types are the terms of the GS1 web vocabulary, which grows: the last ones of the list were
//! added there after CBV 2.0.

/// A word list of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// `bizStep`.
    BizStep,
    /// `disposition` and `persistentDisposition`.
    Disposition,
    /// `type` of a business transaction.
    BizTransaction,
    /// `type` of a source or destination.
    SourceDestination,
    /// `reason` of an error declaration.
    ErrorReason,
    /// `component` of a sensor report.
    Component,
    /// `type` of a sensor report.
    Measurement,
    /// `exception` of a sensor report.
    Alert,
}

const BIZ_STEPS: &str = "accepting arriving assembling collecting commissioning consigning creating_class_instance \
    cycle_counting decommissioning departing destroying disassembling dispensing encoding entering_exiting holding \
    inspecting installing killing loading other packing picking receiving removing repackaging repairing replacing \
    reserving retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing \
    transporting unloading unpacking void_shipping";

const DISPOSITIONS: &str = "active available completeness_inferred completeness_verified conformant container_closed \
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class \
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other \
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen \
    unavailable unknown";

const TRANSACTIONS: &str = "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt";

const MEASUREMENTS: &str = "AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance \
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance \
    Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity \
    ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency \
    Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity \
    MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime \
    MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity \
    Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension \
    Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber \
    EffectiveDoseRate Molar_concentration";

impl Vocabulary {
    fn words(self) -> &'static str {
        match self {
            Vocabulary::BizStep => BIZ_STEPS,
            Vocabulary::Disposition => DISPOSITIONS,
            Vocabulary::BizTransaction => TRANSACTIONS,
            Vocabulary::SourceDestination => "location owning_party possessing_party",
            Vocabulary::ErrorReason => "did_not_occur incorrect_data",
            Vocabulary::Component => {
                "altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle \
                 spherical_radius x y z"
            }
            Vocabulary::Measurement => MEASUREMENTS,
            Vocabulary::Alert => "ALARM_CONDITION ERROR_CONDITION",
        }
    }

    /// What stands before the bare word in its web address.
    fn base(self) -> &'static str {
        match self {
            Vocabulary::BizStep => "https://ref.gs1.org/cbv/BizStep-",
            Vocabulary::Disposition => "https://ref.gs1.org/cbv/Disp-",
            Vocabulary::BizTransaction => "https://ref.gs1.org/cbv/BTT-",
            Vocabulary::SourceDestination => "https://ref.gs1.org/cbv/SDT-",
            Vocabulary::ErrorReason => "https://ref.gs1.org/cbv/ER-",
            Vocabulary::Component => "https://ref.gs1.org/cbv/Comp-",
            Vocabulary::Measurement | Vocabulary::Alert => "https://gs1.org/voc/",
        }
    }

    /// Whether `word` is a bare word of this list.
    pub fn contains(self, word: &str) -> bool {
        self.words().split_ascii_whitespace().any(|known| known == word)
    }

    /// The web address of a bare word; `None` for a word that is not in the list.
    pub fn address(self, word: &str) -> Option<String> {
        self.contains(word).then(|| format!("{}{word}", self.base()))
    }

    /// The bare word of a web address or CBV URN of this list; `None` for other texts.
    pub fn bare(self, uri: &str) -> Option<&str> {
        let urn = match self {
            Vocabulary::BizStep => "urn:epcglobal:cbv:bizstep:",
            Vocabulary::Disposition => "urn:epcglobal:cbv:disp:",
            Vocabulary::BizTransaction => "urn:epcglobal:cbv:btt:",
            Vocabulary::SourceDestination => "urn:epcglobal:cbv:sdt:",
            Vocabulary::ErrorReason => "urn:epcglobal:cbv:er:",
            Vocabulary::Component | Vocabulary::Measurement | Vocabulary::Alert => self.base(),
        };
        let word = uri.strip_prefix(self.base()).or_else(|| uri.strip_prefix(urn))?;
        self.contains(word).then_some(word)
    }
}

/// The web address of a CBV word given as URN (CBV 1.x); `None` for other texts.
pub fn web_address(urn: &str) -> Option<String> {
    let rest = urn.strip_prefix("urn:epcglobal:cbv:")?;
    let (list, word) = rest.split_once(':')?;
    let list = match list {
        "bizstep" => "BizStep",
        "disp" => "Disp",
        "btt" => "BTT",
        "sdt" => "SDT",
        "er" => "ER",
        _ => return None,
    };
    Some(format!("https://ref.gs1.org/cbv/{list}-{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_addresses_answer_each_other() {
        for list in [
            Vocabulary::BizStep,
            Vocabulary::Disposition,
            Vocabulary::BizTransaction,
            Vocabulary::SourceDestination,
            Vocabulary::ErrorReason,
            Vocabulary::Component,
            Vocabulary::Measurement,
            Vocabulary::Alert,
        ] {
            for word in list.words().split_ascii_whitespace() {
                assert_eq!(list.bare(&list.address(word).unwrap()), Some(word));
            }
            assert_eq!(list.address("no_such_word"), None);
        }
        assert_eq!(
            web_address("urn:epcglobal:cbv:bizstep:receiving").unwrap(),
            "https://ref.gs1.org/cbv/BizStep-receiving"
        );
        assert_eq!(web_address("urn:epcglobal:cbv:bt:4012345000009:ASN1099"), None);
    }
}
