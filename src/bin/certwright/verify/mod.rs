//! `certwright verify`: a chain up to a certificate that is trusted.

mod order;

use std::io;

use certwright::{
    Certificate, Chain, ChainRule, ChainVerifier, Clock as _, Error, ExtendedKeyUsage,
    RevocationList, SystemClock, Time, UnknownRevocation,
};

use self::order::Order;
use super::failure::Failure;
use super::input::{file_error, read_certificates, read_list};
use super::options::{Purpose, Verify};
use super::output::Output;

pub fn run(options: &Verify, output: &mut Output) -> Result<(), Failure> {
    let chain = options.chain()?;
    let mut anchors = Vec::new();
    for path in &options.trust {
        anchors.extend(read_certificates(path)?);
    }
    let lists = options.crl.iter().map(|path| read_list(path)).collect::<Result<Vec<_>, _>>()?;
    let at = options.at.map_or_else(|| SystemClock.now(), Ok)?;
    let certificates = read_certificates(chain)?;
    let Some((leaf, rest)) = certificates.split_first() else {
        return Err(file_error(chain, "no certificate").into());
    };

    let order = Order { rest, anchors: &anchors, sm2_id: &options.sm2_id };
    let verifier = verifier(options, &anchors, at, &lists);
    // The first way up that verifies. Else the failure of the first, or of the first that came up to
    // a trust anchor.
    let mut failure: Option<Error> = None;
    for chain in order.chains(leaf)? {
        let Err(error) = verifier.verify(&chain) else {
            return Ok(report(options, &chain, &order, at, &lists, output)?);
        };
        if failure.as_ref().is_none_or(|first| is_untrusted(first) && !is_untrusted(&error)) {
            failure = Some(error);
        }
    }
    let none = || Failure::Reason("there is no chain".to_owned());
    Err(failure.map_or_else(none, Failure::from))
}

fn verifier(
    options: &Verify,
    anchors: &[Certificate],
    at: Time,
    lists: &[RevocationList],
) -> ChainVerifier {
    let mut verifier =
        ChainVerifier::new(anchors.iter().cloned(), at).with_sm2_id(options.sm2_id.clone());
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
    chain: &Chain,
    order: &Order<'_>,
    at: Time,
    lists: &[RevocationList],
    output: &mut Output,
) -> io::Result<()> {
    let mut links: Vec<&Certificate> = chain.certificates().collect();
    links.extend(order.anchor_above(&links));
    output.heading("Verified")?;
    output.field("at", at)?;
    for (link, certificate) in links.iter().enumerate() {
        let trusted = if link + 1 == links.len() { ", trusted" } else { "" };
        let (subject, serial) = (certificate.subject(), certificate.serial());
        output.field(&format!("link {link}"), format!("{subject} serial {serial}{trusted}"))?;
    }
    output.list("name", &options.name)?;
    output.list("purpose", purpose(options.purpose))?;
    let below = links.iter().enumerate().take(links.len().saturating_sub(1));
    let revocation = below.map(|(link, certificate)| {
        let issuer = certificate.issuer();
        match lists.iter().any(|list| list.issuer() == issuer) {
            true => format!("link {link} is not revoked"),
            false => format!("link {link} is not known: no list of {issuer} was given"),
        }
    });
    match lists.is_empty() {
        true => output.field("revocation", "not asked: no list was given")?,
        false => output.list("revocation", revocation)?,
    }
    let unused = order.rest.iter().filter(|certificate| !links.contains(certificate));
    output.list("not needed", unused.map(Certificate::subject))
}
