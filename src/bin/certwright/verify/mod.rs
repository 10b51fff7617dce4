//! `certwright verify`: a chain up to a certificate that is trusted.

mod lists;
mod order;

use std::io;

use certwright::crl::RevocationList;
use certwright::error::ChainRule;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::{Clock as _, SystemClock, Time};
use certwright::verify::{RevocationStatus, UnknownRevocation, Verified};
use certwright::{Certificate, ChainVerifier, Error};

use self::lists::Lists;
use self::order::Order;
use super::arithmetic;
use super::failure::Failure;
use super::input::{file_error, read_certificates};
use super::options::{Purpose, Verify};
use super::output::Output;

pub fn run(options: &Verify, output: &mut Output) -> Result<(), Failure> {
    let chain = options.chain()?;
    let mut anchors = Vec::new();
    for path in &options.trust {
        anchors.extend(read_certificates(path, false)?);
    }
    let lists = Lists::read(&options.crl)?;
    let at = options.at.map_or_else(|| SystemClock.now(), Ok)?;
    let certificates = read_certificates(chain, true)?;
    let Some((leaf, rest)) = certificates.split_first() else {
        return Err(file_error(chain, "no certificate").into());
    };

    let order = Order { rest, anchors: &anchors, sm2_id: &options.sm2_id };
    let verifier = verifier(options, &anchors, at, &lists.all);
    // The first way up that verifies. Else the failure of the first, or of the first that came up to
    // a trust anchor.
    let (mut failure, mut unserved): (Option<Error>, Option<Failure>) = (None, None);
    for chain in order.chains(leaf)? {
        match verifier.verify(&chain) {
            Ok(verified) => match lists.refuse_unserved(&verified) {
                Ok(()) => return Ok(report(options, &verified, &order, at, &lists, output)?),
                Err(error) => unserved = unserved.or(Some(error)),
            },
            Err(error) => {
                if failure.as_ref().is_none_or(|first| is_untrusted(first) && !is_untrusted(&error))
                {
                    failure = Some(error);
                }
            }
        }
    }
    let none = || Failure::Reason("no certificate chain was given".to_owned());
    Err(unserved.or(failure.map(Failure::from)).unwrap_or_else(none))
}

fn verifier(
    options: &Verify,
    anchors: &[Certificate],
    at: Time,
    lists: &[RevocationList],
) -> ChainVerifier {
    let mut verifier = ChainVerifier::new(anchors.iter().cloned(), at)
        .with_arithmetic(arithmetic::chosen())
        .with_sm2_id(options.sm2_id.clone());
    if let Some(purpose) = purpose(options.purpose) {
        verifier = verifier.with_purpose(purpose);
    }
    if let Some(name) = &options.name {
        verifier = verifier.with_name(name.clone());
    }
    match (lists, options.require_crl) {
        ([], false) => verifier,
        (lists, false) => {
            verifier.with_revocation_lists(lists.to_vec(), UnknownRevocation::AllowUnlisted)
        }
        (lists, true) => verifier.with_revocation_lists(lists.to_vec(), UnknownRevocation::Refuse),
    }
}

fn purpose(purpose: Purpose) -> Option<ExtendedKeyUsage> {
    match purpose {
        Purpose::Any => None,
        Purpose::Client => Some(ExtendedKeyUsage::CLIENT_AUTH),
        Purpose::Server => Some(ExtendedKeyUsage::SERVER_AUTH),
    }
}

fn is_untrusted(error: &Error) -> bool {
    matches!(error, Error::Chain(error) if error.rule == ChainRule::Trust)
}

/// Says what verified.
fn report(
    options: &Verify,
    verified: &Verified,
    order: &Order<'_>,
    at: Time,
    lists: &Lists,
    output: &mut Output,
) -> io::Result<()> {
    let links = verified.path();
    output.heading("Verified")?;
    output.field("at", at)?;
    for (link, certificate) in links.iter().enumerate() {
        let trusted = if link + 1 == links.len() { ", trusted" } else { "" };
        let (subject, serial) = (certificate.subject(), certificate.serial());
        output.field(&format!("link {link}"), format!("{subject} serial {serial}{trusted}"))?;
    }
    output.list("name", &options.name)?;
    output.list("purpose", purpose(options.purpose))?;
    let statuses = links.iter().zip(verified.revocation()).enumerate();
    let revocation = statuses.map(|(link, (certificate, status))| match status {
        RevocationStatus::NotRevoked => format!("link {link} is not revoked"),
        RevocationStatus::NotAsked => format!("link {link} was not asked"),
        _ => {
            let issuer = certificate.issuer();
            format!("link {link} is not known: no list of {issuer} was given")
        }
    });
    match lists.all.is_empty() {
        true => output.field("revocation", "not asked: no list was given")?,
        false => output.list("revocation", revocation)?,
    }
    output.list("not counted", lists.unused(verified))?;
    let unused = order.rest.iter().filter(|certificate| !links.contains(certificate));
    output.list("not needed", unused.map(Certificate::subject))
}
