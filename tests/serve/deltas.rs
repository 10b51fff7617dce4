//! Delta lists: where the complete list says they are, and what OpenSSL makes of both.

use certwright::crl::RevocationList;

use crate::asked::{Asked, any_algorithm, authority};
use crate::common::{judge, openssl};
use crate::lives::{hierarchy, list, text};
use crate::served::Served;

#[test]
fn a_revocation_is_on_the_delta_that_the_complete_list_names_and_openssl_believes_it() {
    let mut served = Served::folder();
    std::fs::write(served.path("rules.toml"), "crl_delta_hours = 1\n").unwrap();
    served.begin(&["--credentials", "credentials.toml", "--config", "rules.toml"]);
    let (root, ca) = hierarchy(&served, |asked| asked);
    let ca_identifier = text(&ca, "Identifier");
    let mut given = authority("device", any_algorithm());
    given.retain(|(name, _)| *name != "Years");
    given.extend([("ParentIdentifier", ca_identifier), ("Days", "30"), ("Immediately", "1")]);
    given.push(("EnableCrl", "1"));
    let leaf = Asked::new("CreateClientCertificate", &given).answered(&served);

    let path = format!("/crl/{ca_identifier}.crl");
    let complete = list(served.get(&path));
    let [url] = RevocationList::from_der(&complete).unwrap().freshest_urls().try_into().unwrap();
    assert_eq!(url, format!("http://{}/crl/{ca_identifier}-delta.crl", served.address));
    let delta_path = url.strip_prefix(&format!("http://{}", served.address)).unwrap();
    let before = list(served.get(delta_path));
    let revoke = [("Identifier", text(&leaf, "Identifier"))];
    Asked::new("CreateRevokeClientCertificate", &revoke).answered(&served);
    let after = list(served.get(delta_path));
    assert_eq!(list(served.get(&path)), complete, "the complete list stays for half of its time");
    assert_eq!(list(served.get(delta_path)), after);
    let [first, last] = [&before, &after].map(|der| RevocationList::from_der(der).unwrap());
    assert_eq!((first.len(), last.len()), (0, 1));
    assert_eq!(first.delta_base(), last.delta_base());

    if !judge("openssl") || any_algorithm() == "SM2_256" {
        return; // OpenSSL 3.0 verifies no SM2 chain.
    }
    let folder = served.folder.path();
    let write = |name: &str, content: &[u8]| std::fs::write(served.path(name), content).unwrap();
    write("root.pem", text(&root, "Certificate").as_bytes());
    write("ca.pem", text(&ca, "Certificate").as_bytes());
    write("leaf.pem", text(&leaf, "X509Certificate").as_bytes());
    for (name, der) in [("complete", &complete), ("before", &before), ("after", &after)] {
        let (from, to) = (format!("{name}.crl"), format!("{name}.pem"));
        write(&from, der);
        let signed = ["crl", "-inform", "DER", "-in", &from, "-out", &to, "-CAfile", "ca.pem"];
        let signed = openssl(folder, &signed);
        assert!(signed.success && signed.all().contains("verify OK"), "{signed:?}");
    }
    let verify = |delta: &str| {
        let first = ["verify", "-x509_strict", "-crl_check", "-extended_crl", "-use_deltas"];
        let lists = ["-CRLfile", "complete.pem", "-CRLfile", delta, "-CAfile", "root.pem"];
        openssl(folder, &[&first[..], &lists, &["-untrusted", "ca.pem", "leaf.pem"]].concat())
    };
    verify("before.pem").expect_success();
    let revoked = verify("after.pem");
    assert!(!revoked.success && revoked.all().contains("certificate revoked"), "{revoked:?}");
}

#[test]
fn where_the_rules_have_no_deltas_there_are_none() {
    let served = Served::start();
    let (_, ca) = hierarchy(&served, |asked| asked);
    let ca = text(&ca, "Identifier");
    let complete = list(served.get(&format!("/crl/{ca}.crl")));
    assert!(RevocationList::from_der(&complete).unwrap().freshest_urls().is_empty());
    for path in
        [format!("/crl/{ca}-delta.crl"), "/crl/-delta.crl".into(), format!("/crl/{ca}-delta")]
    {
        assert_eq!(served.get(&path).status, 404, "{path}");
    }
    let delta = [("Identifier", ca), ("Delta", "true")];
    Asked::new("CreateCrl", &delta).send(&served).refused(400, "InvalidParameter");
}
