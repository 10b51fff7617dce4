//! Writes the seeds that this engine makes itself: `seeds.sh` runs it.

use std::fs;
use std::path::Path;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::name::{AttributeType, GeneralSubtree, NameConstraints};
use certwright::policy::OnDenial;
use certwright::profile::Extension;
use certwright::time::{Lifetime, Validity};
use certwright::{
    AltName, CertificateRequest, Issuer, KeyPair, MemoryStore, Policy, Profile, SerialNumber,
};
use certwright_fuzz::der::tlv;
use certwright_fuzz::issue::ISSUER;
use certwright_fuzz::keys::{CA, LEAF, ROOT, SM2};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let put = |targets: &[&str], name: &str, bytes: &[u8]| {
        for target in targets {
            let folder = folder.join(target);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
    };
    for (name, key) in [("p256", &*LEAF), ("sm2", &*SM2)] {
        let request = request(key);
        put(&["csr", "issue"], name, request.as_der());
        put(&["pem"], name, request.to_pem().as_bytes());
        put(&["pkcs8"], name, key.to_pkcs8_der().unwrap().as_bytes());
    }
    let authority = certwright::Authority::new(
        ISSUER.clone(),
        Policy::new(Profile::tls_server())
            .allow_dns(".example.org")
            .unwrap()
            .with_on_denial(OnDenial::LeaveOut),
        MemoryStore::default(),
    )
    .with_clock(certwright::time::FixedClock("2026-06-01T00:00:00Z".parse().unwrap()))
    .with_rng(certwright::testing::SeededRng::new(5));
    let chain = authority.issue(&request(&LEAF)).unwrap().into_chain();
    let all: Vec<u8> = chain.certificates().flat_map(|c| c.as_der().to_vec()).collect();
    for (name, chain) in [("issued", all), ("constrained", constrained(false))] {
        let accepted = certwright_fuzz::chain::verdicts(&chain);
        assert!(matches!(accepted, Some((true, Ok(()), _))), "both accept {name}: {accepted:?}");
        put(&["chain"], name, &chain);
    }
    put(&["chain"], "constrained-more", &constrained(true));
    for (link, certificate) in chain.certificates().enumerate() {
        let name = format!("issued-{link}");
        put(&["certificate", "difference", "lint"], &name, certificate.as_der());
    }
    // Which text, then blanks that are put in and where.
    put(&["armor"], "certificate", &[0]);
    put(&["armor"], "request", &[1, 0, 0, 7, 10, 0, 0, 10, 0, 0, 10, 0, 0]);
    put(&["armor"], "key", &[2, 7, 0, 5, 8, 0, 9, 4, 0, 16, 1, 0, 32, 10, 0, 0]);
    let names = general_names();
    put(&["general_names"], "all", &tlv(0x30, &names.concat()));
    put(&["general_names"], "one", &tlv(0x30, &names[0]));
    put(&["pem", "bundle"], "chain", chain.to_pem().as_bytes());
    authority.revoke(chain.leaf().serial(), RevocationReason::KeyCompromise).unwrap();
    let full = authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    put(&["crl", "lint"], "full", &full.to_der());
    put(&["pem"], "crl", full.to_pem().as_bytes());
    let delta = CrlRequest::delta(full.number(), Lifetime::days(1));
    put(&["crl"], "delta", &authority.issue_crl(&delta).unwrap().to_der());
    for (number, text) in NAMES.iter().enumerate() {
        put(&["names"], &format!("text-{number}"), text.as_bytes());
    }
    for (name, text) in certwright_fuzz::call::seeds() {
        put(&["call"], &name, text.as_bytes());
    }
}

fn request(key: &KeyPair) -> CertificateRequest {
    CertificateRequest::builder("CN=a.example.org,O=Example".parse().unwrap())
        .alt_name(AltName::dns("a.example.org").unwrap())
        .alt_name(AltName::dns("*.b.example.org").unwrap())
        .alt_name(AltName::Ip([10, 0, 0, 7].into()))
        .alt_name(AltName::email("x@example.org").unwrap())
        .alt_name(AltName::uri("https://a.example.org/x").unwrap())
        .challenge_password("secret")
        .unwrap()
        .extension(Extension {
            oid: "2.5.29.19".parse().unwrap(),
            critical: true,
            value: vec![0x30, 3, 1, 1, 0xff],
        })
        .extension(Extension {
            oid: "2.5.29.15".parse().unwrap(),
            critical: true,
            value: vec![3, 2, 7, 0x80],
        })
        .extension(Extension {
            oid: "2.5.29.37".parse().unwrap(),
            critical: false,
            value: vec![0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1],
        })
        .sign(key)
        .unwrap()
}

/// A chain below an intermediate with name constraints, also of kinds that webpki does not read.
fn constrained(more: bool) -> Vec<u8> {
    let again =
        |key: &KeyPair| KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
    let [from, to] = ["2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"].map(|t| t.parse().unwrap());
    let validity = Validity::new(from, to).unwrap();
    let serial = |number| SerialNumber::from_bytes(&[number]).unwrap();
    let mut permitted = vec![
        GeneralSubtree::Dns("example.org".to_owned()),
        GeneralSubtree::Ip("10.0.0.0/8".parse().unwrap()),
    ];
    if more {
        permitted.push(GeneralSubtree::Email("example.org".to_owned()));
        permitted.push(GeneralSubtree::Uri(".example.org".to_owned()));
        permitted.push(GeneralSubtree::Directory("O=Example".parse().unwrap()));
    }
    let excluded = vec![GeneralSubtree::Dns("secret.example.org".to_owned())];
    let constraints = NameConstraints { permitted, excluded };
    let [root, ca] = ["CN=Root", "CN=CA,O=Example"].map(|name| name.parse().unwrap());
    let profile = Profile::intermediate(0).with_name_constraints(constraints);
    let root = Issuer::self_signed_at(root, Profile::root(), again(&ROOT), serial(1), validity);
    let ca = root.unwrap().delegate_at(ca, profile, again(&CA), serial(2), validity).unwrap();
    let policy = Policy::new(Profile::tls_server())
        .allow_subject_attribute(AttributeType::ORGANIZATION)
        .allow_dns("a.example.org")
        .unwrap()
        .allow_ip("10.0.0.0/8")
        .unwrap()
        .with_on_denial(OnDenial::LeaveOut);
    let grant = policy.review(&request(&LEAF)).approve().unwrap();
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let leaf = ca.sign(ca.prepare(&grant, serial(3), now).unwrap()).unwrap();
    assert_eq!(leaf.public_key().unwrap(), LEAF.public_key());
    let chain = ca.chain();
    let above = chain.certificates().flat_map(|certificate| certificate.as_der().to_vec());
    leaf.as_der().iter().copied().chain(above).collect()
}

const NAMES: [&str; 14] = [
    "CN=db.internal,O=Example\\, Inc,C=DE",
    "CN=a+OU=b,O=\\23x,DC=org",
    "2.5.4.3=\\e4\\bd\\a0,emailAddress=x@example.org",
    "O=Example,C=DE\nCN=a,O=Example,C=DE",
    "example.org\na.example.org",
    ".example.org\n*.a.example.org",
    "example.org\nx@example.org",
    "x@example.org\nx@example.org",
    ".example.org\nhttps://user@a.example.org:443/x?y#z",
    "10.0.0.0/8\n10.0.0.7",
    "2001:db8::/32\n2001:db8::7",
    "2026-01-31T12:00:00Z",
    "084bde9cd233f0dd",
    "1.3.6.1.5.5.7.3.1",
];

/// A name of each type.
fn general_names() -> Vec<Vec<u8>> {
    let other = |kind: &[u8], tag, text: &[u8]| {
        tlv(0xa0, &[tlv(6, kind), tlv(0xa0, &tlv(tag, text))].concat())
    };
    let attribute = [&[6, 3, 0x55, 4, 3][..], &tlv(0x0c, b"Tom")].concat();
    vec![
        tlv(0x82, b"a.example.org"),
        tlv(0x82, b"*.b.example.org"),
        tlv(0x81, b"x@mail.example.org"),
        tlv(0x86, b"spiffe://a.example.org/x"),
        tlv(0x87, &[10, 0, 0, 7]),
        tlv(0x87, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        other(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x14, 2, 3], 0x0c, b"tom@corp.example"),
        tlv(0x88, &[0x2a, 3]),
        tlv(0xa4, &tlv(0x30, &tlv(0x31, &tlv(0x30, &attribute)))),
        other(&[0x2b, 6, 1, 5, 5, 7, 8, 7], 0x16, b"_ldap.example.org"),
    ]
}
