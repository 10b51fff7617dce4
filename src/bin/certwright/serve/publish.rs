//! What everybody may fetch: revocation lists and certificates of CAs.
//!
//! A list is made when it is first wanted, when something was revoked since, and when half of its time is over.
//! Where the rules say that there are deltas, revocations are told by these, and a complete list is made only when
//! half of its time is over: a reader that keeps it goes on using the delta to it. A complete list that names no delta
//! has to tell everything itself: one made before there were deltas, or by a process whose rules have none.
//!
//! A list is kept in memory: a process that starts makes a new one, with the next number. Several processes on one
//! store share the newest list: one makes it, the others wait and take it from the database, and none answers a list
//! that is older than another answered.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use certwright::cas::{Cas, CasError, CreateCrl, DescribeCACertificate, ErrorKind};
use certwright::crl::RevocationList;
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::Identifier;
use certwright::time::Time;

use super::log;
use super::shared::Shared;

#[cfg(test)]
mod tests;

/// The lists that are published.
pub struct Publisher {
    cas: Cas,
    shared: Option<Arc<dyn Shared>>,
    lists: Mutex<HashMap<Name, Published>>,
    /// Who makes a list: two would make two of the same.
    making: Mutex<()>,
}

/// A list of a CA: its complete one, or its delta.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct Name {
    ca: Identifier,
    is_delta: bool,
}

/// A list that was made.
#[derive(Clone)]
struct Published {
    der: Bytes,
    /// Its number.
    number: u64,
    /// The number of the complete list that a delta adds to.
    base: Option<u64>,
    /// Whether it says where the delta to it is.
    points_to_delta: bool,
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

    /// The complete list of a CA, in DER; none of a CA that has no lists, or that is unknown. It has
    /// everything that was revoked by now, unless the delta to it has the rest.
    pub fn list(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        self.fresh(&Name { ca: *ca, is_delta: false })
    }

    /// The delta to the complete list of a CA, in DER, which has everything that was revoked since; none
    /// where there are no deltas, or no lists.
    pub fn delta(&self, ca: &Identifier) -> Result<Option<Bytes>, CasError> {
        let [complete, name] = [false, true].map(|is_delta| Name { ca: *ca, is_delta });
        let mut delta = None;
        for _ in 0..TRIES {
            if !self.has_deltas() || self.fresh(&complete)?.is_none() {
                return Ok(None);
            }
            delta = self.fresh(&name)?;
            // Not that to a complete list which nobody can fetch any more.
            if self.current(&complete)?.is_some() {
                break;
            }
        }
        Ok(delta)
    }

    /// A list that is up to date, made anew where it must be.
    fn fresh(&self, name: &Name) -> Result<Option<Bytes>, CasError> {
        if let Some(der) = self.current(name)? {
            return Ok(Some(der));
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.shared {
            None => self.make(name),
            Some(shared) => {
                let (turn, mut made) = (format!("list of {name}"), Ok(None));
                shared
                    .in_turn(&turn, &mut || made = self.make(name))
                    .map_err(certwright::Error::from)?;
                made
            }
        }
    }

    /// Makes the list, unless another did meanwhile.
    fn make(&self, name: &Name) -> Result<Option<Bytes>, CasError> {
        if let Some(der) = self.current(name)? {
            return Ok(Some(der));
        }
        let Some(kept) = self.cas.ledger().issuer(&name.ca)?.filter(|kept| kept.has_key) else {
            return Ok(None);
        };
        let identifier = name.ca.to_string();
        let asked = DescribeCACertificate { identifier: identifier.clone() };
        match self.cas.run(&asked) {
            Ok(described) if described.record.crl_status => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let digest = kept.digest();
        let revocations = self.cas.ledger().crl_state(&digest, 0)?.revocations;
        let delta = name.is_delta.then_some(true);
        let asked = CreateCrl { identifier, last_crl: None, force_date: None, delta };
        let created = match self.cas.operator().run(&asked) {
            // Its last list stays, and says itself until when.
            Err(error) if error.kind() == ErrorKind::CertificateExpired => {
                return Ok(self.lists().get(name).map(|list| list.der.clone()));
            }
            created => created?,
        };
        let list = RevocationList::from_pem(&created.crl)?;
        let published = Published::new(&list, digest, revocations, half_of(&list)?);
        let (number, der) = (published.number, published.der.clone());
        log::notice(&format!("made the list {number} of CA {name}"));
        if let Some(shared) = &self.shared {
            let value = published.encode();
            let is_newest = shared.publish(name.to_string().as_bytes(), number, &value);
            if !is_newest.map_err(certwright::Error::from)? {
                // Another has a newer one, which is answered from now on.
                return self.current(name);
            }
        }
        self.lists().insert(*name, published);
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
                let ca = kept.identifier;
                let made = self.list(&ca).and_then(|_| self.delta(&ca));
                if let Err(error) = made {
                    log::warning(&format!("the list of CA {ca} cannot be made: {error}"));
                }
            }
        }
    }

    /// The list that was made, if it still says everything.
    fn current(&self, name: &Name) -> Result<Option<Bytes>, CasError> {
        if let Some(shared) = &self.shared {
            self.catch_up(shared.as_ref(), name)?;
        }
        let Some(list) = self.lists().get(name).cloned() else { return Ok(None) };
        let state = self.cas.ledger().crl_state(&list.digest, 0)?;
        let complete = state.full.map(|(number, _)| number);
        let says_everything = list.revocations >= state.revocations;
        let is_told = match name.is_delta {
            true => says_everything && list.base == complete,
            // The delta is to the last complete list, which an operator may have made.
            false if self.has_deltas() && list.points_to_delta => Some(list.number) == complete,
            // Once it is out of date, not at once: by processes whose rules differ, each would be replaced by the next.
            false => says_everything,
        };
        Ok((is_told && Time::now()? < list.half).then_some(list.der))
    }

    fn has_deltas(&self) -> bool {
        self.cas.config().crl_delta_hours > 0
    }

    /// Takes the newest list that any process made.
    fn catch_up(&self, shared: &dyn Shared, name: &Name) -> Result<(), certwright::Error> {
        let text = name.to_string();
        let number = shared.published_number(text.as_bytes())?;
        let known = self.lists().get(name).map(|list| list.number);
        if number <= known {
            return Ok(());
        }
        let Some(kept) = self.cas.ledger().issuer(&name.ca)? else { return Ok(()) };
        if let Some((number, value)) = shared.published(text.as_bytes())? {
            let list = Published::decode(number, kept.digest(), &value).ok_or_else(|| {
                let message = format!("the published list of CA {name} is damaged");
                StoreError::new(StoreErrorKind::Corrupt, message)
            })?;
            let mut lists = self.lists();
            if lists.get(name).is_none_or(|known| known.number < number) {
                lists.insert(*name, list);
            }
        }
        Ok(())
    }

    /// A panic elsewhere leaves them whole.
    fn lists(&self) -> MutexGuard<'_, HashMap<Name, Published>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Name {
    /// The name of its file, without the ending.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.is_delta { "-delta" } else { "" };
        write!(f, "{}{ending}", self.ca)
    }
}

impl Published {
    fn new(list: &RevocationList, digest: [u8; 32], revocations: u64, half: Time) -> Self {
        Self {
            der: Bytes::copy_from_slice(list.as_der()),
            number: list.number().unwrap_or_default(),
            base: list.delta_base(),
            points_to_delta: !list.freshest_urls().is_empty(),
            digest,
            revocations,
            half,
        }
    }

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
        let half = Time::from_unix(i64::from_be_bytes(*half)).ok()?;
        Some(Self::new(&list, digest, u64::from_be_bytes(*revocations), half))
    }
}

/// How often a delta is made anew because there is another complete list by then.
const TRIES: usize = 3;

/// CAs that are looked at in one transaction.
const PAGE: usize = 100;

fn half_of(list: &RevocationList) -> Result<Time, certwright::Error> {
    let this = list.this_update();
    let next = list.next_update().unwrap_or(this);
    Time::from_unix(this.unix() + (next.unix() - this.unix()) / 2)
}
