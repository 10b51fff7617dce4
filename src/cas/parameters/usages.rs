//! Extended key usages by their names.

use super::super::error::CasError;
use crate::error::quoted;
use crate::profile::{ExtendedKeyUsage, Oid};

/// The usages of a list: names of the service, or object identifiers; none twice.
pub(crate) fn extended_key_usages(
    parameter: &str,
    list: &[String],
) -> Result<Vec<ExtendedKeyUsage>, CasError> {
    let mut usages = Vec::new();
    for (at, text) in list.iter().enumerate() {
        let refuse = |allowed: &str| {
            let given = quoted(text);
            Err(CasError::invalid(&format!("{parameter}.{}", at + 1), given, allowed))
        };
        let known = NAMES.iter().find(|(name, _)| name == text).map(|(_, usage)| *usage);
        let usage = match (known, text.parse::<Oid>()) {
            (Some(usage), _) => usage,
            (None, Ok(oid)) => ExtendedKeyUsage::other(oid),
            (None, Err(_)) => {
                let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                return refuse(&format!("{}, or an object identifier", names.join(", ")));
            }
        };
        if usages.contains(&usage) {
            return refuse("each usage once");
        }
        usages.push(usage);
    }
    Ok(usages)
}

const NAMES: [(&str, ExtendedKeyUsage); 7] = [
    ("OCSPSigning", ExtendedKeyUsage::OCSP_SIGNING),
    ("any", ExtendedKeyUsage::ANY),
    ("clientAuth", ExtendedKeyUsage::CLIENT_AUTH),
    ("codeSigning", ExtendedKeyUsage::CODE_SIGNING),
    ("emailProtection", ExtendedKeyUsage::EMAIL_PROTECTION),
    ("serverAuth", ExtendedKeyUsage::SERVER_AUTH),
    ("timeStamping", ExtendedKeyUsage::TIME_STAMPING),
];
