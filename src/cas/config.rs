//! The rules of the service as data: every table, default and inferred choice, each with its source.
//!
//! Marks: S is a page of the service's documentation, F a fact from its published models and help
//! pages, I inferred where both are silent.

use std::fmt;

use crate::KeyAlgorithm;
use crate::key::{Arithmetic, SignatureAlgorithm, WeakKeys};
use crate::ledger::Identifier;
use crate::profile::LeafBasicConstraints;
use crate::time::Lifetime;

/// The rules of the service. The defaults are the service's.
///
/// ```
/// use certwright::cas::{Config, ValidityRule};
/// let mut config = Config::default();
/// assert_eq!(config.organization, "Alibaba Inc");
/// config.organization = "Example GmbH".to_owned();
/// config.validity = ValidityRule::Lenient;
/// config.crl_base_url = Some("http://crl.example/ca".to_owned());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The values of `Algorithm`, and what each means (S CreateServerCertificateWithCsr).
    pub algorithms: Vec<AlgorithmRule>,
    /// What CreateCsr takes (S CreateCsr: RSA of 2048, 3072 and 4096 bits, ECC and SM2 of 256; I:
    /// ECC of 384, and of 521, which is also called 512).
    pub csr_keys: Vec<CsrKeyRule>,
    /// Whether RSA_1024 is issued (S lists the value; I: dangerous, so off).
    pub weak_keys: WeakKeys,
    /// The arithmetic that works on keys that are kept and generated (I: the fastest).
    pub arithmetic: Arithmetic,
    /// Which parameters may say how long a leaf is valid (S: strict).
    pub validity: ValidityRule,
    /// Organization of server and client leaves (S: "Alibaba Inc").
    pub organization: String,
    /// OrganizationUnit of server and client leaves (S: "Aliyun CDN").
    pub organization_unit: String,
    /// Country of client leaves (F: CN). That of server leaves is the issuer's (I).
    pub client_country: String,
    /// CountryCode of CAs (F: CN).
    pub authority_country: String,
    /// Algorithm of a root that names none (I).
    pub root_algorithm: KeyAlgorithm,
    /// Algorithm of a leaf whose key is generated here and whose request names none (I: the first of
    /// the issuer's own algorithm, RSA_2048, ECC_256 or SM2_256 by its family).
    pub generated: GeneratedKey,
    /// PathLenConstraint of an intermediate that names none (F: 0).
    pub path_len: u8,
    /// How long before now BeforeTime may lie (CA/Browser BR 7.1.2.7: notBefore lies within 48 hours
    /// of the signature; I: of the future only the issuer's end is the limit).
    pub backdate: Lifetime,
    /// What the fields O, OU, C, ST and L of a leaf with a CSR come from (I: request and defaults).
    pub subject_from_csr: SubjectFromCsr,
    /// Whether a server leaf's common name that is a DNS name or IP address is also an alternative
    /// name (I: it is; clients ignore the common name, RFC 9525 section 2).
    pub common_name: CommonNameRule,
    /// Whether leaves say that they are no CA (I: they do not; some SM2 stacks refuse it).
    pub leaf_basic_constraints: LeafBasicConstraints,
    /// Where CRLs are published: certificates point to `<base>/<identifier of the CA>.crl` (I). With
    /// none, no CRL can be enabled.
    pub crl_base_url: Option<String>,
    /// CrlDay of an intermediate that names none: days until the next CRL (I).
    pub crl_day: i64,
    /// The products of orders (S CreateCertificateRequest).
    pub products: Vec<Product>,
    /// The product of an order that names none (S: digicert-free-1-free).
    pub default_product: String,
    /// The CA that issues verified orders (I: none until it is set).
    pub order_issuer: Option<Identifier>,
    /// The key of an order whose CSR is generated here, while there is no `order_issuer` (I). With
    /// one, it is `generated` for that issuer.
    pub order_algorithm: KeyAlgorithm,
    /// What becomes of an order whose product is valid for longer than its issuer, or than that
    /// may issue (I: it is cut).
    pub order_outliving: OrderOutliving,
    /// What a certificate for a wildcard is for (I: also the domain below the wildcard, of which the
    /// control was proven).
    pub wildcard_base: WildcardBase,
    /// How long a challenge can be met before the order fails (I: 3 days).
    pub challenge_lifetime: Lifetime,
    /// How long after its challenge was met, or attested, an order may still be issued (CA/Browser BR
    /// 4.2.1 limits the reuse of domain validations: 200 days from 2026-03-15, 100 from 2027-03-15
    /// and 10 from 2029-03-15; I: the last of these, 10 days). An order that waits longer fails, and
    /// its applicant orders again.
    pub validation_reuse: Lifetime,
    /// How long before its end a certificate counts as about to expire (I: 30 days).
    pub expiring: Lifetime,
    /// When an order can be renewed (I: as long as its certificate is not revoked).
    pub renewal: RenewalRule,
    /// Characters of Username, Phone and CompanyName at most (I).
    pub applicant_characters: usize,
    /// Domains of one order by package (F: 5).
    pub order_domains: usize,
    /// Tags of one order or certificate (S: 20).
    pub tags: usize,
    /// Characters of a tag's key (S: 64) and value (S: 128).
    pub tag_characters: (usize, usize),
    /// Characters of a ClientToken (F: 64).
    pub client_token_characters: usize,
    /// Characters of the name of a CSR (F: 50).
    pub csr_name_characters: usize,
    /// Characters of the AliasName of a leaf (I: those of a common name).
    pub alias_name_characters: usize,
    /// How CreateCustomCertificate takes serial numbers (I: in decimal, as the SDK's example is).
    pub serial_form: SerialForm,
    /// Bytes of the code that encrypts an exported private key (F: 32).
    pub encrypted_code_bytes: usize,
    /// Items of a page: of lists of CSRs and orders (F: 50), of certificates (F: 20).
    pub page_sizes: (i64, i64),
    /// Items of a page at most (I).
    pub page_size_limit: i64,
}

/// A value of `Algorithm`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AlgorithmRule {
    /// The value, such as `ECC_256`.
    pub name: &'static str,
    /// The key (I: the service never names its curves).
    pub key: KeyAlgorithm,
    /// How an issuer with such a key signs: every ECC with SHA-256 (S).
    pub signature: SignatureAlgorithm,
}

/// An `Algorithm` and `KeySize` of CreateCsr.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CsrKeyRule {
    /// RSA, ECC or SM2.
    pub algorithm: &'static str,
    /// Bits.
    pub key_size: i64,
    /// The key.
    pub key: KeyAlgorithm,
}

/// Which parameters may say how long a leaf is valid.
///
/// Default: [`ValidityRule::Strict`]. Set by [`Config::validity`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ValidityRule {
    /// Years and Months are taken too where the others are silent (I).
    Lenient,
    /// At least one of Days, BeforeTime and AfterTime is needed (S CreateServerCertificateWithCsr).
    #[default]
    Strict,
}

/// What the fields of a leaf's subject come from, the common name apart.
///
/// Default: [`SubjectFromCsr::Ignore`]. Set by [`Config::subject_from_csr`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SubjectFromCsr {
    /// The request's parameters, else the CSR's values, else the defaults.
    Copy,
    /// The request's parameters, else the defaults.
    #[default]
    Ignore,
}

/// Whether a server leaf's common name is also an alternative name.
///
/// Default: [`CommonNameRule::AlsoAltName`]. Set by [`Config::common_name`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CommonNameRule {
    /// Where it is a DNS name or an IP address.
    #[default]
    AlsoAltName,
    /// No.
    Only,
}

/// How a serial number that the caller gives is read. After `0x` it is hexadecimal in any case.
///
/// Default: [`SerialForm::Decimal`]. Set by [`Config::serial_form`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SerialForm {
    /// Decimal digits.
    #[default]
    Decimal,
    /// Hexadecimal digits, as operations answer serial numbers.
    Hexadecimal,
}

impl fmt::Display for SerialForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decimal => "decimal digits, or hexadecimal ones after 0x",
            Self::Hexadecimal => "hexadecimal digits",
        })
    }
}

/// The key of a leaf whose request names no algorithm.
///
/// Default: [`GeneratedKey::FirstOfFamily`]. Set by [`Config::generated`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GeneratedKey {
    /// The issuer's own algorithm.
    AsIssuer,
    /// The first strong algorithm of the issuer's family: RSA_2048, ECC_256 or SM2_256.
    #[default]
    FirstOfFamily,
}

impl GeneratedKey {
    pub(super) fn of(self, issuer: KeyAlgorithm) -> KeyAlgorithm {
        // The weakest of each family comes first.
        let first = KeyAlgorithm::STRONG.into_iter().find(|key| key.family() == issuer.family());
        match self {
            Self::AsIssuer => issuer,
            Self::FirstOfFamily => first.unwrap_or(issuer),
        }
    }
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

/// Which domains a product is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProductKind {
    /// A domain name without a wildcard.
    Single,
    /// A domain name whose first label is the wildcard.
    Wildcard,
}

/// What becomes of an order whose product is valid for longer than its issuer.
///
/// Default: [`OrderOutliving::Cut`]. Set by [`Config::order_outliving`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OrderOutliving {
    /// Its certificate ends with its issuer, or after the issuer's CertMaxTime.
    #[default]
    Cut,
    /// It stays in process until there is an issuer that is valid long enough.
    Wait,
}

/// When an order can be renewed.
///
/// Default: [`RenewalRule::Always`]. Set by [`Config::renewal`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RenewalRule {
    /// As long as its certificate is not revoked.
    #[default]
    Always,
    /// Once its certificate is about to expire, as the help pages say.
    Expiring,
}

/// What a certificate for a wildcard is for.
///
/// Default: [`WildcardBase::Also`]. Set by [`Config::wildcard_base`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum WildcardBase {
    /// `*.example.com` and `example.com`.
    #[default]
    Also,
    /// `*.example.com` only.
    No,
}

impl Config {
    /// The value of `Algorithm` that means a key.
    pub(super) fn name_of(&self, key: KeyAlgorithm) -> String {
        let found = self.algorithms.iter().find(|rule| rule.key == key);
        found.map_or_else(|| key.to_string(), |rule| rule.name.to_owned())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            algorithms: ALGORITHMS.to_vec(),
            csr_keys: CSR_KEYS.to_vec(),
            weak_keys: WeakKeys::Refuse,
            arithmetic: Arithmetic::default(),
            validity: ValidityRule::default(),
            organization: "Alibaba Inc".to_owned(),
            organization_unit: "Aliyun CDN".to_owned(),
            client_country: "CN".to_owned(),
            authority_country: "CN".to_owned(),
            root_algorithm: KeyAlgorithm::Rsa2048,
            generated: GeneratedKey::default(),
            path_len: 0,
            backdate: Lifetime::hours(48),
            subject_from_csr: SubjectFromCsr::default(),
            common_name: CommonNameRule::default(),
            leaf_basic_constraints: LeafBasicConstraints::default(),
            crl_base_url: None,
            crl_day: 7,
            products: products(),
            default_product: "digicert-free-1-free".to_owned(),
            order_issuer: None,
            order_algorithm: KeyAlgorithm::Rsa2048,
            order_outliving: OrderOutliving::default(),
            wildcard_base: WildcardBase::default(),
            challenge_lifetime: Lifetime::days(3),
            validation_reuse: Lifetime::days(10),
            expiring: Lifetime::days(30),
            renewal: RenewalRule::default(),
            applicant_characters: 128,
            order_domains: 5,
            tags: 20,
            tag_characters: (64, 128),
            client_token_characters: 64,
            csr_name_characters: 50,
            alias_name_characters: 64,
            serial_form: SerialForm::default(),
            encrypted_code_bytes: 32,
            page_sizes: (50, 20),
            page_size_limit: 1_000,
        }
    }
}

const ALGORITHMS: [AlgorithmRule; 8] = [
    algorithm("RSA_1024", KeyAlgorithm::Rsa1024, SignatureAlgorithm::RsaSha256),
    algorithm("RSA_2048", KeyAlgorithm::Rsa2048, SignatureAlgorithm::RsaSha256),
    // CreateCsr makes keys of this size, so leaves can have them.
    algorithm("RSA_3072", KeyAlgorithm::Rsa3072, SignatureAlgorithm::RsaSha256),
    algorithm("RSA_4096", KeyAlgorithm::Rsa4096, SignatureAlgorithm::RsaSha256),
    algorithm("ECC_256", KeyAlgorithm::EcdsaP256, SignatureAlgorithm::EcdsaSha256),
    algorithm("ECC_384", KeyAlgorithm::EcdsaP384, SignatureAlgorithm::EcdsaSha256),
    algorithm("ECC_512", KeyAlgorithm::EcdsaP521, SignatureAlgorithm::EcdsaSha256),
    algorithm("SM2_256", KeyAlgorithm::Sm2, SignatureAlgorithm::Sm2Sm3),
];

const CSR_KEYS: [CsrKeyRule; 8] = [
    csr_key("RSA", 2048, KeyAlgorithm::Rsa2048),
    csr_key("RSA", 3072, KeyAlgorithm::Rsa3072),
    csr_key("RSA", 4096, KeyAlgorithm::Rsa4096),
    csr_key("ECC", 256, KeyAlgorithm::EcdsaP256),
    csr_key("ECC", 384, KeyAlgorithm::EcdsaP384),
    csr_key("ECC", 512, KeyAlgorithm::EcdsaP521),
    csr_key("ECC", 521, KeyAlgorithm::EcdsaP521),
    csr_key("SM2", 256, KeyAlgorithm::Sm2),
];

/// S CreateCertificateRequest. Free certificates of the default product are valid for three months,
/// of symantec-free for a year; that the paid ones are valid for a year is inferred.
fn products() -> Vec<Product> {
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

const fn algorithm(
    name: &'static str,
    key: KeyAlgorithm,
    signature: SignatureAlgorithm,
) -> AlgorithmRule {
    AlgorithmRule { name, key, signature }
}

const fn csr_key(algorithm: &'static str, key_size: i64, key: KeyAlgorithm) -> CsrKeyRule {
    CsrKeyRule { algorithm, key_size, key }
}
