//! Signatures of data that is no certificate: of messages and of digests.

use certwright::key::{Data, DataSignature, KeyFamily, Nonces, SignatureAlgorithm};
use certwright::{Error, KeyPair, Signer};

use crate::common::{families, key};

const EVERY: [DataSignature; 8] = [
    DataSignature::Plain(SignatureAlgorithm::EcdsaSha256),
    DataSignature::Plain(SignatureAlgorithm::EcdsaSha384),
    DataSignature::Plain(SignatureAlgorithm::EcdsaSha512),
    DataSignature::Plain(SignatureAlgorithm::RsaSha256),
    DataSignature::Plain(SignatureAlgorithm::RsaSha384),
    DataSignature::Plain(SignatureAlgorithm::RsaSha512),
    DataSignature::RsaPssSha256,
    DataSignature::Plain(SignatureAlgorithm::Sm2Sm3),
];

fn digest_bytes(how: DataSignature) -> usize {
    match how {
        DataSignature::Plain(SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::RsaSha384) => 48,
        DataSignature::Plain(SignatureAlgorithm::EcdsaSha512 | SignatureAlgorithm::RsaSha512) => 64,
        _ => 32,
    }
}

fn keys() -> Vec<KeyPair> {
    families().into_iter().map(key).collect()
}

#[test]
fn messages_and_digests_are_signed_and_nothing_else_verifies() {
    for (key, other) in keys().iter().zip(keys()) {
        let public = key.public_key();
        let ours = EVERY.into_iter().filter(|how| how.family() == public.algorithm().family());
        for how in ours {
            let digest = vec![0xa7; digest_bytes(how)];
            let mut changed = digest.clone();
            changed[0] ^= 1;
            let every = [
                (Data::Message(b"message"), Data::Message(b"messagf")),
                (Data::Message(b""), Data::Message(b"\0")),
                (Data::Digest(&digest), Data::Digest(&changed)),
            ];
            for (data, another) in every {
                let signature = key.sign_data(how, data).unwrap();
                public.verify_data(how, data, &signature).unwrap();
                let wrong = |found: Result<(), Error>| {
                    assert!(matches!(found, Err(Error::InvalidSignature { .. })), "{how:?}");
                };
                wrong(public.verify_data(how, another, &signature));
                wrong(other.public_key().verify_data(how, data, &signature));
                for at in [0, signature.len() / 2, signature.len() - 1] {
                    let mut broken = signature.clone();
                    broken[at] ^= 1;
                    wrong(public.verify_data(how, data, &broken));
                }
                wrong(public.verify_data(how, data, &signature[1..]));
                wrong(public.verify_data(how, data, &[&signature[..], &[0]].concat()));
                wrong(public.verify_data(how, data, &[]));
                for not_so in EVERY.into_iter().filter(|it| digest_bytes(*it) == digest_bytes(how))
                {
                    if not_so != how && not_so.family() == how.family() {
                        wrong(public.verify_data(not_so, data, &signature));
                    }
                }
            }
        }
    }
}

#[test]
fn a_digest_has_the_length_of_its_hash_function_and_the_algorithm_is_of_the_key() {
    for key in keys() {
        let family = key.public_key().algorithm().family();
        for how in EVERY {
            if how.family() != family {
                let refused = [
                    key.sign_data(how, Data::Message(b"message")).map(drop),
                    key.public_key().verify_data(how, Data::Message(b"message"), &[0; 64]),
                ];
                for refused in refused {
                    assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
                }
                continue;
            }
            for length in [0, 20, 31, 33, 47, 63, 65] {
                let digest = vec![1; length];
                let refused = [
                    key.sign_data(how, Data::Digest(&digest)).map(drop),
                    key.public_key().verify_data(how, Data::Digest(&digest), &[0; 64]),
                ];
                for refused in refused {
                    assert!(matches!(refused, Err(Error::Malformed(_))), "{length} {refused:?}");
                }
            }
        }
    }
}

#[test]
fn a_message_is_signed_as_certificates_are() {
    for key in keys() {
        let key = key.with_nonces(Nonces::Deterministic);
        let how = DataSignature::Plain(key.algorithm());
        let signature = key.sign_data(how, Data::Message(b"message")).unwrap();
        assert_eq!(signature, key.sign(b"message").unwrap());
        key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    }
}

#[test]
fn pss_draws_a_salt_and_is_no_other_signature() {
    for key in keys() {
        let how = DataSignature::RsaPssSha256;
        if key.public_key().algorithm().family() != KeyFamily::Rsa {
            continue;
        }
        let [one, two] = [(); 2].map(|()| key.sign_data(how, Data::Message(b"message")).unwrap());
        assert_ne!(one, two);
        for signature in [one, two] {
            key.public_key().verify_data(how, Data::Message(b"message"), &signature).unwrap();
            let plain = SignatureAlgorithm::RsaSha256;
            assert!(key.public_key().verify(plain, b"message", &signature).is_err());
        }
    }
}
