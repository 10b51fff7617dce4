//! The rules of the service as data: every table, default and inferred choice, each with its source.
//!
//! Marks: S is a page of the service's documentation, F a fact from its published models and help
//! pages, I inferred where both are silent.

use serde_json::{Map, Value};

use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::{Parameter, ParameterHelp, Problems, shown};
use super::super::json::{structures, text};
use super::choices::*;
use super::tables::*;
use crate::KeyAlgorithm;
use crate::key::{Arithmetic, Sm2Id, WeakKeys};
use crate::ledger::Identifier;
use crate::profile::LeafBasicConstraints;
use crate::time::Lifetime;

/// Declares the rules: each is a field, its default, and what it may be where its kind does not say it.
macro_rules! rules {
    (
        $(#[$meta:meta])+ $name:ident {
            $(
                $(#[doc = $doc:literal])+ $field:ident: $kind:ty = $default:expr
                $(, if $good:expr, $allowed:literal)?;
            )+
        }
    ) => {
        $(#[$meta])+
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $kind, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $name {
            /// What each rule is, in the order of their declaration: its name, kind and meaning.
            pub fn rules() -> Vec<ParameterHelp> {
                let optional = |help| ParameterHelp { required: false, ..help };
                vec![$(
                    optional(structures::help::<$kind>(
                        stringify!($field).to_owned(),
                        concat!($($doc),+),
                    )),
                )+]
            }

            /// Sets the rules that are given; null stands for the default.
            fn set(&mut self, given: &Map<String, Value>, problems: &mut Problems) {
                $(
                    let rule = stringify!($field);
                    if let Some(given) = given.get(rule).filter(|given| !given.is_null())
                        && let Some(value) = <$kind as Parameter>::read(given, rule, problems)
                    {
                        $(
                            let good: fn(&$kind) -> bool = $good;
                            if !good(&value) {
                                problems.kind(rule, given, $allowed);
                            }
                        )?
                        self.$field = value;
                    }
                )+
            }

            fn fields(&self) -> Map<String, Value> {
                let Self { $( $field, )+ } = self;
                let fields = [$( (stringify!($field), Parameter::write($field)) ),+];
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
                    .collect()
            }
        }
    };
}

rules! {
/// The rules of the service. The defaults are the service's.
///
/// ```
/// use certwright::cas::{Config, ValidityRule};
/// let mut config = Config::default();
/// assert_eq!(config.organization, "Alibaba Inc");
/// config.organization = "Example GmbH".to_owned();
/// config.validity = ValidityRule::Lenient;
/// config.crl_base_url = Some("http://crl.example/ca".to_owned());
///
/// // The same as a text.
/// let read = Config::from_json(r#"{
///     "organization": "Example GmbH", "validity": "lenient", "crl_base_url": "http://crl.example/ca"
/// }"#)?;
/// assert_eq!(read.to_json(), config.to_json());
/// # Ok::<(), certwright::cas::CasError>(())
/// ```
Config {
    /// The values of `Algorithm`, and what each means (S CreateServerCertificateWithCsr).
    algorithms: Vec<AlgorithmRule> = algorithms(), if |list| list.iter().all(is_of_family),
        "signatures of the family of each key";
    /// What CreateCsr takes (S CreateCsr: RSA of 2048, 3072 and 4096 bits, ECC and SM2 of 256; I:
    /// ECC of 384, and of 521, which is also called 512).
    csr_keys: Vec<CsrKeyRule> = csr_keys();
    /// Whether RSA_1024 is issued (S lists the value; I: dangerous, so off).
    weak_keys: WeakKeys = WeakKeys::Refuse;
    /// The arithmetic that works on keys that are kept and generated (I: the fastest).
    arithmetic: Arithmetic = Arithmetic::default();
    /// Which parameters may say how long a leaf is valid (S: strict).
    validity: ValidityRule = ValidityRule::default();
    /// Organization of server and client leaves (S: "Alibaba Inc").
    organization: String = "Alibaba Inc".to_owned();
    /// OrganizationUnit of server and client leaves (S: "Aliyun CDN").
    organization_unit: String = "Aliyun CDN".to_owned();
    /// Country of client leaves (F: CN). That of server leaves is the issuer's (I).
    client_country: String = "CN".to_owned(), if |text| is_country(text),
        "two letters (ISO 3166)";
    /// CountryCode of CAs (F: CN).
    authority_country: String = "CN".to_owned(), if |text| is_country(text),
        "two letters (ISO 3166)";
    /// Algorithm of a root that names none (I).
    root_algorithm: KeyAlgorithm = KeyAlgorithm::Rsa2048;
    /// Algorithm of a leaf whose key is generated here and whose request names none (I: the first of
    /// the issuer's own algorithm, RSA_2048, ECC_256 or SM2_256 by its family).
    generated: GeneratedKey = GeneratedKey::default();
    /// How many leaves a CA may issue, which answers call CertTotalCount (I: the service sells quotas).
    leaves_of_a_ca: i64 = 1_000_000_000, if |count| *count >= 0, "0 or more";
    /// PathLenConstraint of an intermediate that names none (F: 0).
    path_len: u8 = 0;
    /// How long before now BeforeTime may lie (CA/Browser BR 7.1.2.7: notBefore lies within 48 hours
    /// of the signature; I: of the future only the issuer's end is the limit).
    backdate: Lifetime = Lifetime::hours(48);
    /// What the fields O, OU, C, ST and L of a leaf with a CSR come from (I: request and defaults).
    subject_from_csr: SubjectFromCsr = SubjectFromCsr::default();
    /// Whether a server leaf's common name that is a DNS name or IP address is also an alternative
    /// name (I: it is; clients ignore the common name, RFC 9525 section 2).
    common_name: CommonNameRule = CommonNameRule::default();
    /// Whether leaves say that they are no CA (I: they do not; some SM2 stacks refuse it).
    leaf_basic_constraints: LeafBasicConstraints = LeafBasicConstraints::default();
    /// Where CRLs are published: certificates point to `<base>/<identifier of the CA>.crl` (I). With
    /// none, no CRL can be enabled.
    crl_base_url: Option<String> = None, if |url| url.as_deref().is_none_or(is_url),
        "a URL that begins with http:// or https://";
    /// CrlDay of an intermediate that names none: days until the next CRL (I).
    crl_day: i64 = 7, if |days| (1..=365).contains(days), "1 to 365";
    /// Hours until the next delta CRL; 0: there are none (I). With deltas, at
    /// `<base>/<identifier of the CA>-delta.crl`, complete CRLs say where they are (freshestCRL), and the
    /// service makes those only when half of their time is over: who wants to know of later revocations
    /// reads the delta.
    crl_delta_hours: i64 = 0, if |hours| (0..=8760).contains(hours), "0 to 8760";
    /// The products of orders (S CreateCertificateRequest).
    products: Vec<Product> = products();
    /// The product of an order that names none (S: digicert-free-1-free).
    default_product: String = "digicert-free-1-free".to_owned();
    /// The CAs that issue verified orders, one for each family of keys; of several of a family, the first
    /// (I: none until they are set). An order whose key none of them can certify is refused before it uses
    /// quota; while there is none at all, orders wait in process.
    order_issuers: Vec<Identifier> = Vec::new();
    /// The key of an order whose CSR is generated here, while there are no `order_issuers` (I). With
    /// them, it is `generated` for the one of this family, or else for the first.
    order_algorithm: KeyAlgorithm = KeyAlgorithm::Rsa2048;
    /// What becomes of an order whose product is valid for longer than its issuer, or than that
    /// may issue (I: it is cut).
    order_outliving: OrderOutliving = OrderOutliving::default();
    /// What a certificate for a wildcard is for (I: also the domain below the wildcard, of which the
    /// control was proven).
    wildcard_base: WildcardBase = WildcardBase::default();
    /// How long a challenge can be met before the order fails (I: 3 days).
    challenge_lifetime: Lifetime = Lifetime::days(3);
    /// How long after its challenge was met, or attested, an order may still be issued (CA/Browser BR
    /// 4.2.1 limits the reuse of domain validations: 200 days from 2026-03-15, 100 from 2027-03-15
    /// and 10 from 2029-03-15; I: the last of these, 10 days). An order that waits longer fails, and
    /// its applicant orders again.
    validation_reuse: Lifetime = Lifetime::days(10);
    /// How long before its end a certificate counts as about to expire (I: 30 days).
    expiring: Lifetime = Lifetime::days(30);
    /// When an order can be renewed (I: as long as its certificate is not revoked).
    renewal: RenewalRule = RenewalRule::default();
    /// Characters of Username, Phone and CompanyName at most (I).
    applicant_characters: usize = 128;
    /// Domains of one order by package (F: 5).
    order_domains: usize = 5;
    /// Tags of one order or certificate (S: 20).
    tags: usize = 20;
    /// Characters of a tag's key (S: 64).
    tag_key_characters: usize = 64;
    /// Characters of a tag's value (S: 128).
    tag_value_characters: usize = 128;
    /// Keys of tags that begin with `acs:`, which others may not (S: `acs:rm:rgId` is the page's own example;
    /// it names the resource group).
    reserved_tag_keys: Vec<String> = vec!["acs:rm:rgId".to_owned()];
    /// Characters of a ClientToken (F: 64).
    client_token_characters: usize = 64;
    /// Characters of the name of a CSR (F: 50).
    csr_name_characters: usize = 50;
    /// How many certificates of users are kept (I: ListCertificates looks at each).
    user_certificates: i64 = 10_000, if |count| *count >= 0, "0 or more";
    /// Characters of the name of a certificate of a user (F: 63).
    user_certificate_name_characters: usize = 63, if |count| *count <= MOST_OF_A_NAME, "0 to 100";
    /// The region that ends a CertIdentifier: `5-cn-hangzhou` (F).
    region: String = "cn-hangzhou".to_owned(), if |text| is_region(text),
        "1 to 40 letters, digits and '-'";
    /// What the Message of Sign and Verify is where MessageType is RAW: `text`, the message itself (F: Sign's page),
    /// or `base64` (F: Verify's page, and Sign's of 2024). BASE64 says it whatever the rule.
    raw_message: RawMessage = RawMessage::default();
    /// Characters of the AliasName of a leaf (I: those of a common name).
    alias_name_characters: usize = 64;
    /// How CreateCustomCertificate takes serial numbers (I: in decimal, as the SDK's example is).
    serial_form: SerialForm = SerialForm::default();
    /// Bytes of the code that encrypts an exported private key (F: 32).
    encrypted_code_bytes: usize = 32;
    /// Items of a page of a list of certificates (F: 20).
    certificate_page_size: i64 = 20, if |size| (1..=MOST_OF_A_PAGE).contains(size), "1 to 10000";
    /// Items of a page of a list of CSRs or orders (F: 50).
    page_size: i64 = 50, if |size| (1..=MOST_OF_A_PAGE).contains(size), "1 to 10000";
    /// Items of a page at most (I).
    page_size_limit: i64 = 1_000, if |size| (1..=MOST_OF_A_PAGE).contains(size), "1 to 10000";
    /// The identifiers that SM2 signatures of CSRs may have been made with, in the order in which they are
    /// tried, at most 16 (GM/T 0009 section 10: `1234567812345678` where nothing else is agreed; the empty
    /// one is what OpenSSL 3.0 signs with where none is given).
    sm2_ids: Vec<Sm2Id> = vec![Sm2Id::default()], if |ids| (1..=16).contains(&ids.len()),
        "1 to 16 identifiers";
}
}

impl Config {
    /// The rules of a JSON object; what it does not name stays as it is by default. The names are those of
    /// the fields; [`Config::rules`] says what each may be.
    ///
    /// # Errors
    /// `InvalidParameter` with all that is wrong: a text that is not JSON, a rule that is not known or given
    /// twice, and a value that a rule cannot have, each with what was given and what is allowed.
    pub fn from_json(text: &str) -> Result<Self, CasError> {
        let read = text::read("the rules", text)?;
        let Value::Object(given) = &read.0 else {
            return Err(CasError::invalid("the rules", shown(&read.0), "a JSON object"));
        };
        let (mut config, mut problems) = (Self::default(), Problems::default());
        config.set(given, &mut problems);
        let known = config.fields();
        for name in given.keys().filter(|name| !known.contains_key(*name)) {
            let known: Vec<&str> = known.keys().map(String::as_str).collect();
            let name = shown(&Value::from(name.as_str()));
            problems.wrong.push(format!("unknown rule {name}, allowed {}", known.join(", ")));
        }
        if problems.wrong.is_empty() && problems.missing.is_empty() {
            config.check_together(&mut problems);
        }
        match problems.wrong.is_empty() && problems.missing.is_empty() {
            true => Ok(config),
            false => Err(CasError::new(ErrorKind::InvalidParameter, problems.to_string())),
        }
    }

    /// All rules as the text of a JSON object, which [`Config::from_json`] reads.
    pub fn to_json(&self) -> String {
        text::write(Value::Object(self.fields()))
    }

    /// The value of `Algorithm` that means a key.
    pub(in super::super) fn name_of(&self, key: KeyAlgorithm) -> String {
        let found = self.algorithms.iter().find(|rule| rule.key == key);
        found.map_or_else(|| key.to_string(), |rule| rule.name.clone())
    }

    /// What rules must be to each other.
    fn check_together(&self, problems: &mut Problems) {
        if !self.products.iter().any(|product| product.code == self.default_product) {
            let codes: Vec<&str> = self.products.iter().map(|product| &*product.code).collect();
            let given = Value::from(self.default_product.as_str());
            problems.kind("default_product", &given, &codes.join(" or "));
        }
        for (name, size) in
            [("certificate_page_size", self.certificate_page_size), ("page_size", self.page_size)]
        {
            let most = self.page_size_limit;
            if size > most {
                problems.kind(
                    name,
                    &Value::from(size),
                    &format!("1 to {most}, the page_size_limit"),
                );
            }
        }
    }
}

/// Characters of a name at most, whatever the rules say: with 4 bytes each, a place of a row has room for them.
const MOST_OF_A_NAME: usize = 100;

fn is_region(text: &str) -> bool {
    let characters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(characters)
}

/// Items of a page at most, whatever the rules say: more is a list that nobody reads, in one answer.
const MOST_OF_A_PAGE: i64 = 10_000;

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

fn is_of_family(rule: &AlgorithmRule) -> bool {
    rule.key.family() == rule.signature.family()
}
