//! Ranges of IP addresses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::error::Error;

/// A range of IP addresses: those that agree with `address` in the bits of `mask`.
///
/// An IPv4-mapped address (`::ffff:10.0.0.1`, RFC 4291 section 2.5.5.2) is the IPv4 address in it: Go
/// (`net.IP`) and Java (`InetAddress`) take it for that when they connect and when they match names,
/// and Linux sends IPv4 packets there. Other ways to put an IPv4 address into one of IPv6 are IPv6
/// addresses to all of them, OpenSSL and the standard library of Rust, and so they are here: the
/// IPv4-compatible `::10.0.0.1`, NAT64's `64:ff9b::10.0.0.1` (RFC 6052) and 6to4's `2002:a00:1::`
/// (RFC 3056). Where a network translates them, exclude those ranges as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IpNetwork {
    address: IpAddr,
    mask: IpAddr,
}

impl IpNetwork {
    /// A range from an address and its prefix length in bits.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the prefix is longer than the address, or the address has bits
    /// outside the prefix, or the range is one of IPv4-mapped addresses, which is written as IPv4.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, Error> {
        let shown = format!("{address}/{prefix}");
        let mask: Option<IpAddr> = match address {
            IpAddr::V4(_) if prefix <= 32 => {
                Some(u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0).to_be_bytes().into())
            }
            IpAddr::V6(_) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                Some(mask.to_be_bytes().into())
            }
            _ => None,
        };
        let malformed = |problem: &str| Error::malformed("IP range", shown.clone(), problem);
        let mask = mask.ok_or_else(|| malformed("the prefix is longer than the address"))?;
        let network = Self { address, mask };
        if network.masked(address) != Some(bits(address)) {
            return Err(malformed("the address has bits outside the prefix"));
        }
        if network.is_mapped() {
            let problem = format!("IPv4-mapped addresses; write {}", network.canonical());
            return Err(malformed(&problem));
        }
        Ok(network)
    }

    /// A range as a certificate writes it: the address, then the mask, 4 or 16 bytes each. The mask
    /// is that of a prefix ("in the style of RFC 4632", RFC 5280 section 4.2.1.10); bits of the
    /// address outside it say nothing.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (address, mask) = bytes.split_at_checked(bytes.len() / 2)?;
        let (address, mask) = (address_from(address)?, address_from(mask)?);
        let is_prefix = match mask {
            IpAddr::V4(mask) => mask.to_bits().leading_ones() == mask.to_bits().count_ones(),
            IpAddr::V6(mask) => mask.to_bits().leading_ones() == mask.to_bits().count_ones(),
        };
        is_prefix.then_some(Self { address, mask })
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let bytes = |address| match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        [bytes(self.address), bytes(self.mask)].concat()
    }

    /// Whether the address is of this range; an IPv4-mapped one counts as the IPv4 address in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.canonical().contains_canonical(address.to_canonical())
    }

    /// Whether all of it are IPv4-mapped addresses.
    pub(super) fn is_mapped(&self) -> bool {
        self.canonical() != *self
    }

    /// A range of IPv4-mapped addresses as the range of IPv4 addresses that it is.
    fn canonical(&self) -> Self {
        match (self.address.to_canonical(), self.mask) {
            (IpAddr::V4(address), IpAddr::V6(mask))
                if mask.to_bits().leading_ones() >= MAPPED_PREFIX =>
            {
                let [.., a, b, c, d] = mask.octets();
                Self { address: address.into(), mask: [a, b, c, d].into() }
            }
            _ => *self,
        }
    }

    fn contains_canonical(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && self.masked(address).is_some_and(|masked| Some(masked) == self.masked(self.address))
    }

    fn masked(&self, address: IpAddr) -> Option<u128> {
        (address.is_ipv4() == self.mask.is_ipv4()).then(|| bits(address) & bits(self.mask))
    }
}

/// The bits before the IPv4 address in ::ffff:0:0/96.
const MAPPED_PREFIX: u32 = 96;

/// An address of 4 or 16 bytes.
fn address_from(bytes: &[u8]) -> Option<IpAddr> {
    let shorter = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    shorter.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from))
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl FromStr for IpNetwork {
    type Err = Error;

    /// Reads `10.0.0.0/8` or `2001:db8::/32`; an address alone is a range of one.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed =
            |problem: &str| Error::malformed("IP range", crate::error::quoted(text), problem);
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        // Ranges of mapped addresses are told below how they are written.
        let address: IpAddr = match address.parse() {
            Ok(address) => address,
            Err(_) => super::address::read(address).map_err(|problem| malformed(&problem))?,
        };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| malformed("the prefix is not a number"))?,
            None if address.is_ipv4() => 32,
            None => 128,
        };
        Self::new(address, prefix)
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, bits(self.mask).count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_addresses() {
        let range: IpNetwork = "10.0.0.0/8".parse().unwrap();
        assert!(range.contains([10, 255, 0, 1].into()) && !range.contains([11, 0, 0, 1].into()));
        assert_eq!(IpNetwork::from_bytes(&range.to_bytes()), Some(range));
        let of_mask = |mask: [u8; 4]| IpNetwork::from_bytes(&[[10, 1, 0, 0], mask].concat());
        assert_eq!(of_mask([255, 255, 0, 0]).unwrap().to_string(), "10.1.0.0/16");
        assert_eq!(of_mask([255, 0, 0, 0]).unwrap().to_string(), "10.1.0.0/8");
        assert!(of_mask([0, 0, 0, 0]).unwrap().contains([9, 9, 9, 9].into()));
        for mask in [[255, 0, 255, 0], [127, 0, 0, 0], [255, 0, 0, 1]] {
            assert_eq!(of_mask(mask), None, "{mask:?} is no prefix");
        }
        for length in [0, 4, 9, 10, 31, 64] {
            assert_eq!(IpNetwork::from_bytes(&vec![0; length]), None, "{length} bytes");
        }
        assert!("0.0.0.0/0".parse::<IpNetwork>().unwrap().contains([1, 2, 3, 4].into()));
        assert!("::/0".parse::<IpNetwork>().unwrap().contains("2001:db8::1".parse().unwrap()));
        for text in ["10.0.0.1/8", "10.0.0.0/33", "x", "10.0.0.0/", "::/129"] {
            assert!(text.parse::<IpNetwork>().is_err(), "{text}");
        }
    }

    #[test]
    fn mapped_addresses_are_those_of_ipv4_and_no_others_are() {
        let range = |text: &str| text.parse::<IpNetwork>().unwrap();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(range("10.0.0.0/8").contains(address("::ffff:10.0.0.1")));
        assert!(range("10.0.0.0/8").contains(address("::ffff:a00:1")));
        assert!(!range("10.0.0.0/8").contains(address("::ffff:11.0.0.1")));
        assert!(!range("::/0").contains(address("::ffff:10.0.0.1")));
        for other in ["::10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::", "::ffff:0:10.0.0.1"] {
            assert!(!range("10.0.0.0/8").contains(address(other)), "{other}");
            assert!(range("::/0").contains(address(other)), "{other}");
        }
        let mapped = |bits: u32| {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0).to_be_bytes();
            let IpAddr::V6(first) = address("::ffff:10.0.0.0") else { panic!("IPv6") };
            IpNetwork::from_bytes(&[first.octets(), mask].concat()).unwrap()
        };
        assert!(mapped(104).is_mapped() && mapped(104).contains([10, 1, 2, 3].into()));
        assert!(mapped(104).contains(address("::ffff:10.1.2.3")));
        assert!(!mapped(104).contains([11, 1, 2, 3].into()));
        assert!(mapped(96).is_mapped() && mapped(96).contains([11, 1, 2, 3].into()));
        assert!(!mapped(95).is_mapped());
        for text in ["::ffff:10.0.0.0/104", "::ffff:10.0.0.1", "::ffff:0:0/96"] {
            let error = text.parse::<IpNetwork>().unwrap_err().to_string();
            assert!(error.contains("IPv4-mapped addresses; write "), "{error}");
        }
        let zone = "fe80::1%eth0".parse::<IpNetwork>().unwrap_err().to_string();
        assert!(zone.contains("zone"), "{zone}");
    }
}
