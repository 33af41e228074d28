use super::*;

#[test]
fn addresses_are_read_as_written() {
    for text in ["a.example:1", "192.0.2.1:4747", "[2001:db8::1]:65535", "localhost:80"] {
        assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
    }
    assert_eq!("A.Example:1".parse::<Address>().unwrap().to_string(), "a.example:1");
    for text in [
        "",
        "a",
        ":1",
        "a:",
        "a:0",
        "a:65536",
        "a:+1",
        "a b:1",
        "a/b:1",
        "u@h:1",
        "a..b:1",
        "-a:1",
        "[a]:1",
        "::1:1",
        "1.2.3:4",
        "300.1.1.1:5",
        "a:1/x",
        "é:1",
    ] {
        assert_eq!(text.parse::<Address>(), Err(AddressError), "{text}");
    }
    assert!(format!("{}:1", "a".repeat(64)).parse::<Address>().is_err());
}

#[test]
fn this_machine_is_known_by_all_its_names() {
    let loopback = |text: &str| text.parse::<Address>().unwrap().is_loopback();
    assert!(loopback("127.0.0.1:1") && loopback("127.9.9.9:1") && loopback("[::1]:1") && loopback("LOCALHOST:1"));
    assert!(loopback("[::ffff:127.0.0.1]:1"));
    assert!(!loopback("128.0.0.1:1") && !loopback("localhost.example:1"));
}
