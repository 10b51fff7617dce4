//! Which addresses a probe may connect to.

use certwright::cas::is_public_address;

#[test]
fn only_global_unicast_is_public() {
    for (text, expected) in [
        ("8.8.8.8", true),
        ("1.1.1.1", true),
        ("0.1.2.3", false),
        ("9.255.255.255", true),
        ("10.0.0.0", false),
        ("10.255.255.255", false),
        ("11.0.0.0", true),
        ("100.63.255.255", true),
        ("100.64.0.0", false),
        ("100.127.255.255", false),
        ("100.128.0.0", true),
        ("127.255.255.255", false),
        ("169.254.169.254", false),
        ("172.15.255.255", true),
        ("172.16.0.0", false),
        ("172.31.255.255", false),
        ("172.32.0.0", true),
        ("192.0.0.8", false),
        ("192.0.1.0", true),
        ("192.0.2.1", false),
        ("192.168.1.1", false),
        ("192.169.0.0", true),
        ("198.17.255.255", true),
        ("198.18.0.0", false),
        ("198.19.255.255", false),
        ("198.51.100.1", false),
        ("203.0.113.1", false),
        ("223.255.255.255", true),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("2606:4700::1111", true),
        ("2001:200::1", true),
        ("2001::1", false),
        ("2001:1ff:ffff::1", false),
        ("2001:db8::1", false),
        ("2002:a00:7::1", false),
        ("3fff::1", false),
        ("::", false),
        ("::1", false),
        ("::ffff:8.8.8.8", false),
        ("::ffff:10.0.0.7", false),
        ("64:ff9b::a00:7", false),
        ("fc00::1", false),
        ("fe80::1", false),
        ("ff02::1", false),
    ] {
        assert_eq!(is_public_address(text.parse().unwrap()), expected, "{text}");
    }
}
