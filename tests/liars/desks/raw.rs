//! Bytes of one's own over TLS 1.3 with a node key, where a client of ours would not say them.

use super::Desktop;
use ledger::PublicKey;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;

/// Takes every certificate: who is reached is not the question here.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

/// A node key that says what it likes.
pub struct Voice {
    pub key: PublicKey,
    config: Arc<ClientConfig>,
}

/// One connection of it.
pub struct Line(StreamOwned<ClientConnection, TcpStream>);

impl Voice {
    pub fn new() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody))
            .with_client_auth_cert(vec![certificate.der().clone()], secret)
            .unwrap();
        Self {
            key: PublicKey::from_bytes(pair.public_key_raw().try_into().unwrap()).unwrap(),
            config: Arc::new(config),
        }
    }

    pub fn call(&self, address: SocketAddr) -> Line {
        let stream = TcpStream::connect(address).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        Line(StreamOwned::new(
            ClientConnection::new(Arc::clone(&self.config), name).unwrap(),
            stream,
        ))
    }
}

impl Line {
    /// Says it, as far as it is taken.
    pub fn say(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).and_then(|()| self.0.flush()).is_ok()
    }

    /// Ends what is said, and gives all that is answered.
    pub fn hear(mut self) -> String {
        self.0.conn.send_close_notify();
        let _gone = self.0.flush();
        let _gone = self.0.sock.shutdown(Shutdown::Write);
        let mut text = Vec::new();
        // However it ends, what came before counts.
        let _end = self.0.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// The head of a message, whole but for what `more` says.
pub fn head(desktop: &Desktop, more: &str) -> String {
    let network = desktop.world.genesis.network();
    format!(
        "POST /v1/exchange HTTP/1.1\r\nhost: localhost\r\nsealroad-network: {network}\r\nsealroad-version: 1\r\n{more}"
    )
}
