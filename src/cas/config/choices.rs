//! The rules that are a choice, and the names of what is chosen in a file of rules.

use std::fmt;

use serde_json::Value;

use super::super::json::schema::{Parameter, Problems};
use crate::KeyAlgorithm;
use crate::key::{Arithmetic, SignatureAlgorithm, WeakKeys};
use crate::profile::LeafBasicConstraints;

/// Which parameters may say how long a leaf is valid.
///
/// Default: [`ValidityRule::Strict`]. Set by [`Config::validity`](super::Config::validity).
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
/// Default: [`SubjectFromCsr::Ignore`]. Set by [`Config::subject_from_csr`](super::Config::subject_from_csr).
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
/// Default: [`CommonNameRule::AlsoAltName`]. Set by [`Config::common_name`](super::Config::common_name).
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
/// Default: [`SerialForm::Decimal`]. Set by [`Config::serial_form`](super::Config::serial_form).
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
/// Default: [`GeneratedKey::FirstOfFamily`]. Set by [`Config::generated`](super::Config::generated).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GeneratedKey {
    /// The issuer's own algorithm.
    AsIssuer,
    /// The first strong algorithm of the issuer's family: RSA_2048, ECC_256 or SM2_256.
    #[default]
    FirstOfFamily,
}

impl GeneratedKey {
    pub(in super::super) fn of(self, issuer: KeyAlgorithm) -> KeyAlgorithm {
        // The weakest of each family comes first.
        let first = KeyAlgorithm::STRONG.into_iter().find(|key| key.family() == issuer.family());
        match self {
            Self::AsIssuer => issuer,
            Self::FirstOfFamily => first.unwrap_or(issuer),
        }
    }
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
/// Default: [`OrderOutliving::Cut`]. Set by [`Config::order_outliving`](super::Config::order_outliving).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OrderOutliving {
    /// Its certificate ends with its issuer, or after the issuer's CertMaxTime.
    #[default]
    Cut,
    /// It stays in process until there is an issuer that is valid long enough.
    Wait,
}

/// What the Message of Sign and Verify is where MessageType is RAW.
///
/// Default: [`RawMessage::Text`]. Set by [`Config::raw_message`](super::Config::raw_message).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RawMessage {
    /// The message in base64, as Verify's page and Sign's older page say.
    Base64,
    /// The message itself, in UTF-8, as Sign's newer page says.
    #[default]
    Text,
}

/// When an order can be renewed.
///
/// Default: [`RenewalRule::Always`]. Set by [`Config::renewal`](super::Config::renewal).
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
/// Default: [`WildcardBase::Also`]. Set by [`Config::wildcard_base`](super::Config::wildcard_base).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum WildcardBase {
    /// `*.example.com` and `example.com`.
    #[default]
    Also,
    /// `*.example.com` only.
    No,
}

macro_rules! choices {
    ($( $kind:ident { $( $name:literal => $value:ident, )+ } )+) => { $(
        impl Parameter for $kind {
            fn kind() -> String {
                [$( $name ),+].join(" or ")
            }

            fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
                match given.as_str() {
                    $( Some($name) => Some($kind::$value), )+
                    _ => {
                        problems.kind(place, given, &Self::kind());
                        None
                    }
                }
            }

            fn write(&self) -> Option<Value> {
                let all = [$( ($name, $kind::$value) ),+];
                all.into_iter().find(|(_, value)| value == self).map(|(name, _)| Value::from(name))
            }
        }
    )+ };
}

choices! {
    Arithmetic {
        "fastest" => Fastest,
        "portable" => Portable,
        "rustcrypto" => RustCrypto,
        "scalar" => Scalar,
        "vectors" => Vectors,
    }
    CommonNameRule {
        "also-alt-name" => AlsoAltName,
        "only" => Only,
    }
    GeneratedKey {
        "as-issuer" => AsIssuer,
        "first-of-family" => FirstOfFamily,
    }
    KeyAlgorithm {
        "RSA-1024" => Rsa1024,
        "RSA-2048" => Rsa2048,
        "RSA-3072" => Rsa3072,
        "RSA-4096" => Rsa4096,
        "P-256" => EcdsaP256,
        "P-384" => EcdsaP384,
        "P-521" => EcdsaP521,
        "SM2" => Sm2,
    }
    LeafBasicConstraints {
        "include" => Include,
        "omit" => Omit,
    }
    OrderOutliving {
        "cut" => Cut,
        "wait" => Wait,
    }
    ProductKind {
        "single" => Single,
        "wildcard" => Wildcard,
    }
    RawMessage {
        "base64" => Base64,
        "text" => Text,
    }
    RenewalRule {
        "always" => Always,
        "expiring" => Expiring,
    }
    SerialForm {
        "decimal" => Decimal,
        "hexadecimal" => Hexadecimal,
    }
    SignatureAlgorithm {
        "sha256WithRSAEncryption" => RsaSha256,
        "sha384WithRSAEncryption" => RsaSha384,
        "sha512WithRSAEncryption" => RsaSha512,
        "ecdsa-with-SHA256" => EcdsaSha256,
        "ecdsa-with-SHA384" => EcdsaSha384,
        "ecdsa-with-SHA512" => EcdsaSha512,
        "SM2-with-SM3" => Sm2Sm3,
    }
    SubjectFromCsr {
        "copy" => Copy,
        "ignore" => Ignore,
    }
    ValidityRule {
        "lenient" => Lenient,
        "strict" => Strict,
    }
    WeakKeys {
        "dangerously-allow-rsa-1024" => DangerouslyAllowRsa1024,
        "refuse" => Refuse,
    }
    WildcardBase {
        "also" => Also,
        "no" => No,
    }
}
