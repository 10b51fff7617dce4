//! Requests through review, grant and issue. The oracle knows the policies, and not their code.

use std::net::IpAddr;
use std::sync::LazyLock;

use certwright::name::AttributeType;
use certwright::policy::{CommonNameUse, Grant, OnDenial};
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use certwright::testing::SeededRng;
use certwright::time::{Lifetime, Time, Validity};
use certwright::{AltName, Certificate, CertificateRequest, Issuer, Policy, Profile, SerialNumber};

use crate::INPUT_BYTES;
use crate::keys::{CA, ROOT, requester, sign_again};

/// When everything is issued.
const NOW: &str = "2026-06-01T00:00:00Z";

/// A policy, and what it may grant at most.
struct Case {
    policy: Policy,
    purpose: ExtendedKeyUsage,
    allows: fn(&AltName) -> bool,
    subject: &'static [AttributeType],
}

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    let signed = sign_again(input, requester(input));
    let requests = [Some(input.to_vec()), signed].into_iter().flatten();
    for request in requests.filter_map(|der| CertificateRequest::from_der(&der).ok()) {
        for case in CASES.iter() {
            issue(case, &request);
        }
    }
}

fn issue(case: &Case, request: &CertificateRequest) {
    let review = case.policy.review(request);
    let _ = format!("{review}");
    let Ok(grant) = review.approve() else { return };
    let serial = SerialNumber::from_bytes(&[0x40, 1, 2, 3]).unwrap();
    let now = NOW.parse().unwrap();
    let Ok(prepared) = ISSUER.prepare(&grant, serial, now) else { return };
    let certificate = ISSUER.sign(prepared).expect("what was prepared can be signed");
    judge(case, request, &grant, &certificate, now);
}

fn judge(case: &Case, asked: &CertificateRequest, grant: &Grant, made: &Certificate, now: Time) {
    let report = certwright::lint::lint(made.as_der());
    assert!(!report.has_errors(), "{report}");
    assert!(!made.is_authority() && made.path_len().is_none());
    assert_eq!(made.public_key().unwrap(), asked.public_key());
    assert_eq!(made.issuer(), ISSUER.certificate().subject());
    assert_eq!(made.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
    assert_eq!(made.extended_key_usage(), Some([case.purpose].as_slice()));
    assert_eq!(made.validity().not_before(), now);
    assert_eq!(made.validity().not_after(), now.plus(Lifetime::days(90)).unwrap());
    assert!(made.name_constraints().is_none() && made.crl_urls().is_empty());
    let known = ["2.5.29.35", "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.37"];
    for extension in made.extensions() {
        assert!(known.contains(&extension.oid.to_string().as_str()), "{}", extension.oid);
    }
    let names: Vec<AltName> = made.alt_names().iter().map(|name| name.check().unwrap()).collect();
    assert_eq!(names, grant.alt_names());
    assert_eq!(made.subject(), grant.subject());
    for name in &names {
        assert!((case.allows)(name), "{name}");
    }
    for attribute in made.subject().attributes() {
        let text = attribute.text().expect("text in its own string type");
        let listed = case.subject.contains(&attribute.kind());
        let named = attribute.kind() == AttributeType::COMMON_NAME
            && text.parse().is_ok_and(|name: AltName| names.contains(&name));
        assert!(listed || named, "{attribute}");
        assert!(!text.chars().any(char::is_control), "{attribute}");
    }
}

fn ends(name: &AltName, suffix: &str, wildcards: bool) -> bool {
    matches!(name, AltName::Dns(dns) if dns.as_str().len() > suffix.len()
        && dns.as_str().ends_with(suffix)
        && (wildcards || !dns.as_str().contains('*')))
}

static CASES: LazyLock<[Case; 4]> = LazyLock::new(|| {
    let server = || Policy::new(Profile::tls_server());
    let client = || Policy::new(Profile::tls_client());
    let fixed = [AltName::dns("fixed.example.net").unwrap()];
    [
        Case {
            policy: server()
                .allow_dns(".example.org")
                .unwrap()
                .allow_ip("10.0.0.0/8")
                .unwrap()
                .with_on_denial(OnDenial::LeaveOut),
            purpose: ExtendedKeyUsage::SERVER_AUTH,
            allows: |name| {
                ends(name, ".example.org", false)
                    || matches!(name, AltName::Ip(IpAddr::V4(v4)) if v4.octets()[0] == 10)
            },
            subject: &[],
        },
        Case {
            policy: client()
                .allow_subject_attribute(AttributeType::COMMON_NAME)
                .allow_subject_attribute(AttributeType::ORGANIZATION)
                .allow_email("example.org")
                .unwrap()
                .allow_uri_host(".example.org")
                .unwrap()
                .with_on_denial(OnDenial::LeaveOut),
            purpose: ExtendedKeyUsage::CLIENT_AUTH,
            allows: |name| match name {
                AltName::Email(email) => email.to_string().ends_with("@example.org"),
                AltName::Uri(uri) => authority(uri.as_str()).ends_with(".example.org"),
                _ => false,
            },
            subject: &[AttributeType::COMMON_NAME, AttributeType::ORGANIZATION],
        },
        Case {
            policy: server()
                .with_subject("CN=fixed.example.net,O=Fixed".parse().unwrap())
                .with_alt_names(fixed),
            purpose: ExtendedKeyUsage::SERVER_AUTH,
            allows: |name| name.to_string() == "DNS:fixed.example.net",
            subject: &[AttributeType::COMMON_NAME, AttributeType::ORGANIZATION],
        },
        Case {
            policy: server()
                .allow_dns("a.example.org")
                .unwrap()
                .allow_dns(".b.example.org")
                .unwrap()
                .allow_wildcards()
                .with_common_name_use(CommonNameUse::AddToAltNames),
            purpose: ExtendedKeyUsage::SERVER_AUTH,
            allows: |name| {
                name.to_string() == "DNS:a.example.org" || ends(name, ".b.example.org", true)
            },
            subject: &[],
        },
    ]
});

/// The host of a URI by RFC 3986 section 3.2, in lower case.
fn authority(uri: &str) -> String {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.rsplit_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase()
}

/// An intermediate that signs with a key of every run.
pub static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
    let serial = || SerialNumber::generate(&mut SeededRng::new(9)).unwrap();
    let [from, to] = ["2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"].map(|t| t.parse().unwrap());
    let validity = Validity::new(from, to).unwrap();
    let [root, ca] = ["CN=Root", "CN=CA"].map(|name| name.parse().unwrap());
    let [above, own] = [&ROOT, &CA].map(|key| again(key));
    Issuer::self_signed_at(root, Profile::root(), above, serial(), validity)
        .and_then(|root| root.delegate_at(ca, Profile::intermediate(0), own, serial(), validity))
        .unwrap()
});

fn again(key: &certwright::KeyPair) -> certwright::KeyPair {
    let der = key.to_pkcs8_der().unwrap();
    certwright::KeyPair::from_pkcs8_der(der.as_bytes())
        .unwrap()
        .with_nonces(certwright::key::Nonces::Deterministic)
}
