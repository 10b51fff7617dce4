//! Where an issuer's CRLs are found: one profile for the pointer in certificates and the scope in
//! CRLs, so that the two cannot differ (RFC 5280 sections 4.2.1.13 and 5.2.5).

use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::limits::URI_CHARACTERS;
use crate::serial::SerialNumber;

/// Where an issuer's CRLs are found.
///
/// ```
/// use certwright::crl::CrlDistribution;
/// let distribution = CrlDistribution::new("http://crl.example/ca")?.with_shards(4)?;
/// assert_eq!(distribution.shards(), 4);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CrlDistribution {
    base: String,
    shards: u16,
}

impl CrlDistribution {
    /// CRLs below this URL: `<base>/<key identifier of the issuer>.crl`.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is an `http:` or `https:` URL in ASCII of at most 2048
    /// characters, without query and fragment.
    pub fn new(base: &str) -> Result<Self, Error> {
        let base = base.trim_end_matches('/');
        let characters = |c: char| c.is_ascii_graphic() && !"?#<>\"".contains(c);
        let rest = base.strip_prefix("http://").or_else(|| base.strip_prefix("https://"));
        let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            && base.len() <= URI_CHARACTERS
            && base.chars().all(characters);
        if good {
            return Ok(Self { base: base.to_owned(), shards: 1 });
        }
        let problem = "not an http: or https: URL without query and fragment";
        Err(Error::malformed("CRL distribution", crate::error::quoted(base), problem))
    }

    /// Spreads certificates over several CRLs, by their serial numbers, each at
    /// `<base>/<key identifier>-<shard>.crl`. Choose before the first certificate: a certificate
    /// keeps the pointer it was issued with.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless there are 1 to 256.
    pub fn with_shards(mut self, shards: u16) -> Result<Self, Error> {
        if !(1..=256).contains(&shards) {
            return Err(Error::malformed(
                "CRL distribution",
                "shards",
                format!("{shards}; 1 to 256"),
            ));
        }
        self.shards = shards;
        Ok(self)
    }

    /// The number of CRLs that certificates are spread over.
    pub fn shards(&self) -> u16 {
        self.shards
    }

    /// The CRL that a certificate belongs to.
    pub fn shard_of(&self, serial: &SerialNumber) -> u16 {
        let last = serial.as_bytes().last().copied().unwrap_or_default();
        u16::from(last) % self.shards
    }

    /// The URL of a CRL.
    pub(crate) fn url(&self, key_identifier: &[u8], shard: u16) -> String {
        let identifier = hexadecimal(key_identifier);
        match self.shards {
            1 => format!("{}/{identifier}.crl", self.base),
            _ => format!("{}/{identifier}-{shard}.crl", self.base),
        }
    }
}
