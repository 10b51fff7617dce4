//! IP addresses as people write them.

use std::net::{IpAddr, Ipv6Addr};

/// Reads an IPv4 or IPv6 address, or says what is wrong with the text.
pub(super) fn read(text: &str) -> Result<IpAddr, String> {
    if let Some((address, zone)) = text.split_once('%')
        && address.parse::<Ipv6Addr>().is_ok()
    {
        let zone = zone.escape_default();
        return Err(format!(
            "the zone %{zone} names an interface of one machine, which certificates do not have \
             (RFC 4007 section 6); write {address}"
        ));
    }
    let address: IpAddr = text.parse().map_err(|_| "neither an IPv4 nor an IPv6 address")?;
    match mapped(address) {
        Some(problem) => Err(problem),
        None => Ok(address),
    }
}

/// What is wrong with an IPv4-mapped address, if it is one: Go and Java connect to the IPv4 address in
/// it, whatever the name constraints say of IPv6.
pub(super) fn mapped(address: IpAddr) -> Option<String> {
    let four = address.to_canonical();
    (four != address).then(|| {
        format!("{address} is an IPv4-mapped address (RFC 4291 section 2.5.5.2); write {four}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_mapped_addresses_are_refused_with_the_reason() {
        assert_eq!(read("10.0.0.7"), Ok([10, 0, 0, 7].into()));
        assert_eq!(read("fe80::1"), Ok("fe80::1".parse().unwrap()));
        let zone = read("fe80::1%eth0").unwrap_err();
        assert!(zone.contains("%eth0") && zone.contains("write fe80::1"), "{zone}");
        for text in ["::ffff:10.0.0.1", "::ffff:a00:1", "::FFFF:10.0.0.1"] {
            let mapped = read(text).unwrap_err();
            assert!(
                mapped.contains("IPv4-mapped") && mapped.contains("write 10.0.0.1"),
                "{mapped}"
            );
        }
        for text in ["", "x", "10.0.0", "1::2::3", "%eth0", "10.0.0.1%eth0", "[::1]"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
