use super::super::tls::{KeyRefused, key_of};
use super::*;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};

fn pinned() -> rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
    let check = KeyCheck {
        expected: Some(key(SERVER)),
    };
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(check))
}

fn head_request() -> String {
    head("GET /v1/head?here", "connection: close\r\n\r\n")
}

/// Whether somebody with this configuration is answered.
fn is_answered(server: &Net, config: ClientConfig) -> bool {
    let mut raw = raw_with(server, config);
    // A handshake that fails may do so at once, or when the answer is read.
    let _refused_at_once = raw.write_all(head_request().as_bytes());
    last_words(&mut raw) == (200, "here".to_owned())
}

fn certificate(seed: u8) -> CertificateDer<'static> {
    certified(seed).cert[0].clone()
}

fn certified(seed: u8) -> Arc<CertifiedKey> {
    Identity::new(secret(seed)).unwrap().certified().clone()
}

#[test]
fn only_the_expected_key_is_spoken_to() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let address = net.book().addresses(&key(SERVER));
    net.book().invite(key(OTHER_MEMBER), &address, Instant::now()).unwrap();
    let asked = net.ask_blocking(key(OTHER_MEMBER), Path::Head, "", Bytes::new());
    assert_eq!(asked, Err(AskError::WrongKey));
    until(|| fault(&server, "net.refused-us") == 1);
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
}

#[test]
fn whoever_shows_no_key_is_not_heard() {
    let (server, _host) = server(Limits::default());
    assert!(is_answered(
        &server,
        Identity::new(secret(STRANGER)).unwrap().client(key(SERVER)).unwrap()
    ));
    assert!(!is_answered(&server, pinned().with_no_client_auth()));
    until(|| fault(&server, "net.no-certificate") == 1);
}

#[test]
fn one_certificate_and_the_secret_key_to_it() {
    let (server, _host) = server(Limits::default());
    let shown = |chain: Vec<CertificateDer<'static>>, signs: u8| {
        let with = CertifiedKey::new(chain, Arc::clone(&certified(signs).key));
        pinned().with_client_cert_resolver(Arc::new(SingleCertAndKey::from(with)))
    };
    assert!(is_answered(&server, shown(vec![certificate(MEMBER)], MEMBER)));
    assert!(!is_answered(
        &server,
        shown(vec![certificate(MEMBER), certificate(MEMBER)], MEMBER)
    ));
    until(|| fault(&server, "net.wrong-key") == 1);
    assert!(
        !is_answered(&server, shown(vec![certificate(MEMBER)], STRANGER)),
        "somebody else's certificate"
    );
    until(|| fault(&server, "net.wrong-key") == 2);
}

#[test]
fn an_older_tls_is_not_spoken() {
    let (server, _host) = server(Limits::default());
    let old = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(KeyCheck {
            expected: Some(key(SERVER)),
        }))
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified(MEMBER))));
    let mut raw = raw_with(&server, old);
    let error = raw.write_all(b"GET").unwrap_err().to_string();
    assert!(error.contains("ProtocolVersion"), "{error}");
    until(|| fault(&server, "net.tls-version") == 1);
}

#[test]
fn what_is_no_tls_is_counted() {
    let (server, _host) = server(Limits::default());
    let mut stream = TcpStream::connect(server.address().unwrap()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut end = Vec::new();
    stream.read_to_end(&mut end).ok();
    until(|| fault(&server, "net.no-tls") == 1);
    let quick = Limits {
        handshake: Duration::from_millis(50),
        ..Limits::default()
    };
    let (server, _host) = super::server(quick);
    let mut silent = TcpStream::connect(server.address().unwrap()).unwrap();
    silent.read_to_end(&mut end).ok();
    until(|| fault(&server, "net.slow-handshake") == 1);
}

/// A key that signs nothing, for certificates of keys that nobody may have.
struct Bare([u8; 32]);

impl rcgen::PublicKeyData for Bare {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for Bare {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(vec![0; 64])
    }
}

#[test]
fn only_certificates_of_good_ed25519_keys_have_a_key() {
    assert_eq!(key_of(&certificate(MEMBER)), Ok(key(MEMBER)));
    let bare = |bytes: [u8; 32]| {
        let made = rcgen::CertificateParams::default().self_signed(&Bare(bytes)).unwrap();
        key_of(made.der())
    };
    assert_eq!(bare(*key(STRANGER).as_bytes()), Ok(key(STRANGER)));
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(bare(identity), Err(KeyRefused::NoKey), "small order");
    assert_eq!(bare([0xff; 32]), Err(KeyRefused::NoKey), "not canonical");
    let curve = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let made = rcgen::CertificateParams::default().self_signed(&curve).unwrap();
    assert_eq!(key_of(made.der()), Err(KeyRefused::NoKey), "another curve");
    assert_eq!(
        key_of(&CertificateDer::from_slice(b"\x30\x03\x02\x01\x01")),
        Err(KeyRefused::NoKey)
    );
}
