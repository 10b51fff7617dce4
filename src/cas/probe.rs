//! How challenges are looked up: the caller's network, or a map.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Looks up what challenges ask for. The engine has no network of its own.
///
/// Whoever orders chooses the name that is asked for, so that a probe is a request that strangers send
/// from inside the operator's network. What it may reach:
///
/// - **Names**: those it is given: DNS names of the order, `_dnsauth.` before them for records. It is
///   never given a wildcard or an address; a single label such as `localhost` it may be given.
/// - **Records**: TXT records, from a resolver of the public DNS that validates (DNSSEC) and that
///   answers no names of the operator's own network.
/// - **Files**: port 80 of the public addresses of that name ([`is_public_address`]), checked for the
///   address that is connected to, after it was resolved; not loopback, private, link-local or reserved
///   ones. No redirect is followed, no credential or cookie sent, no proxy of the network used, and
///   nothing but status 200 counts.
/// - **Time**: seconds, not minutes: the call of an operation waits for it.
///
/// A probe of a private CA for names of its own network reaches what its operator lists instead, and
/// nothing else.
///
/// ```
/// use std::error::Error;
/// use certwright::cas::DomainProbe;
///
/// /// Asks nobody, and finds nothing.
/// struct Nobody;
///
/// impl DomainProbe for Nobody {
///     fn txt_records(&self, _: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
///         Ok(Vec::new())
///     }
///
///     fn http_get(
///         &self, _: &str, _: &str, _: usize,
///     ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>> {
///         Ok(None)
///     }
/// }
/// ```
pub trait DomainProbe: Send + Sync {
    /// The TXT records at a name such as `_dnsauth.www.example.com`, each with its strings joined;
    /// none where there are none. More than 100 count as none.
    ///
    /// # Errors
    /// When the name cannot be looked up now.
    fn txt_records(&self, name: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>>;

    /// The content of a file of a web server, over HTTP on port 80: of the domain
    /// `www.example.com`, the path `/.well-known/pki-validation/fileauth.txt`; none where there is
    /// none. Reading may stop after `limit` bytes: whatever is longer is not the file.
    ///
    /// # Errors
    /// When the server cannot be asked now.
    fn http_get(
        &self,
        domain: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>>;
}

impl<P: DomainProbe + ?Sized> DomainProbe for Arc<P> {
    fn txt_records(&self, name: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        (**self).txt_records(name)
    }

    fn http_get(
        &self,
        domain: &str,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>> {
        (**self).http_get(domain, path, limit)
    }
}

/// Whether an address is one that a probe of the public Internet may connect to: global unicast, and not
/// in the special-purpose registries of IANA (RFC 6890, of November 2026) as what is not globally
/// reachable. Addresses that carry an IPv4 address inside (`::ffff:10.0.0.1`, NAT64, 6to4, Teredo) are
/// not: they would lead around the check.
///
/// ```
/// use certwright::cas::is_public_address;
/// assert!(is_public_address("93.184.215.14".parse()?));
/// for inside in ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.7"] {
///     assert!(!is_public_address(inside.parse()?));
/// }
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            NOT_PUBLIC_4.iter().all(|(base, length)| {
                let base = u32::from_be_bytes(*base);
                (bits ^ base).checked_shr(32 - length).unwrap_or_default() != 0
            })
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let inside = |(base, length): &([u16; 2], u32)| {
                let base = u128::from(base[0]) << 112 | u128::from(base[1]) << 96;
                (bits ^ base).checked_shr(128 - length).unwrap_or_default() == 0
            };
            inside(&GLOBAL_6) && !NOT_PUBLIC_6.iter().any(inside)
        }
    }
}

/// IANA IPv4 Special-Purpose Address Registry, and multicast.
const NOT_PUBLIC_4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),       // this network, RFC 791
    ([10, 0, 0, 0], 8),      // private, RFC 1918
    ([100, 64, 0, 0], 10),   // shared, RFC 6598
    ([127, 0, 0, 0], 8),     // loopback, RFC 1122
    ([169, 254, 0, 0], 16),  // link-local, RFC 3927
    ([172, 16, 0, 0], 12),   // private, RFC 1918
    ([192, 0, 0, 0], 24),    // protocol assignments, RFC 6890
    ([192, 0, 2, 0], 24),    // documentation, RFC 5737
    ([192, 88, 99, 0], 24),  // 6to4 relays, RFC 7526
    ([192, 168, 0, 0], 16),  // private, RFC 1918
    ([198, 18, 0, 0], 15),   // benchmarks, RFC 2544
    ([198, 51, 100, 0], 24), // documentation, RFC 5737
    ([203, 0, 113, 0], 24),  // documentation, RFC 5737
    ([224, 0, 0, 0], 4),     // multicast, RFC 5771
    ([240, 0, 0, 0], 4),     // reserved and broadcast, RFC 1112
];

/// What IANA allocates as global unicast (RFC 4291 section 2.4).
const GLOBAL_6: ([u16; 2], u32) = ([0x2000, 0], 3);

/// What is special within it.
const NOT_PUBLIC_6: [([u16; 2], u32); 4] = [
    ([0x2001, 0], 23),     // protocol assignments, Teredo among them, RFC 2928
    ([0x2001, 0xdb8], 32), // documentation, RFC 3849
    ([0x2002, 0], 16),     // 6to4, RFC 3056
    ([0x3fff, 0], 20),     // documentation, RFC 9637
];

/// A probe that answers from a map: for tests, and for an operator who looked.
///
/// ```
/// use certwright::cas::{DomainProbe, MapProbe};
/// let probe = MapProbe::default();
/// probe.add_txt("_dnsauth.example.com", "token");
/// assert_eq!(probe.txt_records("_dnsauth.EXAMPLE.com")?, ["token"]);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
#[derive(Default)]
pub struct MapProbe {
    records: Mutex<BTreeMap<String, Vec<String>>>,
    files: Mutex<BTreeMap<(String, String), Vec<u8>>>,
}

impl MapProbe {
    /// Adds a TXT record to those of a name.
    pub fn add_txt(&self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        held(&self.records).entry(name).or_default().push(value.to_owned());
    }

    /// Puts a file on the web server of a domain.
    pub fn put_file(&self, domain: &str, path: &str, content: impl Into<Vec<u8>>) {
        let place = (domain.to_ascii_lowercase(), path.to_owned());
        held(&self.files).insert(place, content.into());
    }

    /// Forgets every record and file.
    pub fn clear(&self) {
        held(&self.records).clear();
        held(&self.files).clear();
    }
}

/// A map; a panic elsewhere leaves it whole.
fn held<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DomainProbe for MapProbe {
    fn txt_records(&self, name: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        let name = name.to_ascii_lowercase();
        Ok(held(&self.records).get(&name).cloned().unwrap_or_default())
    }

    fn http_get(
        &self,
        domain: &str,
        path: &str,
        _limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>> {
        let place = (domain.to_ascii_lowercase(), path.to_owned());
        Ok(held(&self.files).get(&place).cloned())
    }
}

impl fmt::Debug for MapProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MapProbe(…)")
    }
}
