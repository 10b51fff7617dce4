//! Where an issuer's CRLs are found: one profile for the pointer in certificates and the scope in
//! CRLs, so that the two cannot differ (RFC 5280 sections 4.2.1.13 and 5.2.5).

use crate::error::{Error, quoted};
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
    /// The URL, with [`KEY`] and [`SHARD`] where those go.
    template: String,
    /// Whether the template was made of a base, so that it takes a shard where there are several.
    below_base: bool,
    shards: u16,
    scope: bool,
    /// Where delta CRLs are, as a template.
    deltas: Option<String>,
}

/// Where the key identifier of the issuer goes in a template.
const KEY: &str = "{key}";
/// Where the number of the shard goes.
const SHARD: &str = "{shard}";

impl CrlDistribution {
    /// CRLs below this URL: `<base>/<key identifier of the issuer>.crl`.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is an `http:` or `https:` URL in ASCII of at most 2048
    /// characters, without query and fragment.
    pub fn new(base: &str) -> Result<Self, Error> {
        let base = base.trim_end_matches('/');
        if !is_url(base, "?#<>\"{}") {
            let problem = "not an http: or https: URL without query and fragment";
            return Err(Error::malformed("CRL distribution", quoted(base), problem));
        }
        let template = format!("{base}/{KEY}.crl");
        Ok(Self { template, below_base: true, shards: 1, scope: true, deltas: None })
    }

    /// CRLs at exactly this URL, such as that of a CA that was taken over. `{key}` in it stands for
    /// the key identifier of the issuer in hexadecimal, `{shard}` for the number of the CRL where
    /// certificates are spread over several.
    ///
    /// ```
    /// use certwright::crl::CrlDistribution;
    /// // A CA of OpenSSL, whose lists never had an issuingDistributionPoint.
    /// let taken_over = CrlDistribution::at("http://pki.example/old/ca.crl")?
    ///     .without_issuing_distribution_point()?;
    /// let sharded = CrlDistribution::at("http://pki.example/crl?part={shard}")?.with_shards(16)?;
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is an `http:` or `https:` URL in ASCII of at most 2048
    /// characters, without fragment and without other braces than these.
    pub fn at(template: &str) -> Result<Self, Error> {
        let template = checked(template)?;
        Ok(Self { template, below_base: false, shards: 1, scope: true, deltas: None })
    }

    /// Spreads certificates over several CRLs, by their serial numbers. Of a distribution below a base
    /// each is at `<base>/<key identifier>-<shard>.crl`; a template says where with `{shard}`. Choose
    /// before the first certificate: a certificate keeps the pointer it was issued with.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless there are 1 to 256; for several at one URL, and for several without
    /// issuingDistributionPoint.
    pub fn with_shards(mut self, shards: u16) -> Result<Self, Error> {
        let problem = if !(1..=256).contains(&shards) {
            format!("{shards}; allowed 1 to 256")
        } else if shards > 1 && !self.scope {
            WITHOUT_SCOPE.to_owned()
        } else if shards > 1
            && (!self.below_base && !self.template.contains(SHARD) || !tells_shards(&self.deltas))
        {
            format!("{shards} at one URL; allowed: 1, or a template with {SHARD}")
        } else {
            self.shards = shards;
            return Ok(self);
        };
        Err(Error::malformed("CRL distribution", "shards", problem))
    }

    /// Leaves the issuingDistributionPoint out of CRLs. It is critical where it stands, and old readers
    /// do not know it; without it a list is taken for all that its issuer revoked (RFC 5280 section
    /// 5.2.5). The default is to write it.
    ///
    /// # Errors
    /// [`Error::Malformed`] where there are several CRLs, none of which has all.
    pub fn without_issuing_distribution_point(mut self) -> Result<Self, Error> {
        if self.shards > 1 {
            return Err(Error::malformed("CRL distribution", "shards", WITHOUT_SCOPE));
        }
        self.scope = false;
        Ok(self)
    }

    /// Says in complete CRLs where the delta CRLs to them are (freshestCRL, RFC 5280 section 5.2.6), a
    /// template as [`CrlDistribution::at`] takes. Certificates do not say it: whoever looks for deltas has the
    /// complete list, and deltas can be given up with the next one.
    ///
    /// ```
    /// use certwright::crl::CrlDistribution;
    /// let distribution = CrlDistribution::new("http://crl.example")?
    ///     .with_deltas("http://crl.example/{key}-delta.crl")?;
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] as for [`CrlDistribution::at`], and for one URL where there are several CRLs.
    pub fn with_deltas(mut self, template: &str) -> Result<Self, Error> {
        let deltas = Some(checked(template)?);
        if self.shards > 1 && !tells_shards(&deltas) {
            let problem = format!(
                "deltas to {} CRLs at one URL; allowed a template with {SHARD}",
                self.shards
            );
            return Err(Error::malformed("CRL distribution", quoted(template), problem));
        }
        self.deltas = deltas;
        Ok(self)
    }

    /// Whether CRLs have an issuingDistributionPoint.
    pub fn has_issuing_distribution_point(&self) -> bool {
        self.scope
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
        let shard = match (self.below_base, self.shards) {
            (true, 1) => return self.template.replace(KEY, &hexadecimal(key_identifier)),
            (true, _) => {
                let numbered = format!("{}-{shard}", hexadecimal(key_identifier));
                return self.template.replace(KEY, &numbered);
            }
            (false, _) => shard.to_string(),
        };
        self.template.replace(KEY, &hexadecimal(key_identifier)).replace(SHARD, &shard)
    }

    /// The URL of a delta CRL.
    pub(crate) fn delta_url(&self, key_identifier: &[u8], shard: u16) -> Option<String> {
        let template = self.deltas.as_ref()?;
        let key = hexadecimal(key_identifier);
        Some(template.replace(KEY, &key).replace(SHARD, &shard.to_string()))
    }
}

/// A template that is given.
fn checked(template: &str) -> Result<String, Error> {
    let plain = template.replace(KEY, "").replace(SHARD, "");
    if !is_url(&plain, "#<>\"{}") || template.len() > URI_CHARACTERS {
        let problem = "not an http: or https: URL without fragment, in which {key} and {shard} \
                       are all that stands in braces";
        return Err(Error::malformed("CRL distribution", quoted(template), problem));
    }
    Ok(template.to_owned())
}

/// Whether deltas, where there are any, have a URL for each shard.
fn tells_shards(deltas: &Option<String>) -> bool {
    deltas.as_ref().is_none_or(|template| template.contains(SHARD))
}

const WITHOUT_SCOPE: &str =
    "several without issuingDistributionPoint: each would be taken for the list of all";

fn is_url(text: &str, without: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text.len() <= URI_CHARACTERS
        && text.chars().all(|c| c.is_ascii_graphic() && !without.contains(c))
}
