//! What a signer from outside answers is believed only after it was verified.

use certwright::error::SignerError;
use certwright::key::SignatureAlgorithm;
use certwright::{Error, Issuer, KeyAlgorithm, KeyPair, Profile, Signer};

use crate::common::{families, is_built, key};
use crate::devices::{Answers, Batch, builder, issuer, name, prepare};
use crate::key_files;

#[test]
fn fewer_answers_than_messages_fail_the_rest_and_no_more() {
    let Some(algorithm) = families().into_iter().next() else { return };
    let (signer, _) = Batch::new(key(algorithm), |mut answers| {
        answers.truncate(2);
        answers
    });
    let issuer = issuer(signer);
    let (prepared, expected) = prepare(&issuer, 4);
    let answers = issuer.sign_many(prepared);
    assert_eq!(answers.len(), 4);
    for (index, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(certificate) => {
                assert!(index < 2);
                assert_eq!(certificate.to_be_signed(), expected[index]);
            }
            Err(error) => {
                assert!(index >= 2);
                let expected = "the signer failed: it returned fewer signatures than messages";
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}

#[test]
fn answers_in_another_order_release_nothing() {
    let Some(algorithm) = families().into_iter().next() else { return };
    let (signer, _) = Batch::new(key(algorithm), |mut answers| {
        answers.reverse();
        answers
    });
    let issuer = issuer(signer);
    let (prepared, _) = prepare(&issuer, 2);
    for answer in issuer.sign_many(prepared) {
        assert_unreleased(answer);
    }
}

#[test]
fn a_wrong_answer_releases_no_certificate_and_no_request() {
    let wrong: [fn(Answers) -> Answers; 4] = [
        // Nothing, the last bit flipped, no outer header, one byte more.
        |_| vec![Ok(Vec::new())],
        flip_last,
        |answers| answers.into_iter().map(|answer| answer.map(|der| der[2..].to_vec())).collect(),
        |answers| {
            answers.into_iter().map(|answer| answer.map(|der| [der, vec![0]].concat())).collect()
        },
    ];
    for algorithm in families() {
        let der = key(algorithm).to_pkcs8_der().unwrap();
        let again = || KeyPair::from_pkcs8_der(der.as_bytes()).unwrap();
        let root = Issuer::self_signed(name("Root"), Profile::root(), again()).unwrap();
        for change in wrong {
            let signer = || Batch::new(again(), change).0;
            assert_unreleased(Issuer::self_signed(name("Root"), Profile::root(), signer()));
            assert_unreleased(builder().sign(&signer()));
            let loaded = Issuer::load(vec![root.certificate().clone()], signer()).unwrap();
            let below = Profile::intermediate(0);
            assert_unreleased(loaded.delegate(name("CA"), below, key(algorithm)));
        }
    }
}

#[test]
fn r_and_s_side_by_side_are_no_certificates_signature() {
    // What the sm2 and ecdsa crates write by default, and OpenSSL refuses.
    fn side_by_side(answers: Answers) -> Answers {
        let change = |der: Vec<u8>| {
            let r = key_files::content(key_files::content(&der));
            let s = key_files::content(&key_files::content(&der)[2 + r.len()..]);
            [r, s].map(|number| [&[0; 32], number].concat()[number.len()..].to_vec()).concat()
        };
        answers.into_iter().map(|answer| answer.map(change)).collect()
    }
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Sm2] {
        if is_built(algorithm.family()) {
            let (signer, _) = Batch::new(key(algorithm), side_by_side);
            assert_eq!(signer.sign(b"message").unwrap().len(), 64);
            assert_unreleased(Issuer::self_signed(name("Root"), Profile::root(), signer));
        }
    }
}

#[test]
fn a_signer_that_claims_an_algorithm_it_does_not_use_releases_nothing() {
    for (algorithm, claimed) in [
        (KeyAlgorithm::EcdsaP256, SignatureAlgorithm::EcdsaSha384),
        (KeyAlgorithm::EcdsaP256, SignatureAlgorithm::Sm2Sm3),
        (KeyAlgorithm::Sm2, SignatureAlgorithm::EcdsaSha256),
        (KeyAlgorithm::Rsa2048, SignatureAlgorithm::RsaSha512),
    ] {
        if is_built(algorithm.family()) {
            let (mut signer, _) = Batch::new(key(algorithm), |answers| answers);
            signer.algorithm = claimed;
            assert_unreleased(builder().sign(&signer));
            assert_unreleased(Issuer::self_signed(name("Root"), Profile::root(), signer));
        }
    }
}

#[test]
fn a_failing_device_is_an_error_of_the_signer_with_its_cause() {
    let Some(algorithm) = families().into_iter().next() else { return };
    fn fail(_: Answers) -> Answers {
        vec![Err(SignerError::with_source("no session", "CKR_DEVICE_REMOVED").into())]
    }
    let (signer, _) = Batch::new(key(algorithm), fail);
    let error = builder().sign(&signer).unwrap_err();
    assert!(matches!(error, Error::Signer(_)));
    assert_eq!(error.to_string(), "the signer failed: no session");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "CKR_DEVICE_REMOVED");
    let error = Issuer::self_signed(name("Root"), Profile::root(), signer).unwrap_err();
    assert_eq!(error.to_string(), "the signer failed: no session");
}

#[track_caller]
fn assert_unreleased<T>(answer: Result<T, Error>) {
    match answer {
        Err(error @ Error::Signer(_)) => {
            let text = error.to_string();
            assert!(text.ends_with("; nothing was released"), "{text}");
        }
        Err(other) => panic!("not the signer's error: {other}"),
        Ok(_) => panic!("it was released"),
    }
}

fn flip_last(answers: Answers) -> Answers {
    let flip = |mut der: Vec<u8>| {
        let last = der.len() - 1;
        der[last] ^= 1;
        der
    };
    answers.into_iter().map(|answer| answer.map(flip)).collect()
}
