//! `certwright verify --name` with names of every type.

use certwright::policy::RootLeaves;
use certwright::{
    AltName, Authority, CertificateRequest, Issuer, KeyPair, MemoryStore, Policy, Profile,
};

use crate::shop::{Shop, any_algorithm};

const NAMES: [&str; 8] = [
    "upn:tom@corp.example",
    "srv:_ldap.corp.example",
    "othername:1.2.3:0500",
    "dirname:CN=Tom,O=Example",
    "rid:1.2.3",
    "uri:spiffe://prod.example/web",
    "email:tom@corp.example",
    "dns:a_b.example",
];

#[test]
fn a_leaf_is_verified_for_a_name_of_any_type() {
    let shop = Shop::new();
    let key = || KeyPair::generate(any_algorithm()).unwrap();
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key()).unwrap();
    shop.write("root.pem", root.certificate().to_pem());
    let names = NAMES.map(|name| AltName::typed(name).unwrap());
    let policy = Policy::new(Profile::tls_client())
        .with_alt_names(names)
        .allow_underscores()
        .with_root_leaves(RootLeaves::Allow);
    let request = CertificateRequest::builder("".parse().unwrap()).sign(&key()).unwrap();
    let issued = Authority::new(root, policy, MemoryStore::default()).issue(&request).unwrap();
    shop.write("leaf.pem", issued.certificate().to_pem());
    let verify =
        |name: &str| shop.run(&["verify", "--trust", "root.pem", "--name", name, "leaf.pem"]);
    for name in NAMES.into_iter().chain(["a_b.example", "UPN:tom@corp.example"]) {
        let shown = AltName::typed(name).unwrap().to_string();
        let ran = verify(name).expect(0);
        assert!(ran.stdout.contains(&shown), "{}", ran.stdout);
    }
    for other in ["upn:tim@corp.example", "rid:1.2.4", "email:tim@corp.example", "dirname:CN=Tom"] {
        verify(other).says(1, "subject alternative names");
    }
    verify("foo:bar").says(2, "its type is none of");
    verify("fe80::1%eth0").says(2, "zone");
    verify("::ffff:10.0.0.1").says(2, "write 10.0.0.1");
}
