//! Packages, and what an application may ask for.

use crate::world::CallJson;
use std::sync::Arc;

use certwright::cas::*;
use certwright::key::WeakKeys;
use certwright::{CertificateRequest, KeyAlgorithm, KeyPair, MemoryStore};
use serde_json::{Value, json};

use crate::shop::*;
use crate::world::{call, everything, text, with, without};

const CREATE: &str = "CreateCertificateRequest";
const WITH_CSR: &str = "CreateCertificateWithCsrRequest";
const FOR_PACKAGE: &str = "CreateCertificateForPackageRequest";

#[test]
fn an_order_uses_one_of_the_quota_and_shows_its_challenge() {
    let shop = shop();
    assert_eq!(shop.quota(SINGLE), (100, 0, 0));
    let order_id = shop.order(json!({}));
    assert_eq!(shop.quota(SINGLE), (100, 1, 0));
    assert_eq!(shop.quota(WILDCARD), (100, 0, 0), "that of another product");
    let state = shop.state(order_id);
    assert_eq!(text(&state, "Type"), "domain_verify");
    assert_eq!(text(&state, "RecordDomain"), "_dnsauth");
    assert_eq!(text(&state, "RecordType"), "TXT");
    assert_eq!(text(&state, "RecordValue").len(), 64);
    for absent in ["Domain", "Uri", "Content", "Certificate", "PrivateKey"] {
        assert!(state.get(absent).is_none(), "{absent} in {state}");
    }
}

#[test]
fn a_file_challenge_has_domain_uri_and_content() {
    let shop = shop();
    let order_id = shop.order(json!({ "ValidateType": "FILE" }));
    let state = shop.state(order_id);
    assert_eq!(text(&state, "Domain"), "www.aliyundoc.com");
    assert_eq!(text(&state, "Uri"), "/.well-known/pki-validation/fileauth.txt");
    assert_eq!(text(&state, "Content").len(), 64);
    assert!(state.get("RecordValue").is_none());
}

#[test]
fn tokens_are_hexadecimal_and_never_the_same() {
    let shop = shop();
    let mut tokens: Vec<String> = (0..20)
        .map(|_| text(&shop.state(shop.order(json!({}))), "RecordValue").to_owned())
        .collect();
    assert!(tokens.iter().all(|token| token.bytes().all(|byte| byte.is_ascii_hexdigit())));
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 20);
}

#[test]
fn the_examples_of_the_seed_pages_are_orders() {
    let shop = shop();
    shop.buy("symantec-free-1-free", 3);
    // CreateCertificateRequest.en; its example of a tag's key breaks the rule above it, and names the
    // resource group.
    let asked = json!({
        "ProductCode": "symantec-free-1-free", "Username": "Tom", "Phone": "1390000****",
        "Email": "username@example.com", "Domain": "www.aliyundoc.com", "ValidateType": "DNS",
    });
    shop.call(CREATE, asked.clone());
    let tagged = with(asked, json!({ "Tags": [{ "Key": "acs:rm:rgId", "Value": "test" }] }));
    shop.call(CREATE, tagged);
    // CreateCertificateWithCsrRequest.zh, as it goes over the wire; the CSR is masked there.
    let asked = json!({
        "Action": WITH_CSR, "Version": "2020-04-07", "Csr": csr_for(KeyAlgorithm::EcdsaP256, "www.chacuo.net"),
        "Email": "example@aliyun.com", "Phone": "1381111****", "Username": "keller",
        "ValidateType": "DNS",
    });
    let answer = shop.call(WITH_CSR, asked);
    assert!(number(&answer) > 0);
    assert_eq!(answer.as_object().unwrap().len(), 2, "OrderId and RequestId: {answer}");
    assert_eq!(text(&answer, "RequestId").len(), 36);
}

#[test]
fn the_default_product_is_digicert_free() {
    let shop = shop();
    shop.order(json!({}));
    assert_eq!(shop.quota(SINGLE).1, 1);
    let state = shop.call("DescribePackageState", json!({}));
    assert_eq!(text(&state, "ProductCode"), SINGLE);
}

#[test]
fn without_a_package_there_is_no_order() {
    let shop = shop();
    let other = json!({ "ProductCode": "symantec-free-1-free" });
    let asked = with(application(), other.clone());
    refused(&shop, CREATE, asked, "NotFoundPackage", &["symantec-free-1-free"]);
    refused(&shop, "DescribePackageState", other, "NotFoundPackage", &["ProductCode"]);
}

#[test]
fn with_the_quota_used_there_is_no_order_until_more_is_bought_or_given_back() {
    let shop = shop();
    shop.buy("geotrust-dv-1-starter", 2);
    let more = json!({ "ProductCode": "geotrust-dv-1-starter" });
    let first = shop.order(more.clone());
    shop.order(more.clone());
    let asked = || with(application(), more.clone());
    refused(&shop, CREATE, asked(), "NotRemainCount", &["geotrust-dv-1-starter"]);
    shop.call("CancelOrderRequest", json!({ "OrderId": first }));
    refused(&shop, CREATE, asked(), "NotRemainCount", &["all 2"]);
    shop.call("DeleteCertificateRequest", json!({ "OrderId": first }));
    assert_eq!(shop.quota("geotrust-dv-1-starter"), (2, 1, 0));
    shop.order(more.clone());
    shop.buy("geotrust-dv-1-starter", 1);
    shop.order(more);
    assert_eq!(shop.quota("geotrust-dv-1-starter"), (3, 3, 0));
}

#[test]
fn a_package_has_a_product_and_a_positive_count() {
    let shop = shop();
    for (count, words) in [(0, "1 to"), (-1, "1 to"), (i64::MAX, "1 to 9223372036854775707")] {
        let asked = json!({ "ProductCode": SINGLE, "Count": count });
        refused(&shop, "AddPackage", asked, "InvalidParameter", &["Count", words]);
    }
    let asked = json!({ "ProductCode": "gold", "Count": 1 });
    refused(&shop, "AddPackage", asked, "InvalidParameter", &["ProductCode", "\"gold\"", SINGLE]);
    refused(&shop, "AddPackage", json!({}), "MissingParameter", &["Count"]);
    let answer = shop.call("AddPackage", json!({ "Count": "5" }));
    assert_eq!((text(&answer, "ProductCode"), answer["TotalCount"].as_i64()), (SINGLE, Some(105)));
}

#[test]
fn the_operations_that_only_this_engine_has_have_no_version_and_are_the_operators() {
    let names: Vec<&str> = OPERATOR_OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(names, ["AddPackage", "AttestOrder", "CreateCrl"]);
    assert!(OPERATOR_OPERATIONS.iter().all(|operation| operation.version.is_none()));
    assert!(OPERATIONS.iter().all(|operation| operation.version.is_some()));
}

#[test]
fn required_parameters_are_required() {
    let shop = shop();
    for name in ["Username", "Phone", "Email", "ValidateType", "Domain"] {
        refused(&shop, CREATE, without(application(), name), "MissingParameter", &[name]);
        let blank = with(application(), json!({ name: "  " }));
        refused(&shop, CREATE, blank, "MissingParameter", &[name]);
    }
    let csr = csr_for(KeyAlgorithm::EcdsaP256, "www.aliyundoc.com");
    for name in ["Username", "Phone", "Email", "ValidateType", "Csr"] {
        let asked = without(application_with_csr(&csr), name);
        refused(&shop, WITH_CSR, asked, "MissingParameter", &[name]);
    }
    let neither = without(application(), "Domain");
    refused(&shop, FOR_PACKAGE, neither, "MissingParameter", &["Domain"]);
}

#[test]
fn parameters_of_the_applicant_are_bounded() {
    let shop = shop();
    for name in ["Username", "Phone"] {
        shop.order(json!({ name: "é".repeat(128) }));
        let long = with(application(), json!({ name: "é".repeat(129) }));
        refused(&shop, CREATE, long, "DataTooLongException", &[name, "129", "128"]);
        let steering = with(application(), json!({ name: "Tom\u{1b}[2J" }));
        refused(&shop, CREATE, steering, "InvalidParameter", &[name]);
    }
    for email in ["tom", "tom@", "@example.com", "tom@*.example.com", "a b@example.com"] {
        let asked = with(application(), json!({ "Email": email }));
        refused(&shop, CREATE, asked, "InvalidParameter", &["Email", email]);
    }
}

#[test]
fn the_way_of_validation_is_dns_or_file() {
    let shop = shop();
    for given in ["dns", "HTTP", "DNS "] {
        let asked = with(application(), json!({ "ValidateType": given }));
        refused(&shop, CREATE, asked, "InvalidParameter", &["ValidateType", given, "DNS or FILE"]);
    }
}

#[test]
fn a_product_is_one_of_the_catalogue() {
    let shop = shop();
    let asked = with(application(), json!({ "ProductCode": "digicert" }));
    refused(&shop, CREATE, asked, "InvalidParameter", &["ProductCode", "\"digicert\"", WILDCARD]);
}

#[test]
fn an_order_is_for_exactly_one_domain() {
    let shop = shop();
    let asked = with(application(), json!({ "Domain": "a.example.com,b.example.com" }));
    refused(&shop, CREATE, asked, "InvalidParameter", &["Domain", "2 domains", "exactly one"]);
    let bad = [
        "10.0.0.7",
        "a..example.com",
        "http://a.example.com",
        "a_b.example.com",
        "*.com",
        "a.*.example.com",
        "xn--a.example",
        ",a.example.com",
        "a@example.com",
    ];
    for domain in bad {
        let asked = with(application(), json!({ "Domain": domain }));
        refused(&shop, CREATE, asked, "InvalidParameter", &["Domain"]);
    }
    // What does not fit into a common name (X.520).
    let long = format!("{}.example.com", "a".repeat(53));
    let asked = with(application(), json!({ "Domain": long }));
    refused(&shop, CREATE, asked, "DataTooLongException", &["Domain", "65", "64"]);
    shop.order(json!({ "Domain": format!("{}.example.com", "a".repeat(52)) }));
}

#[test]
fn a_domain_is_a_wildcard_if_and_only_if_the_product_is_for_wildcards() {
    let shop = shop();
    for product in Config::default().products {
        shop.buy(&product.code, 5);
        let (good, bad) = match product.kind {
            ProductKind::Single => ("www.aliyundoc.com", "*.aliyundoc.com"),
            ProductKind::Wildcard => ("*.aliyundoc.com", "www.aliyundoc.com"),
        };
        let asked = |domain: &str| json!({ "Domain": domain, "ProductCode": product.code });
        shop.order(asked(good));
        let asked = with(application(), asked(bad));
        let words = ["Domain", bad, product.code.as_str()];
        refused(&shop, CREATE, asked, "InvalidParameter", &words);
        let csr = |domain| {
            let csr = csr_for(KeyAlgorithm::EcdsaP256, domain);
            with(application_with_csr(&csr), json!({ "ProductCode": product.code }))
        };
        shop.call(WITH_CSR, csr(good));
        refused(&shop, WITH_CSR, csr(bad), "InvalidParameter", &["Csr", bad]);
    }
}

#[test]
fn the_common_name_of_a_csr_is_the_domain() {
    let shop = shop();
    let csr = csr_for(KeyAlgorithm::EcdsaP256, "Shop.Example.com");
    let order_id = number(&shop.call(WITH_CSR, application_with_csr(&csr)));
    let list = shop.call("ListUserCertificateOrder", json!({}));
    assert_eq!(list["CertificateOrderList"][0]["Domain"], "shop.example.com");
    assert_eq!(list["CertificateOrderList"][0]["OrderId"], order_id);
    for (common_name, word) in [("10.0.0.7", "10.0.0.7"), ("a.example\\,b.example", "common name")]
    {
        let csr = csr_for(KeyAlgorithm::EcdsaP256, common_name);
        let asked = application_with_csr(&csr);
        refused(&shop, WITH_CSR, asked, "InvalidParameter", &["Csr", word]);
    }
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let nameless = CertificateRequest::builder("O=Example".parse().unwrap()).sign(&key).unwrap();
    let asked = application_with_csr(&nameless.to_pem());
    refused(&shop, WITH_CSR, asked, "InvalidParameter", &["Csr", "no common name"]);
}

#[test]
fn the_key_of_a_csr_is_rsa_of_2048_bits_or_ecc() {
    let shop = shop();
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP521] {
        let csr = csr_for(algorithm, "www.example.com");
        shop.call(WITH_CSR, application_with_csr(&csr));
    }
    let sm2 = csr_for(KeyAlgorithm::Sm2, "www.example.com");
    let words = ["Csr", "SM2", "RSA of 2048 bits or more, or ECC"];
    refused(&shop, WITH_CSR, application_with_csr(&sm2), "InvalidParameter", &words);
    refused(&shop, FOR_PACKAGE, application_with_csr(&sm2), "InvalidParameter", &words);
}

/// One that could not be issued would use quota and wait for ever.
#[test]
fn each_family_has_an_issuer_of_its_own_and_a_key_that_none_certifies_is_refused_before_quota() {
    let shop = shop();
    let rsa = application_with_csr(&csr_for(KeyAlgorithm::Rsa2048, "www.example.com"));
    let words = ["Csr", "RSA_2048", "the family ECC"];
    refused(&shop, WITH_CSR, rsa.clone(), "InvalidParameter", &words);
    assert_eq!(shop.quota(SINGLE), (100, 0, 0));

    let root = crate::world::root(&shop.cas, "RSA_2048");
    let other = crate::world::intermediate(&shop.cas, &root, "RSA_2048", json!({}));
    let mut config = shop.cas.config().clone();
    config.order_issuers.push(other.parse().unwrap());
    let shop = Shop { cas: Arc::new(opened(&shop.store, &shop.clock, config)), ..shop };
    let ecc = application_with_csr(&csr_for(KeyAlgorithm::EcdsaP256, "www.example.com"));
    for (asked, issuer) in [(rsa, &other), (ecc, &shop.issuer)] {
        let order_id = number(&shop.call(WITH_CSR, asked));
        let progress = shop.call("AttestOrder", json!({ "OrderId": order_id }));
        assert_eq!(progress["Type"], "certificate", "{progress}");
        let issued = shop.call("DescribeCertificateState", json!({ "OrderId": order_id }));
        let above = shop.call("DescribeCACertificate", json!({ "Identifier": issuer }));
        let chain = text(&issued, "CertificateChain");
        assert!(chain.starts_with(text(&above["Certificate"], "X509Certificate")), "{chain}");
    }
    // Without a CSR, the key is of the family that the rules say, here RSA.
    let order_id = number(&shop.call(CREATE, application()));
    assert_eq!(shop.call("AttestOrder", json!({ "OrderId": order_id }))["Type"], "certificate");
    let listed = shop.call("ListUserCertificateOrder", json!({}));
    assert_eq!(listed["CertificateOrderList"][0]["Algorithm"], "ECC");
}

#[test]
fn rsa_of_1024_bits_is_refused_also_where_the_rules_allow_weak_keys() {
    let shop = shop_with(Arc::new(MemoryStore::default()), json!({}), |config| {
        config.weak_keys = WeakKeys::DangerouslyAllowRsa1024;
    });
    let mut rng = certwright::testing::SeededRng::new(3);
    let weak = WeakKeys::DangerouslyAllowRsa1024;
    let key = KeyPair::generate_with(KeyAlgorithm::Rsa1024, weak, &mut rng).unwrap();
    let subject = "CN=www.example.com".parse().unwrap();
    let csr = CertificateRequest::builder(subject).sign(&key).unwrap().to_pem();
    let error = shop.cas.call_json(WITH_CSR, application_with_csr(&csr)).unwrap_err();
    assert_eq!(error.code(), "InvalidParameter", "{error}");
    assert!(error.message().contains("RSA of 2048 bits or more"), "{error}");
}

#[test]
fn a_csr_that_does_not_parse_or_verify_is_refused() {
    let shop = shop();
    let csr = csr_for(KeyAlgorithm::EcdsaP256, "www.example.com");
    for bad in ["hello", &csr[..csr.len() / 2]] {
        let asked = application_with_csr(bad);
        refused(&shop, WITH_CSR, asked, "CertificateFormatException", &[]);
    }
    let other = csr_for(KeyAlgorithm::EcdsaP256, "www.example.net");
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (csr.lines().collect(), other.lines().collect());
    // Our text with their signature.
    let count = ours.len();
    let lines = [&ours[..count - 3], &theirs[theirs.len() - 3..]].concat();
    let error = shop.cas.call_json(WITH_CSR, application_with_csr(&lines.join("\n"))).unwrap_err();
    assert_eq!(error.code(), "CertificateFormatException", "{error}");
}

#[test]
fn tags_follow_their_rules() {
    let shop = shop();
    let tags = |count: usize| -> Vec<Value> {
        (0..count).map(|at| json!({ "Key": format!("k{at}"), "Value": "" })).collect()
    };
    shop.order(json!({ "Tags": tags(20) }));
    shop.order(json!({ "Tags.1.Key": "a".repeat(64), "Tags.1.Value": "v".repeat(128) }));
    let asked = with(application(), json!({ "Tags": tags(21) }));
    refused(&shop, CREATE, asked, "InvalidParameter", &["Tags", "21", "20"]);
    for key in ["aliyun", "aliyun-x", "acs:rm:rgid", "acs:x", "1a", "-a", "a b", "http://a", "é"] {
        let asked = with(application(), json!({ "Tags": [{ "Key": key }] }));
        refused(&shop, CREATE, asked, "InvalidParameter", &["Tags.1.Key"]);
    }
    let asked = with(application(), json!({ "Tags": [{ "Key": "a".repeat(65) }] }));
    refused(&shop, CREATE, asked, "DataTooLongException", &["Tags.1.Key", "64"]);
    let asked = with(application(), json!({ "Tags": [{ "Key": "a", "Value": "v".repeat(129) }] }));
    refused(&shop, CREATE, asked, "DataTooLongException", &["Tags.1.Value", "128"]);
    let asked = with(application(), json!({ "Tags": [{ "Key": "a", "Value": "https://x" }] }));
    refused(&shop, CREATE, asked, "InvalidParameter", &["Tags.1.Value"]);
}

#[test]
fn an_order_by_package_has_up_to_five_domains_of_the_kind_of_its_product() {
    let shop = shop();
    let asked = |domains: &str, product: &str| {
        with(application(), json!({ "Domain": domains, "ProductCode": product }))
    };
    shop.call(FOR_PACKAGE, asked("a.example, b.example,c.example,d.example,e.example", SINGLE));
    shop.call(FOR_PACKAGE, asked("*.a.example,*.b.example", WILDCARD));
    assert_eq!((shop.quota(SINGLE).1, shop.quota(WILDCARD).1), (1, 1), "one order, one quota");
    let six = asked("a.example,b.example,c.example,d.example,e.example,f.example", SINGLE);
    refused(&shop, FOR_PACKAGE, six, "InvalidParameter", &["Domain", "6 domains", "at most 5"]);
    for product in [SINGLE, WILDCARD] {
        let mixed = asked("a.example,*.b.example", product);
        refused(&shop, FOR_PACKAGE, mixed, "InvalidParameter", &["Domain", product]);
    }
    let twice = asked("a.example,A.example", SINGLE);
    refused(&shop, FOR_PACKAGE, twice, "InvalidParameter", &["Domain", "once"]);
}

#[test]
fn an_order_by_package_with_a_csr_has_its_common_name_among_its_domains() {
    let shop = shop();
    let csr = csr_for(KeyAlgorithm::EcdsaP256, "b.example");
    let alone = number(&shop.call(FOR_PACKAGE, application_with_csr(&csr)));
    let asked = |domains: &str| with(application_with_csr(&csr), json!({ "Domain": domains }));
    let both = number(&shop.call(FOR_PACKAGE, asked("a.example,b.example")));
    let words = ["Csr", "b.example", "one of \"a.example\""];
    refused(&shop, FOR_PACKAGE, asked("a.example"), "InvalidParameter", &words);
    for order_id in [alone, both] {
        shop.cas.operator().attest_order(order_id).unwrap();
        let certificate = shop.certificate(order_id);
        assert_eq!(certificate.subject().to_string(), "CN=b.example");
    }
    let names: Vec<String> =
        shop.certificate(both).alt_names().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS:b.example", "DNS:a.example"]);
}

#[test]
fn company_names_are_bounded() {
    let shop = shop();
    let asked = with(application(), json!({ "CompanyName": "c".repeat(129) }));
    refused(&shop, FOR_PACKAGE, asked, "DataTooLongException", &["CompanyName", "128"]);
    shop.call(FOR_PACKAGE, with(application(), json!({ "CompanyName": "Example GmbH" })));
}

#[test]
fn an_unknown_parameter_is_refused_by_name() {
    let shop = shop();
    let asked = with(application(), json!({ "Csr": "x" }));
    refused(&shop, CREATE, asked, "InvalidParameter", &["unknown parameter", "Csr"]);
}

#[test]
fn a_key_that_cannot_be_made_creates_no_order() {
    let shop = shop_with(Arc::new(MemoryStore::default()), json!({}), |config| {
        config.order_algorithm = KeyAlgorithm::Rsa1024;
        // There is no such CA, so the key is of that algorithm.
        config.order_issuers = vec!["00000000000000000000000000000001".parse().unwrap()];
    });
    refused(&shop, CREATE, application(), "CreateCertificateRequestFailed", &["1024"]);
    assert_eq!(shop.quota(SINGLE), (100, 0, 0));
}

#[test]
fn without_an_issuer_the_key_is_rsa_of_2048_bits() {
    let cas = crate::world::cas();
    cas.operator().add_package(SINGLE, 1).unwrap();
    call(&cas, CREATE, application());
    let list = call(&cas, "ListUserCertificateOrder", json!({}));
    assert_eq!(list["CertificateOrderList"][0]["Algorithm"], "RSA");
    let key = cas.ledger().key("order/1").unwrap().unwrap();
    assert_eq!(certwright::Signer::public_key(&key).algorithm(), KeyAlgorithm::Rsa2048);
}

#[test]
#[cfg(feature = "redb")]
fn where_no_key_can_be_kept_no_order_with_a_generated_key_is_created() {
    // A file is durable, and its keys are locked.
    let folder = tempfile::tempdir().unwrap();
    let store = certwright::RedbStore::create(folder.path().join("store")).unwrap();
    let cas = Cas::new(store, certwright::time::SystemClock, config());
    cas.operator().add_package(SINGLE, 2).unwrap();
    let before = everything(&cas);
    let error = cas.call_json(CREATE, application()).unwrap_err();
    assert_eq!((error.code(), error.http_status()), ("Error", 500), "{error}");
    assert_eq!((everything(&cas), quota(&cas, SINGLE)), (before, (2, 0, 0)));
    let csr = csr_for(KeyAlgorithm::EcdsaP256, "www.example.com");
    call(&cas, WITH_CSR, application_with_csr(&csr));
    assert_eq!(quota(&cas, SINGLE), (2, 1, 0));
}

#[test]
fn numbers_of_orders_are_positive_and_never_come_again() {
    let shop = shop();
    let mut last = 0;
    for _ in 0..5 {
        let order_id = shop.order(json!({}));
        assert!(order_id > last);
        last = order_id;
        shop.call("CancelOrderRequest", json!({ "OrderId": order_id }));
        shop.call("DeleteCertificateRequest", json!({ "OrderId": order_id }));
    }
}

#[test]
fn the_typed_operations_are_the_same() {
    let shop = shop();
    let order_id = shop
        .cas
        .run(&CreateCertificateRequest {
            applicant: Applicant {
                product_code: None,
                username: "Tom".into(),
                phone: "1390000****".into(),
                email: "username@example.com".into(),
                validate_type: "DNS".into(),
            },
            domain: "www.aliyundoc.com".into(),
            tags: Vec::new(),
        })
        .unwrap();
    let state = shop.cas.run(&DescribeCertificateState { order_id }).unwrap();
    assert_eq!(state.kind, "domain_verify");
    assert!(!format!("{state:?}").is_empty());
}
