//! The rules that are tables: algorithms, keys of CSRs, products.

use serde_json::{Map, Value};

use super::super::json::schema::ParameterHelp;
use super::super::json::structures::{self, Fields, Given};
use super::choices::ProductKind;
use crate::KeyAlgorithm;
use crate::key::SignatureAlgorithm;
use crate::time::Lifetime;

/// A value of `Algorithm`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlgorithmRule {
    /// The value, such as `ECC_256`.
    pub name: String,
    /// The key (I: the service never names its curves).
    pub key: KeyAlgorithm,
    /// How an issuer with such a key signs: every ECC with SHA-256 (S).
    pub signature: SignatureAlgorithm,
}

/// An `Algorithm` and `KeySize` of CreateCsr.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CsrKeyRule {
    /// RSA, ECC or SM2.
    pub algorithm: String,
    /// Bits.
    pub key_size: i64,
    /// The key.
    pub key: KeyAlgorithm,
}

/// A product of orders.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Product {
    /// Its ProductCode.
    pub code: String,
    /// Which domains it is for.
    pub kind: ProductKind,
    /// How long its certificates are valid.
    pub lifetime: Lifetime,
}

/// A row of a table is a structure whose fields are called as they are here.
macro_rules! rows {
    ($( $name:ident { $( $field:ident, )+ } )+) => { $(
        impl Fields for $name {
            fn take(given: &mut Given<'_>) -> Option<Self> {
                $( let $field = given.take(stringify!($field)); )+
                Some(Self { $( $field: $field?, )+ })
            }

            fn put(&self, fields: &mut Map<String, Value>) {
                let Self { $( $field, )+ } = self;
                $( structures::put(fields, stringify!($field).to_owned(), $field); )+
            }

            fn help() -> Vec<ParameterHelp> {
                let name = |name: &str| structures::help::<String>(name.to_owned(), "");
                vec![$( name(stringify!($field)), )+]
            }
        }
    )+ };
}

rows! {
    AlgorithmRule { name, key, signature, }
    CsrKeyRule { algorithm, key_size, key, }
    Product { code, kind, lifetime, }
}

/// The values of `Algorithm`.
pub(super) fn algorithms() -> Vec<AlgorithmRule> {
    let algorithm =
        |name: &str, key, signature| AlgorithmRule { name: name.to_owned(), key, signature };
    vec![
        algorithm("RSA_1024", KeyAlgorithm::Rsa1024, SignatureAlgorithm::RsaSha256),
        algorithm("RSA_2048", KeyAlgorithm::Rsa2048, SignatureAlgorithm::RsaSha256),
        // CreateCsr makes keys of this size, so leaves can have them.
        algorithm("RSA_3072", KeyAlgorithm::Rsa3072, SignatureAlgorithm::RsaSha256),
        algorithm("RSA_4096", KeyAlgorithm::Rsa4096, SignatureAlgorithm::RsaSha256),
        algorithm("ECC_256", KeyAlgorithm::EcdsaP256, SignatureAlgorithm::EcdsaSha256),
        algorithm("ECC_384", KeyAlgorithm::EcdsaP384, SignatureAlgorithm::EcdsaSha256),
        algorithm("ECC_512", KeyAlgorithm::EcdsaP521, SignatureAlgorithm::EcdsaSha256),
        algorithm("SM2_256", KeyAlgorithm::Sm2, SignatureAlgorithm::Sm2Sm3),
    ]
}

/// The keys of CreateCsr.
pub(super) fn csr_keys() -> Vec<CsrKeyRule> {
    let csr_key = |algorithm: &str, key_size, key| CsrKeyRule {
        algorithm: algorithm.to_owned(),
        key_size,
        key,
    };
    vec![
        csr_key("RSA", 2048, KeyAlgorithm::Rsa2048),
        csr_key("RSA", 3072, KeyAlgorithm::Rsa3072),
        csr_key("RSA", 4096, KeyAlgorithm::Rsa4096),
        csr_key("ECC", 256, KeyAlgorithm::EcdsaP256),
        csr_key("ECC", 384, KeyAlgorithm::EcdsaP384),
        csr_key("ECC", 512, KeyAlgorithm::EcdsaP521),
        csr_key("ECC", 521, KeyAlgorithm::EcdsaP521),
        csr_key("SM2", 256, KeyAlgorithm::Sm2),
    ]
}

/// S CreateCertificateRequest. Free certificates of the default product are valid for three months,
/// of symantec-free for a year; that the paid ones are valid for a year is inferred.
pub(super) fn products() -> Vec<Product> {
    let product = |code: &str, kind, days| Product {
        code: code.to_owned(),
        kind,
        lifetime: Lifetime::days(days),
    };
    vec![
        product("digicert-free-1-free", ProductKind::Single, 90),
        product("symantec-free-1-free", ProductKind::Single, 365),
        product("symantec-dv-1-starter", ProductKind::Wildcard, 365),
        product("geotrust-dv-1-starter", ProductKind::Single, 365),
        product("geotrust-dv-w-starter", ProductKind::Wildcard, 365),
        product("globalsign-dv-1-personal", ProductKind::Single, 365),
        product("globalsign-dv-w-advanced", ProductKind::Wildcard, 365),
    ]
}
