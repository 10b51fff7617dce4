//! `certwright verify`: a chain up to a certificate that is trusted.

mod lists;

use std::io;

use certwright::crl::RevocationList;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::{Clock as _, SystemClock, Time};
use certwright::verify::{RevocationStatus, UnknownRevocation, Verified};
use certwright::{Certificate, Chain, ChainVerifier};

use self::lists::Lists;
use super::arithmetic;
use super::failure::Failure;
use super::input::{file_error, read_certificates};
use super::options::Verify;
use super::output::Output;
use super::values::Purpose;

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

    let verifier = verifier(options, &anchors, at, &lists.all).with_intermediates(rest.to_vec());
    let verified = verifier.verify(&Chain::new(leaf.clone(), Vec::new())?)?;
    lists.refuse_unserved(&verified)?;
    Ok(report(options, &verified, rest, at, &lists, output)?)
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
    if let Some(most) = options.max_intermediates {
        verifier = verifier.with_max_intermediates(most);
    }
    if options.dangerously_allow_rsa_1024 {
        verifier = verifier.dangerously_allow_rsa_1024();
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
        Purpose::CodeSigning => Some(ExtendedKeyUsage::CODE_SIGNING),
        Purpose::Email => Some(ExtendedKeyUsage::EMAIL_PROTECTION),
        Purpose::OcspSigning => Some(ExtendedKeyUsage::OCSP_SIGNING),
        Purpose::Server => Some(ExtendedKeyUsage::SERVER_AUTH),
        Purpose::TimeStamping => Some(ExtendedKeyUsage::TIME_STAMPING),
    }
}

/// Says what verified.
fn report(
    options: &Verify,
    verified: &Verified,
    given: &[Certificate],
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
    let unused = given.iter().filter(|certificate| !links.contains(certificate));
    output.list("not needed", unused.map(Certificate::subject))
}
