//! `certwright verify`: what verifies, in any order, and which link breaks which rule.

use certwright::crl::CrlRequest;
use certwright::time::{FixedClock, Lifetime};
use certwright::{Authority, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy, Profile};
use serde_json::json;

use crate::common::families;
use crate::shop::{NOW, Ran, Shop, any_algorithm, sub, text};

fn verify(shop: &Shop, arguments: &[&str]) -> Ran {
    let at = (NOW + 60).to_string();
    shop.run(&[&["verify", "--at", &at], arguments].concat())
}

#[test]
fn a_good_chain_verifies_and_its_links_are_named() {
    for algorithm in families() {
        let shop = Shop::new();
        shop.chain(algorithm);
        let all = ["--name", "b.example", "--purpose", "server", "chain.pem"];
        let ran = verify(&shop, &[&["--trust", "root.pem"], &all[..]].concat()).expect(0);
        for words in ["Verified", "link 0         CN=a.example", "CN=Test Root", ", trusted"] {
            assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
        }
        assert_eq!(ran.stdout.matches("trusted").count(), 1, "{}", ran.stdout);
        verify(&shop, &["--trust", "root.pem", "--name", "ip:10.0.0.7", "chain.pem"]).expect(0);
        verify(&shop, &["--trust", "root.pem", "--max-intermediates", "1", "chain.pem"]).expect(0);
        // An intermediate can be trusted, and a CA be the leaf.
        verify(&shop, &["--trust", "ca.pem", "leaf.pem"]).expect(0);
        verify(&shop, &["--trust", "root.pem", "ca.pem"]).expect(0);
        verify(&shop, &["--trust", "root.pem", "--trust", "ca.pem", "leaf.pem"]).expect(0);
        // Several files after one --trust; the last of them is the chain, where it is not said
        // elsewhere.
        verify(&shop, &["--trust", "leaf.pem", "root.pem", "chain.pem"]).expect(0);
        verify(&shop, &["--trust", "leaf.pem", "root.pem", "--purpose", "any", "chain.pem"])
            .expect(0);
        verify(&shop, &["chain.pem", "--trust", "root.pem"]).expect(0);
        verify(&shop, &["--trust", "root.pem", "--trust", "ca.pem"]).says(2, "<CHAIN> is missing");
        let chain = shop.bytes("chain.pem");
        let at = (NOW + 60).to_string();
        let arguments = ["verify", "--at", &at, "--trust", "root.pem", "-"];
        shop.run_with(&arguments, &chain).expect(0);
    }
}

#[test]
fn intermediates_stand_in_any_order_and_what_is_not_needed_is_named() {
    let shop = Shop::new();
    let key = || KeyPair::generate(any_algorithm()).unwrap();
    let delegate = |issuer: &Issuer, name: &str, room| {
        issuer.delegate(name.parse().unwrap(), Profile::intermediate(room), key()).unwrap()
    };
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key()).unwrap();
    let first = delegate(&root, "CN=First", 2);
    let second = delegate(&first, "CN=Second", 1);
    let leaf = delegate(&second, "CN=Leaf", 0);
    let stranger = delegate(&root, "CN=Stranger", 0);
    let pem = |issuer: &Issuer| issuer.certificate().to_pem();
    shop.write("root.pem", pem(&root));
    let at = root.certificate().validity().not_before().unix().to_string();
    let run = |order: &[&Issuer]| {
        shop.write("chain.pem", order.iter().map(|issuer| pem(issuer)).collect::<String>());
        shop.run(&["verify", "--at", &at, "--trust", "root.pem", "chain.pem"])
    };
    for order in [
        [&leaf, &second, &first, &root],
        [&leaf, &root, &first, &second],
        [&leaf, &first, &root, &second],
    ] {
        let ran = run(&order).expect(0);
        assert!(ran.stdout.contains("link 3         CN=Root"), "{}", ran.stdout);
        assert!(!ran.stdout.contains("not needed"), "{}", ran.stdout);
    }
    let ran = run(&[&leaf, &stranger, &first, &second]).expect(0);
    assert!(ran.stdout.contains("not needed     CN=Stranger"), "{}", ran.stdout);
    // The first is the leaf, whatever it is.
    let ran = run(&[&first, &leaf]).expect(0);
    assert!(ran.stdout.contains("link 0         CN=First"), "{}", ran.stdout);
    run(&[&leaf, &first]).says(1, "link 0 (CN=Leaf) breaks the rule on trust anchors");
}

#[test]
fn of_certificates_of_one_name_the_ones_that_lead_to_trust_are_found() {
    let shop = Shop::new();
    let key = || KeyPair::generate(any_algorithm()).unwrap();
    let root =
        |name: &str| Issuer::self_signed(name.parse().unwrap(), Profile::root(), key()).unwrap();
    let (old, new) = (root("CN=Old Root"), root("CN=New Root"));
    // The same name and key below both, and the name once more with another key.
    let name = || "CN=CA".parse().unwrap();
    let shared = key();
    let again = KeyPair::from_pem(shared.to_pkcs8_pem().unwrap().as_str()).unwrap();
    let ca = new.delegate(name(), Profile::intermediate(1), shared).unwrap();
    let cross = old.delegate(name(), Profile::intermediate(1), again).unwrap();
    let other = old.delegate(name(), Profile::intermediate(1), key()).unwrap();
    let leaf = ca.delegate("CN=Leaf".parse().unwrap(), Profile::intermediate(0), key()).unwrap();
    let at = old.certificate().validity().not_before().unix() + 5;
    shop.write("old.pem", old.certificate().to_pem());
    shop.write("new.pem", new.certificate().to_pem());
    for order in [[&ca, &cross, &other], [&other, &cross, &ca], [&cross, &other, &ca]] {
        let above: String = order.iter().map(|issuer| issuer.certificate().to_pem()).collect();
        shop.write("chain.pem", leaf.certificate().to_pem() + &above);
        for trust in ["old.pem", "new.pem"] {
            let at = at.to_string();
            shop.run(&["verify", "--at", &at, "--trust", trust, "chain.pem"]).expect(0);
        }
    }
    // A hundred of one name that did not sign take no time.
    let many = other.certificate().to_pem().repeat(100);
    shop.write("chain.pem", leaf.certificate().to_pem() + &many);
    let at = at.to_string();
    let arguments = ["verify", "--at", &at, "--trust", "old.pem", "chain.pem"];
    let ran = shop.run(&arguments).says(1, "link 0 (CN=Leaf) breaks the rule on trust anchors");
    ran.says(1, "no certificate of that name that was given made its signature");
}

#[test]
fn a_refusal_names_the_link_and_the_rule() {
    let shop = Shop::new();
    shop.chain(any_algorithm());
    let (past, future) = ((NOW - 1).to_string(), (NOW + 91 * 86_400).to_string());
    let later = (NOW + 11 * 366 * 86_400).to_string();
    let chain = String::from_utf8(shop.bytes("chain.pem")).unwrap();
    let mut damaged =
        certwright::Certificate::from_pem(&chain[..chain.find("-----END").unwrap() + 25])
            .unwrap()
            .as_der()
            .to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    shop.write("damaged.der", damaged);
    for (arguments, words) in [
        (vec!["--trust", "leaf.pem", "ca.pem"], "trust anchors"),
        (vec!["--trust", "root.pem", "leaf.pem"], "link 0 (CN=a.example"),
        (vec!["--trust", "root.pem", "--name", "c.example", "chain.pem"], "alternative names"),
        (
            vec!["--trust", "root.pem", "--name", "upn:a@c.example", "chain.pem"],
            "not otherName:UPN:",
        ),
        (vec!["--trust", "root.pem", "--purpose", "client", "chain.pem"], "extended key usage"),
        (
            vec!["--trust", "root.pem", "--purpose", "code-signing", "chain.pem"],
            "not for codeSigning",
        ),
        (vec!["--trust", "root.pem", "--purpose", "email", "chain.pem"], "not for emailProtection"),
        (
            vec!["--trust", "root.pem", "--max-intermediates", "0", "chain.pem"],
            "the caller allows 0",
        ),
        (vec!["--trust", "ca.pem", "--purpose", "server", "ca.pem"], "basic constraints"),
        (vec!["--trust", "ca.pem", "damaged.der"], "link 0"),
    ] {
        let ran = verify(&shop, &arguments).says(1, words);
        assert!(ran.stderr.contains("link ") && ran.stderr.contains("breaks the rule on"));
        assert_eq!(ran.stdout, "");
    }
    for (at, link) in [(&past, 0), (&future, 0), (&later, 0)] {
        let ran = shop.run(&["verify", "--at", at, "--trust", "root.pem", "chain.pem"]);
        ran.says(1, "the rule on validity").says(1, &format!("link {link} "));
    }
    // Without --at the clock of the system counts, which is past the 90 days or before them.
    shop.write("none.pem", "");
    verify(&shop, &["--trust", "root.pem", "none.pem"]).says(1, "none.pem");
    verify(&shop, &["--trust", "missing.pem", "chain.pem"]).says(1, "missing.pem");
    verify(&shop, &["--trust", "root.pem", "--crl", "root.pem", "chain.pem"]).says(1, "root.pem");
}

#[test]
fn revocation_lists_count_for_what_their_issuers_issued() {
    for algorithm in families() {
        let shop = Shop::new();
        shop.chain(algorithm);
        revocation(&shop, algorithm);
    }
}

fn revocation(shop: &Shop, algorithm: KeyAlgorithm) {
    let now = NOW.to_string();
    let options = ["--now", &now, "--crl-base-url", "http://crl.example"];
    let authorities = shop.call("DescribeCACertificateList", json!({ "CertType": "root" }));
    let root = &authorities["CertificateList"][0];
    let mut below = sub(algorithm, root);
    below["CommonName"] = "With CRL".into();
    below["EnableCrl"] = true.into();
    let ca = shop.call_with(&options, "CreateSubCACertificate", below);
    let mut leaf = crate::shop::server(algorithm, &ca);
    leaf["EnableCrl"] = 1.into();
    let leaf = shop.call_with(&options, "CreateServerCertificate", leaf);
    let identifier = json!({ "Identifier": ca["Identifier"] });
    let crl = shop.call_with(&options, "CreateCrl", identifier);
    shop.write("ca.crl", text(&crl, "Crl"));
    let chain = [text(&leaf, "X509Certificate"), text(&leaf, "CertificateChain")].concat();
    shop.write("listed.pem", chain);
    let trust = ["--trust", "root.pem", "--crl", "ca.crl"];
    let ran = verify(shop, &[&trust[..], &["listed.pem"]].concat()).expect(0);
    assert!(ran.stdout.contains("link 0 is not revoked"), "{}", ran.stdout);
    assert!(ran.stdout.contains("link 1 is not known: no list of CN=Test Root"), "{}", ran.stdout);
    // All must be listed where that is asked for.
    verify(shop, &[&trust[..], &["--require-crl", "listed.pem"]].concat())
        .says(1, "link 1 (CN=With CRL")
        .says(1, "the rule on revocation");
    verify(shop, &["--trust", "root.pem", "--require-crl", "listed.pem"]).says(1, "revocation");
    // A list of old tells nothing, so it refuses.
    let later = (NOW + 8 * 86_400).to_string();
    let stale = ["verify", "--at", &later, "--trust", "root.pem", "--crl", "ca.crl", "listed.pem"];
    shop.run(&stale).says(1, "link 0").says(1, "the rule on revocation");
}

#[test]
fn every_list_of_a_file_counts_and_a_file_that_serves_no_link_is_refused() {
    let shop = Shop::new();
    let key = || KeyPair::generate(any_algorithm()).unwrap();
    let root =
        |name: &str| Issuer::self_signed(name.parse().unwrap(), Profile::root(), key()).unwrap();
    let (root, stranger) = (root("CN=Root"), root("CN=Stranger"));
    let at = root.certificate().validity().not_before().plus(Lifetime::hours(1)).unwrap();
    let below = |issuer: &Issuer, name: &str, room| {
        issuer.delegate(name.parse().unwrap(), Profile::intermediate(room), key()).unwrap()
    };
    let ca = below(&root, "CN=CA", 1);
    let leaf = below(&ca, "CN=Leaf", 0);
    let list = |issuer: &Issuer| {
        let policy = Policy::new(Profile::tls_server());
        let authority = Authority::new(issuer.clone(), policy, MemoryStore::default());
        let authority = authority.with_clock(FixedClock(at));
        authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap().to_pem()
    };
    let (by_root, by_ca) = (list(&root), list(&ca));
    shop.write("root.pem", root.certificate().to_pem());
    shop.write("chain.pem", [leaf.certificate().to_pem(), ca.certificate().to_pem()].concat());
    shop.write("both.crl", [by_ca.as_str(), &by_root].concat());
    shop.write("ca.crl", &by_ca);
    shop.write("more.crl", [by_ca.as_str(), &list(&stranger)].concat());
    shop.write("stranger.crl", list(&stranger));
    let at = at.unix().to_string();
    let run = |lists: &[&str]| {
        let mut arguments = vec!["verify", "--at", &at, "--trust", "root.pem"];
        arguments.extend(lists.iter().flat_map(|list| ["--crl", list]));
        shop.run(&[&arguments[..], &["chain.pem"]].concat())
    };
    let ran = run(&["both.crl"]).expect(0);
    for words in ["link 0 is not revoked", "link 1 is not revoked"] {
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("not counted"), "{}", ran.stdout);
    let ran = run(&["more.crl"]).expect(0);
    let words = "not counted    more.crl, list 2 of CN=Stranger from ";
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
    assert!(ran.stdout.contains("its issuer issued none of the certificates"), "{}", ran.stdout);
    assert!(ran.stdout.contains("link 1 is not known"), "{}", ran.stdout);
    for lists in [&["stranger.crl"][..], &["ca.crl", "stranger.crl"], &["stranger.crl", "both.crl"]]
    {
        let ran = run(lists).says(1, "--crl stranger.crl: it tells nothing of any link");
        assert_eq!(ran.stdout, "");
    }
}
