//! A private key that was folded, joined, cut, labelled wrongly or pasted into the wrong field: whatever
//! reads it, no eight characters of its secret part stand in a message.

use certwright::crl::{CrlDistribution, RevocationList};
use certwright::issuance::Issuance;
use certwright::key::{PublicKey, SealingKey};
use certwright::ledger::{Identifier, Ledger};
use certwright::lint::{Linter, lint};
use certwright::name::{EmailAddress, GeneralSubtree, IpNetwork, Uri};
use certwright::profile::Oid;
use certwright::testing::SeededRng;
use certwright::time::Time;
use certwright::{
    AltName, Certificate, CertificateRequest, Chain, KeyAlgorithm, KeyPair, MemoryStore, Name,
    Policy, Profile, SerialNumber,
};
use certwright_tests::folded::{PASSPHRASE, Said, base64, folded, forms, hexadecimal, key_files};

use crate::key_files::value;

#[test]
fn no_reader_of_the_library_shows_it() {
    let Some(algorithm) = certwright_tests::common::families().into_iter().next() else { return };
    let key = certwright_tests::common::key(algorithm);
    let asked = || Issuance::for_key(key.public_key().clone());
    let known = Linter::new();
    let step = certwright_tests::common::step(5);
    for (number, (file, secret)) in key_files().iter().enumerate() {
        let mut texts = forms(file);
        texts.retain(|text| !text.is_empty());
        for (index, text) in texts.iter().enumerate().skip(number % step).step_by(step) {
            let mut said = Said::default();
            said.hear(KeyPair::from_pem(text));
            // A derivation takes long; a wrong file is refused before it.
            if !KeyPair::is_pem_encrypted(text).unwrap_or_default() {
                said.hear(KeyPair::from_pem_encrypted(text, PASSPHRASE));
            }
            said.hear(KeyPair::is_pem_encrypted(text));
            said.hear(PublicKey::from_pem(text));
            said.hear(CertificateRequest::from_pem(text));
            said.hear(Certificate::from_pem(text));
            said.hear(Certificate::many_from_pem(text));
            said.hear(Chain::from_pem(text));
            said.hear(RevocationList::from_pem(text));
            match known.lint_pem(text) {
                Ok(reports) => reports.iter().for_each(|report| said.report(report)),
                Err(error) => said.error(&error),
            }
            said.hear(text.parse::<Name>());
            said.hear(text.parse::<AltName>());
            said.hear(AltName::dns(text));
            said.hear(EmailAddress::new(text));
            said.hear(Uri::new(text));
            said.hear(text.parse::<IpNetwork>());
            said.hear(text.parse::<Oid>());
            said.hear(text.parse::<SerialNumber>());
            said.hear(text.parse::<Time>());
            said.hear(text.parse::<Identifier>());
            said.hear(text.parse::<KeyAlgorithm>());
            said.hear(CrlDistribution::new(text));
            let policy = || Policy::new(Profile::tls_server());
            said.hear(policy().allow_ip(text));
            said.hear(policy().allow_dns(text));
            said.hear(policy().allow_email(text));
            said.hear(policy().allow_uri(text));
            said.hear(policy().allow_uri(&format!("spiffe://{text}/*")));
            said.hear(policy().allow_uri_host(text));
            said.hear(policy().allow_upn(&format!("@{text}")));
            // One way a text, since every text has many.
            let kinds = [
                "",
                "dns:",
                "email:",
                "uri:",
                "uri:https://",
                "upn:tom@",
                "srv:_x.",
                "dirname:CN=",
                "rid:",
                "othername:1.2.3:",
                "ip:",
            ];
            let kind = kinds[index % kinds.len()];
            said.hear(AltName::typed(&format!("{kind}{text}")));
            said.hear(GeneralSubtree::dns(text));
            said.hear(GeneralSubtree::email(text));
            said.hear(GeneralSubtree::uri_host(text));
            said.hear(asked().tag(text, text).map(|_| ()));
            said.hear(asked().token(text).map(|_| ()));
            let ledger = Ledger::new(MemoryStore::default());
            ledger.unlock(&SealingKey::from_bytes([1; 32])).unwrap();
            said.hear(ledger.key(text));
            #[cfg(feature = "redb")]
            said.hear(certwright::RedbStore::open(format!("missing/{text}")));
            let of = format!("{} as {text:.80?}", file.label);
            said.0.iter().for_each(|message| secret.check(message, &of));
        }
    }
}

#[test]
fn no_reader_of_der_shows_it() {
    let mut rng = SeededRng::new(3);
    for (file, secret) in key_files() {
        let der = &file.der;
        let mut files: Vec<Vec<u8>> = vec![der.clone(), [&der[..], der].concat()];
        files.extend((0..der.len()).step_by(der.len() / 40).map(|at| der[at..].to_vec()));
        files.extend((0..der.len()).step_by(der.len() / 40).map(|at| der[..at].to_vec()));
        for tag in [0x30, 0x31, 0x04, 0x03, 0xa0, 0x06, 0x0c, 0x16] {
            files.push(value(tag, &[der]));
            files.push(value(0x30, &[&value(tag, &[der])]));
        }
        // The text itself in the place of DER, and every length and tag changed.
        files.extend(forms(file).into_iter().map(String::into_bytes));
        for at in 0..der.len().min(64) {
            let mut changed = der.clone();
            let mut byte = [0];
            rand_core::TryRng::try_fill_bytes(&mut rng, &mut byte).unwrap();
            changed[at] ^= byte[0] | 1;
            files.push(changed);
        }
        for der in &files {
            let mut said = Said::default();
            said.hear(PublicKey::from_der(der));
            said.hear(CertificateRequest::from_der(der));
            said.hear(Certificate::from_der(der));
            said.hear(RevocationList::from_der(der));
            said.report(&lint(der));
            if file.label != "ENCRYPTED PRIVATE KEY" {
                said.hear(KeyPair::from_pkcs8_der(der));
                said.hear(KeyPair::from_sec1_der(der));
                said.hear(KeyPair::from_pkcs1_der(der));
            }
            said.0.iter().for_each(|message| secret.check(message, file.label));
        }
    }
}

/// The test notices what it looks for.
#[test]
fn a_shown_key_would_be_noticed() {
    for (file, secret) in key_files() {
        let base64 = base64(&file.der);
        let middle = (file.secret.start + file.secret.end) / 2 * 4 / 3;
        let part = &base64[middle - 8..middle + 8];
        for text in [
            part.to_owned(),
            folded(part, 1, " "),
            folded(part, 4, "\\n"),
            hexadecimal(&file.der[file.secret.clone()]),
            format!("{:?}", &file.der[file.secret.clone()]),
        ] {
            assert!(std::panic::catch_unwind(|| secret.check(&text, "this")).is_err(), "{text}");
        }
        secret.check("nothing of it", "this");
    }
}
