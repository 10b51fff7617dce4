//! What everybody may fetch: revocation lists and certificates of CAs.
//!
//! A list is made when it is first wanted, when something was revoked since, and when half of its time is over.
//! It is kept in memory: a process that starts makes a new one, with the next number. Several processes on one
//! store share the newest list: one makes it, the others wait and take it from the database, and none answers a list
//! that is older than another answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use certwright::cas::{Cas, CasError, CreateCrl, DescribeCACertificate, ErrorKind};
use certwright::crl::RevocationList;
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::Identifier;
use certwright::time::Time;

use super::log;
use super::shared::Shared;

/// The lists that are published.
pub struct Publisher {
    cas: Cas,
    shared: Option<Arc<dyn Shared>>,
    lists: Mutex<HashMap<Identifier, Published>>,
    /// Who makes a list: two would make two of the same.
    making: Mutex<()>,
}

/// A list of a CA.
#[derive(Clone)]
struct Published {
    der: Bytes,
    /// Its number.
    number: u64,
    /// Of the CA.
    digest: [u8; 32],
    /// How many revocations there were before it was made.
    revocations: u64,
    /// When half of its time is over.
    half: Time,
}

impl Publisher {
    pub fn new(cas: &Cas, shared: Option<Arc<dyn Shared>>) -> Arc<Self> {
        let cas = cas.clone().with_actor("certwright serve");
        Arc::new(Self { cas, shared, lists: Mutex::default(), making: Mutex::default() })
    }

    /// How many lists are published.
    pub fn count(&self) -> usize {
        self.lists().len()
    }

    /// The certificate of a CA, in DER.
    pub fn certificate(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        let kept = self.cas.ledger().issuer(ca)?;
        let first = |chain: &certwright::Chain| {
            chain.certificates().next().map(|leaf| Bytes::copy_from_slice(leaf.as_der()))
        };
        Ok(kept.and_then(|kept| first(&kept.chain)))
    }

    /// The list of a CA, in DER, which has everything that was revoked by now; none of a CA that has no lists,
    /// or that is unknown.
    pub fn list(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        if let Some(der) = self.current(ca)? {
            return Ok(Some(der));
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.shared {
            None => self.make(ca),
            Some(shared) => {
                let (turn, mut made) = (format!("list of {ca}"), Ok(None));
                shared
                    .in_turn(&turn, &mut || made = self.make(ca))
                    .map_err(certwright::Error::from)?;
                made
            }
        }
    }

    /// Makes the list, unless another did meanwhile.
    fn make(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        if let Some(der) = self.current(ca)? {
            return Ok(Some(der));
        }
        let Some(kept) = self.cas.ledger().issuer(ca)?.filter(|kept| kept.has_key) else {
            return Ok(None);
        };
        let identifier = ca.to_string();
        let asked = DescribeCACertificate { identifier: identifier.clone() };
        match self.cas.run(&asked) {
            Ok(described) if described.record.crl_status => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let digest = kept.digest();
        let revocations = self.cas.ledger().crl_state(&digest, 0)?.revocations;
        let asked = CreateCrl { identifier, last_crl: None, force_date: None };
        let created = match self.cas.operator().run(&asked) {
            // Its last list stays, and says itself until when.
            Err(error) if error.kind() == ErrorKind::CertificateExpired => {
                return Ok(self.lists().get(ca).map(|list| list.der.clone()));
            }
            created => created?,
        };
        let list = RevocationList::from_pem(&created.crl)?;
        let der = Bytes::copy_from_slice(list.as_der());
        let number = list.number().unwrap_or_default();
        let half = half_of(&list)?;
        log::notice(&format!("made the list {number} of CA {ca}"));
        let published = Published { der: der.clone(), number, digest, revocations, half };
        if let Some(shared) = &self.shared {
            let value = published.encode();
            let name = ca.to_string();
            let is_newest = shared.publish(name.as_bytes(), number, &value);
            if !is_newest.map_err(certwright::Error::from)? {
                // Another has a newer one, which is answered from now on.
                return self.current(ca);
            }
        }
        self.lists().insert(*ca, published);
        Ok(Some(der))
    }

    /// Makes every list anew that needs it.
    pub fn refresh(&self) {
        let mut after = None;
        loop {
            let page = match self.cas.ledger().issuers(after.as_ref(), PAGE) {
                Ok(page) => page,
                Err(error) => return log::warning(&format!("lists cannot be looked at: {error}")),
            };
            let Some(last) = page.last() else { return };
            after = Some(last.identifier);
            for kept in &page {
                if let Err(error) = self.list(&kept.identifier) {
                    let ca = kept.identifier;
                    log::warning(&format!("the list of CA {ca} cannot be made: {error}"));
                }
            }
        }
    }

    /// The list that was made, if it still says everything.
    fn current(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        if let Some(shared) = &self.shared {
            self.catch_up(shared.as_ref(), ca)?;
        }
        let Some(list) = self.lists().get(ca).cloned() else { return Ok(None) };
        let revocations = self.cas.ledger().crl_state(&list.digest, 0)?.revocations;
        let is_current = list.revocations >= revocations && Time::now()? < list.half;
        Ok(is_current.then_some(list.der))
    }

    /// Takes the newest list that any process made.
    fn catch_up(&self, shared: &dyn Shared, ca: &Identifier) -> Result<(), certwright::Error> {
        let name = ca.to_string();
        let number = shared.published_number(name.as_bytes())?;
        let known = self.lists().get(ca).map(|list| list.number);
        if number <= known {
            return Ok(());
        }
        let Some(kept) = self.cas.ledger().issuer(ca)? else { return Ok(()) };
        if let Some((number, value)) = shared.published(name.as_bytes())? {
            let list = Published::decode(number, kept.digest(), &value).ok_or_else(|| {
                let message = format!("the published list of CA {ca} is damaged");
                StoreError::new(StoreErrorKind::Corrupt, message)
            })?;
            let mut lists = self.lists();
            if lists.get(ca).is_none_or(|known| known.number < number) {
                lists.insert(*ca, list);
            }
        }
        Ok(())
    }

    /// A panic elsewhere leaves them whole.
    fn lists(&self) -> MutexGuard<'_, HashMap<Identifier, Published>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Published {
    /// As it is shared: its revocations, when half of its time is over, and itself.
    fn encode(&self) -> Vec<u8> {
        let half = self.half.unix().to_be_bytes();
        [&self.revocations.to_be_bytes()[..], &half, &self.der].concat()
    }

    fn decode(number: u64, digest: [u8; 32], value: &[u8]) -> Option<Self> {
        let (revocations, rest) = value.split_first_chunk()?;
        let (half, der) = rest.split_first_chunk()?;
        let list = RevocationList::from_der(der).ok()?;
        (list.number() == Some(number)).then_some(())?;
        Some(Self {
            der: Bytes::copy_from_slice(der),
            number,
            digest,
            revocations: u64::from_be_bytes(*revocations),
            half: Time::from_unix(i64::from_be_bytes(*half)).ok()?,
        })
    }
}

/// CAs that are looked at in one transaction.
const PAGE: usize = 100;

fn half_of(list: &RevocationList) -> Result<Time, certwright::Error> {
    let this = list.this_update();
    let next = list.next_update().unwrap_or(this);
    Time::from_unix(this.unix() + (next.unix() - this.unix()) / 2)
}
