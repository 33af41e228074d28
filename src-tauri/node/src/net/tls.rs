//! TLS 1.3 between node keys: the certificate is only the envelope of an Ed25519 key, and the key is the identity.
//!
//! Nothing else of a certificate is looked at: no name, no authority, no expiry (design: peers are known by key). Sessions are not
//! resumed, so that every connection proves the key anew.

use std::fmt;
use std::sync::Arc;

use ledger::{PublicKey, SecretKey};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerIncompatible,
    ServerConfig, SignatureAlgorithm, SignatureScheme,
};

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a certificate is not that of the peer we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// More than one certificate.
    #[error("a chain of certificates where one is expected")]
    Chain,
    /// Not the certificate of a canonical Ed25519 key of prime order.
    #[error("not the certificate of an Ed25519 key")]
    NoKey,
    /// Another key than the one expected.
    #[error("another key than expected")]
    OtherKey,
}

/// Why a handshake failed, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandshakeFault {
    /// The peer showed no certificate.
    NoCertificate,
    /// The peer cannot, or will not, speak TLS 1.3.
    Version,
    /// The certificate is not one of the expected Ed25519 key.
    Key,
    /// The peer refused us.
    RefusedUs,
    /// Not TLS, or broken off.
    Broken,
    /// Not done in time.
    Slow,
}

impl HandshakeFault {
    /// Code for words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCertificate => "net.no-certificate",
            Self::Version => "net.tls-version",
            Self::Key => "net.wrong-key",
            Self::RefusedUs => "net.refused-us",
            Self::Broken => "net.no-tls",
            Self::Slow => "net.slow-handshake",
        }
    }

    /// What an error of a handshake means.
    #[must_use]
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        tls_error(error).map_or(Self::Broken, Self::meant)
    }

    /// What a TLS error somewhere inside another means, if there is one.
    #[must_use]
    pub fn inside(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        tls_error(error).map(Self::meant)
    }

    fn meant(error: &Error) -> Self {
        match error {
            Error::NoCertificatesPresented => Self::NoCertificate,
            Error::PeerIncompatible(
                PeerIncompatible::Tls13RequiredForQuic
                | PeerIncompatible::SupportedVersionsExtensionRequired
                | PeerIncompatible::Tls12NotOffered
                | PeerIncompatible::Tls12NotOfferedOrEnabled
                | PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Self::Version,
            Error::InvalidCertificate(_) => Self::Key,
            Error::AlertReceived(_) => Self::RefusedUs,
            _ => Self::Broken,
        }
    }
}

/// The TLS error somewhere inside another; an I/O error hides what it holds from `source`.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match held {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    None
}

/// Our own key, as TLS shows it: made once for all connections.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    provider: Arc<CryptoProvider>,
}

impl Identity {
    /// The self-signed certificate of our node key. The secret key stays where it is and only signs.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub fn new(key: Arc<SecretKey>) -> Result<Self, rcgen::Error> {
        let ours = OurKey {
            public: key.public(),
            secret: key,
        };
        let certificate = rcgen::CertificateParams::default().self_signed(&ours)?;
        let chain = vec![certificate.der().clone()];
        Ok(Self {
            certified: Arc::new(CertifiedKey::new(chain, Arc::new(ours))),
            provider: Arc::new(rustls::crypto::ring::default_provider()),
        })
    }

    /// The certificate, and what signs for it.
    pub const fn certified(&self) -> &Arc<CertifiedKey> {
        &self.certified
    }

    fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(self.certified())))
    }

    /// How we answer: TLS 1.3 only, and whoever asks shows a certificate.
    ///
    /// # Errors
    /// The cryptography at hand cannot do TLS 1.3.
    pub fn server(&self) -> Result<ServerConfig, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(KeyCheck { expected: None }))
            .with_cert_resolver(self.resolver());
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        Ok(config)
    }

    /// How we ask one peer: TLS 1.3 only, and only that key will do.
    ///
    /// # Errors
    /// The cryptography at hand cannot do TLS 1.3.
    pub fn client(&self, peer: PublicKey) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(KeyCheck { expected: Some(peer) }))
            .with_client_cert_resolver(self.resolver());
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        Ok(config)
    }
}

/// The node key in the forms that certificates and handshakes sign with.
struct OurKey {
    secret: Arc<SecretKey>,
    public: PublicKey,
}

impl fmt::Debug for OurKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OurKey({})", self.public)
    }
}

impl rcgen::PublicKeyData for OurKey {
    fn der_bytes(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for OurKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.secret.sign(message).to_vec())
    }
}

impl SigningKey for OurKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::ED25519).then(|| {
            let signer = OurKey {
                secret: Arc::clone(&self.secret),
                public: self.public,
            };
            Box::new(signer) as Box<dyn Signer>
        })
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for OurKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.secret.sign(message).to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// The node key in a certificate.
///
/// # Errors
/// Unless it is the certificate of one canonical Ed25519 key.
pub fn key_of(certificate: &CertificateDer<'_>) -> Result<PublicKey, KeyRefused> {
    let parsed = ParsedCertificate::try_from(certificate).map_err(|_| KeyRefused::NoKey)?;
    let info = parsed.subject_public_key_info();
    let bytes = info.as_ref().strip_prefix(&SPKI).ok_or(KeyRefused::NoKey)?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyRefused::NoKey)?;
    PublicKey::from_bytes(bytes).map_err(|_| KeyRefused::NoKey)
}

/// The key a finished handshake has proved.
///
/// # Errors
/// As [`key_of`]; also when there is no certificate or more than one.
pub fn proved_key(chain: Option<&[CertificateDer<'_>]>) -> Result<PublicKey, KeyRefused> {
    match chain {
        Some([one]) => key_of(one),
        Some([]) | None => Err(KeyRefused::NoKey),
        Some(_) => Err(KeyRefused::Chain),
    }
}

/// Accepts one Ed25519 certificate, of the expected key where one is expected.
#[derive(Debug)]
pub(super) struct KeyCheck {
    pub(super) expected: Option<PublicKey>,
}

impl KeyCheck {
    fn check(&self, certificate: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let checked = if others.is_empty() {
            key_of(certificate)
        } else {
            Err(KeyRefused::Chain)
        };
        let refused = match (checked, self.expected) {
            (Ok(key), Some(expected)) if key != expected => KeyRefused::OtherKey,
            (Ok(_), _) => return Ok(()),
            (Err(refused), _) => refused,
        };
        let other = CertificateError::Other(OtherError(Arc::new(refused)));
        Err(Error::InvalidCertificate(other))
    }

    fn signature(
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        if signed.scheme != SignatureScheme::ED25519 {
            return Err(Error::InvalidCertificate(CertificateError::BadSignature));
        }
        verify_tls13_signature(message, certificate, signed, &algorithms)
    }
}

impl ServerCertVerifier for KeyCheck {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(certificate, others)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

impl ClientCertVerifier for KeyCheck {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(certificate, others)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}
