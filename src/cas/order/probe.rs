//! How challenges are looked up: the caller's network, or a map.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Looks up what challenges ask for. The engine has no network of its own.
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
    /// none. Reading may stop after `limit` octets: whatever is longer is not the file.
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
    answers: Mutex<Answers>,
}

#[derive(Default)]
struct Answers {
    records: BTreeMap<String, Vec<String>>,
    files: BTreeMap<(String, String), Vec<u8>>,
}

impl MapProbe {
    /// Adds a TXT record to those of a name.
    pub fn add_txt(&self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        self.with(|answers| answers.records.entry(name).or_default().push(value.to_owned()));
    }

    /// Puts a file on the web server of a domain.
    pub fn put_file(&self, domain: &str, path: &str, content: impl Into<Vec<u8>>) {
        let place = (domain.to_ascii_lowercase(), path.to_owned());
        self.with(|answers| answers.files.insert(place, content.into()));
    }

    /// Forgets every record and file.
    pub fn clear(&self) {
        self.with(|answers| *answers = Answers::default());
    }

    fn with<T>(&self, work: impl FnOnce(&mut Answers) -> T) -> T {
        // A panic elsewhere leaves the maps whole.
        work(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DomainProbe for MapProbe {
    fn txt_records(&self, name: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        let name = name.to_ascii_lowercase();
        Ok(self.with(|answers| answers.records.get(&name).cloned().unwrap_or_default()))
    }

    fn http_get(
        &self,
        domain: &str,
        path: &str,
        _limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>> {
        let place = (domain.to_ascii_lowercase(), path.to_owned());
        Ok(self.with(|answers| answers.files.get(&place).cloned()))
    }
}

impl fmt::Debug for MapProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MapProbe(…)")
    }
}
