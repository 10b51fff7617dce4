//! Defects that were seen in SM2 and RSA crates and in what is built on them: one test each.

#[cfg(feature = "sm2")]
mod of_sm2 {
    use certwright::key::{PublicKey, SignatureAlgorithm, Sm2Id};
    use certwright::time::FixedClock;
    use certwright::{
        Authority, Certificate, CertificateRequest, Error, Issuer, KeyAlgorithm, KeyPair,
        MemoryStore, Profile, Signer,
    };

    use crate::common;
    use crate::craft::{self, Ladder, internal, now};

    /// sm2: the builder writes r and s as 64 raw bytes.
    #[test]
    fn a_signature_is_a_der_sequence_of_two_integers() {
        let ladder = Ladder::new(KeyAlgorithm::Sm2);
        let request = ladder.request(&["db.internal"]);
        let chain = ladder.authority(internal()).issue(&request).unwrap().into_chain();
        let parts = craft::children(request.as_der());
        // A BIT STRING: tag, length, no unused bits.
        for signature in [&parts[2][3..], chain.leaf().signature()] {
            assert_eq!(signature[0], craft::SEQUENCE);
            let numbers = craft::children(signature);
            assert_eq!(numbers.len(), 2);
            assert!(numbers.iter().all(|number| number[0] == 2 && number.len() <= 35));
        }
        // The raw form is not read either.
        let fixed = |number: &[u8]| {
            let significant = &number[2..];
            let start = significant.len().saturating_sub(32);
            [vec![0; 32 - (significant.len() - start)], significant[start..].to_vec()].concat()
        };
        let raw: Vec<u8> = craft::children(&parts[2][3..]).iter().flat_map(|n| fixed(n)).collect();
        assert_eq!(raw.len(), 64);
        let raw = craft::envelope(&parts[0], SignatureAlgorithm::Sm2Sm3, &raw);
        let error = CertificateRequest::from_der(&raw).unwrap_err();
        assert!(error.to_string().contains("r and s one after the other"), "{error}");
    }

    /// OpenSSL 3.0: binds an empty identifier unless it is told another.
    #[test]
    fn certificates_and_requests_bind_the_standard_identifier() {
        if !common::judge("openssl") {
            return;
        }
        let ladder = Ladder::new(KeyAlgorithm::Sm2);
        let request = ladder.request(&["db.internal"]);
        let chain = ladder.authority(internal()).issue(&request).unwrap().into_chain();
        let folder = common::folder();
        common::write(&folder, "ca.pem", ladder.ca.certificate().to_pem());
        common::write(&folder, "leaf.pem", chain.leaf().to_pem());
        common::write(&folder, "request.pem", request.to_pem());
        let time = now().unix().to_string();
        let verify = ["verify", "-partial_chain", "-trusted", "ca.pem", "-attime", &time];
        let check = ["req", "-in", "request.pem", "-noout", "-verify"];
        let told = ["-vfyopt", common::SM2_ID];
        let with = [&verify[..], &told, &["leaf.pem"]].concat();
        common::openssl(folder.path(), &with).expect_success();
        let without = [&verify[..], &["leaf.pem"]].concat();
        assert!(!common::openssl(folder.path(), &without).success, "another identifier would do");
        let with = common::openssl(folder.path(), &[&check[..], &told].concat());
        assert!(with.all().contains("verify OK"), "{}", with.all());
        let without = common::openssl(folder.path(), &check);
        assert!(without.all().contains("verify failure"), "{}", without.all());
    }

    /// sm2: d = n-1 is taken, for which 1+d has no inverse and no signature exists.
    #[test]
    fn a_private_key_lies_in_1_to_n_minus_2() {
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d541";
        let pkcs8 = |last: &str| {
            let text = format!("{order}{last}");
            let scalar: Vec<u8> = (0..32)
                .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            let sec1 = craft::tlv(0x30, &[&[2, 1, 1], &craft::tlv(4, &[&scalar])]);
            let algorithm = craft::sequence(&[
                craft::oid("1.2.840.10045.2.1"),
                craft::oid("1.2.156.10197.1.301"),
            ]);
            craft::sequence(&[vec![2, 1, 0], algorithm, craft::tlv(4, &[&sec1])])
        };
        KeyPair::from_pkcs8_der(&pkcs8("21")).unwrap().sign(b"n-2 signs").unwrap();
        for last in ["22", "23", "24"] {
            let error = KeyPair::from_pkcs8_der(&pkcs8(last)).unwrap_err();
            assert!(error.to_string().contains("[1, n-2]"), "{error}");
        }
    }

    /// Stacks that refuse the form of the key that others write, or write it themselves.
    #[test]
    fn both_forms_of_a_public_key_are_read_and_id_ec_public_key_is_written() {
        let key = craft::key(KeyAlgorithm::Sm2, 2);
        let (ec, curve) = (craft::oid("1.2.840.10045.2.1"), craft::oid("1.2.156.10197.1.301"));
        let bits = craft::tlv(3, &[&[0], key.public_key().as_bytes()]);
        let form =
            |algorithm: &[&[u8]]| craft::sequence(&[craft::tlv(0x30, algorithm), bits.clone()]);
        let usual = form(&[&ec, &curve]);
        assert_eq!(key.public_key().to_der(), usual);
        for other in [form(&[&curve]), form(&[&curve, &[5, 0]]), form(&[&curve, &curve])] {
            let read = PublicKey::from_der(&other).unwrap();
            assert_eq!((&read, read.to_der()), (key.public_key(), usual.clone()));
            // A request in that form; the certificate has the usual one.
            let names = craft::alt_names(&[(0x82, b"db.internal")]);
            let names = craft::extension(craft::SUBJECT_ALT_NAME, false, &names);
            let attributes = craft::tlv(0xa0, &[&craft::extension_request(&[names])]);
            let info = craft::tlv(0x30, &[&[2, 1, 0], &craft::name(&[]), &other, &attributes]);
            let request = CertificateRequest::from_der(&craft::signed(&info, &key)).unwrap();
            let ladder = Ladder::new(KeyAlgorithm::Sm2);
            let chain = ladder.authority(internal()).issue(&request).unwrap().into_chain();
            assert_eq!(craft::Draft::of(chain.leaf()).fields[craft::KEY], usual);
        }
    }

    /// GmSSL and Tongsuo users: the identifiers of requester and issuer are confused.
    #[test]
    fn the_identifiers_of_requester_and_issuer_are_set_apart() {
        let named = |number, id: &str| {
            let der = craft::key(KeyAlgorithm::Sm2, number).to_pkcs8_der().unwrap();
            let key = KeyPair::from_pkcs8_der(der.as_bytes()).unwrap();
            key.with_sm2_id(Sm2Id::new(id).unwrap())
        };
        let ladder = Ladder::new(KeyAlgorithm::Sm2);
        let request = CertificateRequest::builder("CN=db.internal".parse().unwrap())
            .alt_name("db.internal".parse().unwrap())
            .sign(&named(2, "requester@example"))
            .unwrap();
        let error = CertificateRequest::from_der(request.as_der()).unwrap_err();
        assert!(matches!(error, Error::InvalidSignature { .. }), "{error}");
        let id = Sm2Id::new("requester@example").unwrap();
        let request = CertificateRequest::from_der_with_sm2_ids(request.as_der(), &[id]).unwrap();

        // The issuer's identifier is the default one, and then one of its own.
        let leaf = |issuer: Issuer| -> Certificate {
            let authority = Authority::new(issuer, internal(), MemoryStore::default());
            let authority = authority.with_clock(FixedClock(now()));
            authority.issue(&request).unwrap().certificate().clone()
        };
        let default = leaf(ladder.ca.clone());
        default.verify_signature(ladder.ca.certificate().public_key().unwrap()).unwrap();
        let root = Issuer::self_signed_at(
            "CN=Root".parse().unwrap(),
            Profile::root(),
            named(0, "ca@example"),
            craft::serial(1),
            *ladder.root.certificate().validity(),
        );
        let root = root.unwrap();
        let validity = *ladder.ca.certificate().validity();
        let (name, profile) = ("CN=CA".parse().unwrap(), Profile::intermediate(0));
        let ca =
            root.delegate_at(name, profile, named(1, "ca@example"), craft::serial(2), validity);
        let own = leaf(ca.unwrap());
        let key = ladder.ca.certificate().public_key().unwrap().clone();
        assert!(own.verify_signature(&key).is_err());
        let key = key.with_sm2_id(Sm2Id::new("ca@example").unwrap());
        own.verify_signature(&key).unwrap();
    }
}

#[cfg(feature = "rsa")]
mod of_rsa {
    use certwright::{CertificateRequest, KeyAlgorithm, Signer};
    use crypto_bigint::BoxedUint;

    use crate::common;
    use crate::craft::{self, Ladder, internal};

    /// rsa: d is computed modulo φ(n); the standard (FIPS 186-5 A.1.1) wants lcm(p-1, q-1).
    #[test]
    fn a_private_exponent_is_below_the_least_common_multiple() {
        let pkcs8 = craft::key(KeyAlgorithm::Rsa2048, 0).to_pkcs8_der().unwrap();
        let key = &craft::children(pkcs8.as_bytes())[2];
        let header = key.len() - usize::from(u16::from_be_bytes([key[2], key[3]]));
        let numbers = craft::children(&key[header..]);
        let number = |at: usize| {
            let der = &numbers[at];
            let header = if der[1] < 0x80 { 2 } else { 2 + usize::from(der[1] & 0x7f) };
            BoxedUint::from_be_slice_vartime(&der[header..])
        };
        let (n, d, p, q) = (number(1), number(3), number(4), number(5));
        let precision = n.bits_precision() + 64;
        let wide = |number: &BoxedUint| crypto_bigint::Resize::resize(number.clone(), precision);
        let one = BoxedUint::one_with_precision(precision);
        let product = wide(&p).wrapping_mul(wide(&q));
        assert!(product == wide(&n), "the numbers are those of one key");
        let totient = wide(&p).wrapping_sub(&one).wrapping_mul(wide(&q).wrapping_sub(&one));
        // p-1 and q-1 are even, so the multiple is at most half of the totient.
        let twice = wide(&d).wrapping_add(wide(&d));
        assert!(twice <= totient, "d is above half of φ(n)");
        assert!(d.bit_width_vartime() > 1024, "d is above 2^(n/2)");
    }

    /// rsa (RUSTSEC-2023-0071): signatures are blinded, which must not show in them.
    #[test]
    fn a_blinded_signature_is_the_one_signature_that_there_is() {
        let key = craft::key(KeyAlgorithm::Rsa2048, 0);
        let first = key.sign(b"message").unwrap();
        assert_eq!(key.sign(b"message").unwrap(), first);
        if common::judge("openssl") {
            let folder = common::folder();
            common::write(&folder, "key.pem", key.to_pkcs8_pem().unwrap().as_str());
            let arguments = ["dgst", "-sha256", "-sign", "key.pem"];
            let theirs = common::run_with_input("openssl", folder.path(), &arguments, b"message");
            assert_eq!(theirs.expect_success().stdout, first);
        }
    }

    /// OpenSSL and others: a public exponent of 3 is certified without a word.
    #[test]
    fn a_request_with_a_public_exponent_of_3_is_read_and_refused() {
        if !common::judge("openssl") {
            return;
        }
        let folder = common::folder();
        let mut arguments =
            vec!["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem"];
        arguments.extend(["-pkeyopt", "rsa_keygen_pubexp:3", "-subj", "/CN=db.internal"]);
        arguments.extend(["-addext", "subjectAltName=DNS:db.internal"]);
        let pem = common::openssl(folder.path(), &arguments).expect_success().text();
        let request = CertificateRequest::from_pem(&pem).unwrap();
        let ladder = Ladder::new(KeyAlgorithm::Rsa2048);
        let error = ladder.authority(internal()).issue(&request).unwrap_err();
        let [reason] = error.reasons() else { panic!("{error}") };
        assert_eq!(reason.rule, certwright::error::Rule::KeyWeak);
        assert!(reason.allowed.contains("the public exponent is not 65537"), "{error}");
    }
}
