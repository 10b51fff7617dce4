//! Finding certificates by identifier, subject, alternative name and end, against a search through
//! all that was answered.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::collections::BTreeSet;
use std::sync::Arc;

use certwright::crl::RevocationReason;
use certwright::issuance::Issuance;
use certwright::ledger::{CertificateRecord, Identifier, Ledger};
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::time::{FixedClock, Lifetime, Time};
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Name, Policy, Profile, Signer, Store,
};

use crate::craft::{Ladder, now, period};
use crate::shelf::{algorithm, key, on_each_store};

/// What was asked for and answered; the names are in lower case.
struct Known {
    identifier: Identifier,
    subject: Vec<(AttributeType, String)>,
    names: BTreeSet<String>,
    end: Time,
    certificate: Certificate,
}

/// A generator, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn of<'v>(&mut self, values: &[&'v str]) -> &'v str {
        values[self.below(values.len())]
    }
}

const COMMON_NAMES: [&str; 6] = ["db", "DB", "db,O=x", "d\u{e9}", "D\u{c9}", "a+b"];
const ORGANIZATIONS: [&str; 4] = ["x", "X", "Y", ""];
const DNS: [&str; 5] =
    ["db.internal", "DB.Internal", "*.db.internal", "a.db.internal", "web.internal"];
const EMAILS: [&str; 3] = ["Ops@db.internal", "ops@DB.internal", "o@web.internal"];
const ADDRESSES: [&str; 5] = ["10.0.0.7", "10.0.0.70", "fd00::a00:7", "fd00::7", "2001:db8::a00:7"];
const URIS: [&str; 3] =
    ["https://db.internal/A", "https://db.internal/a", "spiffe://db.internal/b"];

#[test]
fn every_page_of_every_lookup_is_what_a_search_through_all_finds() {
    on_each_store(|store| {
        let (ledger, known) = populate(store);
        assert!(known.len() > 120);
        for record in &known {
            let found = ledger.certificate_called(&record.identifier).unwrap().unwrap();
            assert_eq!(found.certificate(), Some(&record.certificate));
            assert_eq!(found.identifier(), record.identifier);
        }
        let mut subjects: BTreeSet<_> = known.iter().map(|record| &record.subject).collect();
        let nobody = vec![(AttributeType::COMMON_NAME, "nobody".to_owned())];
        subjects.insert(&nobody);
        assert!(subjects.len() > 8);
        for subject in subjects {
            let wanted = by_identifier(&known, |record| record.subject == *subject);
            // Found in upper case as well.
            for attributes in [subject.clone(), upper(subject)] {
                let name = name(&attributes);
                pages(&wanted, |after, limit| ledger.certificates_of(&name, after, limit));
            }
        }
        let every = DNS.iter().chain(&ADDRESSES).map(|text| text.parse::<AltName>().unwrap());
        let emails = EMAILS.iter().map(|text| AltName::email(text).unwrap());
        let uris = URIS.iter().map(|text| AltName::uri(text).unwrap());
        let none = ["b.internal", "internal"].map(|text| AltName::dns(text).unwrap());
        let mut found = 0;
        for name in every.chain(emails).chain(uris).chain(none) {
            let text = name.to_string().to_lowercase();
            let wanted = by_identifier(&known, |record| record.names.contains(&text));
            found += usize::from(!wanted.is_empty());
            pages(&wanted, |after, limit| ledger.certificates_for(&name, after, limit));
        }
        assert!(found >= 14, "{found}");
    });
}

#[test]
fn every_window_of_ends_is_what_a_search_through_all_finds() {
    on_each_store(|store| {
        let (ledger, mut known) = populate(store);
        known.sort_by_key(|record| (record.end, record.identifier));
        let ends: Vec<Time> = known.iter().map(|record| record.end).collect();
        let (first, last) = (ends[0], ends[ends.len() - 1]);
        let second = Lifetime::seconds(1);
        let (long_ago, far) = (Time::from_unix(-600_000_000).unwrap(), Time::NO_EXPIRATION);
        let middle = ends[ends.len() / 2];
        for (from, until) in [
            (long_ago, far),
            (first, last),
            (first.plus(second).unwrap(), last.minus(second).unwrap()),
            (middle, middle),
            (middle.plus(second).unwrap(), far),
            (long_ago, middle.minus(second).unwrap()),
            (last, first),
            (far, far),
        ] {
            let inside = |record: &&Known| from <= record.end && record.end <= until;
            let wanted: Vec<Identifier> =
                known.iter().filter(inside).map(|record| record.identifier).collect();
            pages(&wanted, |after, limit| {
                let end = |identifier| {
                    let found = known.iter().find(|record| record.identifier == identifier);
                    found.unwrap().end
                };
                let after = after.map(|after| (end(*after), after));
                ledger.certificates_ending(from, until, after, limit)
            });
        }
        let ties = ends.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!(ties > 20, "{ties} ends at the same second");
        let days = known.iter().map(|record| record.end.unix() / 86_400).collect::<BTreeSet<_>>();
        assert!(days.len() > 4);
    });
}

#[test]
fn what_never_came_back_is_not_found_and_what_was_revoked_is() {
    on_each_store(|store| {
        let scene = crate::revoked::Scene::on(algorithm(), 1, Arc::clone(&store));
        let name: AltName = "db.internal".parse().unwrap();
        let ledger = scene.ca.ledger();
        let found = || ledger.certificates_for(&name, None, 9).unwrap().len();
        let claim = scene.claim();
        assert_eq!(found(), 0);
        let far = Time::NO_EXPIRATION;
        assert!(ledger.certificates_ending(now(), far, None, 9).unwrap().is_empty());
        let record = ledger.certificate(&scene.digest(), &claim).unwrap().unwrap();
        let signature = {
            let certwright::ledger::RecordState::Claimed { to_be_signed } = &record.state else {
                panic!()
            };
            scene.ladder.ca_key().sign(to_be_signed).unwrap()
        };
        scene.ca.complete(&claim, &signature).unwrap();
        assert_eq!(found(), 1);
        scene.ca.revoke(&claim, RevocationReason::KeyCompromise).unwrap();
        assert_eq!(found(), 1);
        assert_eq!(ledger.certificates_ending(now(), far, None, 9).unwrap().len(), 1);
        assert!(ledger.certificate_called(&record.identifier()).unwrap().is_some());
    });
}

/// Issues alone, in batches, by completion and by delegation, under two issuers of one ledger.
fn populate(store: Arc<dyn Store>) -> (Ledger, Vec<Known>) {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let ladder = Ladder::new(algorithm());
    let ledger = Ledger::new(store);
    let on = |issuer| Authority::on(issuer, policy(), ledger.clone()).with_clock(FixedClock(now()));
    let authorities = [on(ladder.root.clone()), on(ladder.ca.clone())];
    let mut known = Vec::new();
    for round in 0..60 {
        let authority = &authorities[round % 2];
        let asked: Vec<_> = (0..1 + round % 4).map(|_| ask(&mut chance)).collect();
        if asked.len() > 1 {
            let requests: Vec<_> = asked.iter().map(|(.., request)| request.clone()).collect();
            for (issued, asked) in authority.issue_many(&requests).into_iter().zip(&asked) {
                known.push(remember(issued.unwrap().certificate(), authority, asked));
            }
            continue;
        }
        let days = [1, 1, 2, 30, 31][chance.below(5)];
        let end = now().plus(Lifetime::days(days)).unwrap();
        let issuance = Issuance::for_request(&asked[0].2).not_after(end);
        let leaf = if round % 8 == 0 {
            let prepared = authority.prepare(issuance.clone()).unwrap();
            let signer = if round % 2 == 0 { ladder.root_key() } else { ladder.ca_key() };
            let signature = signer.sign(prepared.to_be_signed()).unwrap();
            authority.complete(prepared.serial(), &signature).unwrap().certificate().clone()
        } else {
            authority.issue(issuance.clone()).unwrap().certificate().clone()
        };
        assert_eq!(leaf.validity().not_after(), end);
        known.push(remember(&leaf, authority, &asked[0]));
        if round % 12 == 4 {
            // A claim is not found by anything.
            authority.prepare(issuance.clone()).unwrap();
            let subject = vec![(AttributeType::COMMON_NAME, chance.of(&COMMON_NAMES).to_owned())];
            let profile = Profile::intermediate(0).with_lifetime(Lifetime::days(31));
            let issuer = authorities[0].delegate(name(&subject), profile, key(3)).unwrap();
            let asked = (lower(&subject), BTreeSet::new(), asked[0].2.clone());
            known.push(remember(issuer.certificate(), &authorities[0], &asked));
        }
    }
    (ledger, known)
}

type Asked = (Vec<(AttributeType, String)>, BTreeSet<String>, CertificateRequest);

fn remember(leaf: &Certificate, authority: &Authority, asked: &Asked) -> Known {
    let digest = Ledger::issuer_digest(authority.issuer().certificate().public_key().unwrap());
    Known {
        identifier: Identifier::of(&digest, leaf.serial()),
        subject: asked.0.clone(),
        names: asked.1.clone(),
        end: leaf.validity().not_after(),
        certificate: leaf.clone(),
    }
}

/// A request for a few names of all types.
fn ask(chance: &mut Chance) -> Asked {
    let mut subject = vec![(AttributeType::COMMON_NAME, chance.of(&COMMON_NAMES).to_owned())];
    let organization = chance.of(&ORGANIZATIONS);
    if !organization.is_empty() {
        subject.push((AttributeType::ORGANIZATION, organization.to_owned()));
    }
    let mut names = BTreeSet::new();
    for _ in 0..1 + chance.below(3) {
        names.insert(match chance.below(4) {
            0 => AltName::dns(chance.of(&DNS)).unwrap(),
            1 => AltName::email(chance.of(&EMAILS)).unwrap(),
            2 => AltName::Ip(chance.of(&ADDRESSES).parse().unwrap()),
            _ => AltName::uri(chance.of(&URIS)).unwrap(),
        });
    }
    let texts = names.iter().map(|name| name.to_string().to_lowercase()).collect();
    let builder = CertificateRequest::builder(name(&subject)).alt_names(names);
    (lower(&subject), texts, builder.sign(&key(2)).unwrap())
}

fn policy() -> Policy {
    Policy::new(Profile::tls_client())
        .allow_subject_attribute(AttributeType::COMMON_NAME)
        .allow_subject_attribute(AttributeType::ORGANIZATION)
        .allow_dns(".internal")
        .unwrap()
        .allow_dns("*.db.internal")
        .unwrap()
        .allow_wildcards()
        .allow_email(".internal")
        .unwrap()
        .allow_uri_host(".internal")
        .unwrap()
        .allow_ip("0.0.0.0/0")
        .and_then(|policy| policy.allow_ip("::/0"))
        .unwrap()
        .with_root_leaves(RootLeaves::Allow)
}

fn name(attributes: &[(AttributeType, String)]) -> Name {
    let mut builder = Name::builder();
    for (attribute, value) in attributes {
        builder = builder.attribute(*attribute, value).unwrap();
    }
    builder.build()
}

fn lower(attributes: &[(AttributeType, String)]) -> Vec<(AttributeType, String)> {
    attributes.iter().map(|(kind, value)| (*kind, value.to_lowercase())).collect()
}

fn upper(attributes: &[(AttributeType, String)]) -> Vec<(AttributeType, String)> {
    attributes.iter().map(|(kind, value)| (*kind, value.to_uppercase())).collect()
}

fn by_identifier(known: &[Known], wanted: impl Fn(&Known) -> bool) -> Vec<Identifier> {
    let mut found: Vec<_> =
        known.iter().filter(|record| wanted(record)).map(|record| record.identifier).collect();
    found.sort();
    found
}

/// Reads with pages of several sizes, and holds each against what is wanted.
#[track_caller]
fn pages(
    wanted: &[Identifier],
    read: impl Fn(Option<&Identifier>, usize) -> Result<Vec<CertificateRecord>, certwright::Error>,
) {
    for limit in [1, 3, wanted.len().max(1), 1_000] {
        let mut found: Vec<Identifier> = Vec::new();
        loop {
            let page = read(found.last(), limit).unwrap();
            let rest = &wanted[found.len().min(wanted.len())..];
            let page: Vec<_> = page.iter().map(CertificateRecord::identifier).collect();
            assert_eq!(page, rest[..rest.len().min(limit)], "limit {limit}");
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(found, wanted, "limit {limit}");
    }
    assert!(read(None, 0).unwrap().is_empty());
}

#[test]
fn ends_before_1970_are_before_those_after() {
    let ladder = Ladder::new(algorithm());
    let root = certwright::Issuer::self_signed_at(
        "CN=Old".parse().unwrap(),
        Profile::root(),
        ladder.root_key(),
        crate::craft::serial(1),
        period("1951-01-01T00:00:00Z", "2036-01-01T00:00:00Z"),
    );
    let ledger = Ledger::new(certwright::MemoryStore::default());
    let authority = Authority::on(root.unwrap(), policy(), ledger.clone());
    let mut wanted = Vec::new();
    for at in ["1960-01-01T00:00:00Z", "1969-12-31T00:00:00Z", "1980-01-01T00:00:00Z"] {
        let at: Time = at.parse().unwrap();
        let authority = authority.clone().with_clock(FixedClock(at));
        let end = at.plus(Lifetime::days(2)).unwrap();
        let (.., request) = ask(&mut Chance(1));
        let issuance = Issuance::for_request(&request).not_after(end);
        wanted.push(*authority.issue(issuance).unwrap().certificate().serial());
    }
    let (first, far) = ("1950-01-01T00:00:00Z".parse().unwrap(), Time::NO_EXPIRATION);
    let found = ledger.certificates_ending(first, far, None, 9).unwrap();
    assert_eq!(found.iter().map(|record| record.serial).collect::<Vec<_>>(), wanted);
    let found = ledger.certificates_ending(Time::from_unix(0).unwrap(), far, None, 9).unwrap();
    assert_eq!(found.iter().map(|record| record.serial).collect::<Vec<_>>(), wanted[1..]);
}
