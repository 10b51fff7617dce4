//! The labels of PEM blocks. Only those listed here are ever shown: what stands between the dashes of
//! a damaged file can be a private key.

/// Characters of the longest label that is looked for. The longest one in use has 24.
const LABEL_CHARACTERS: usize = 64;

/// RFC 7468 sections 5 to 13, RFC 1421, OpenSSL's `pem.h`, OpenSSH, OpenPGP (RFC 9580 section 6.2).
const KNOWN: [&str; 33] = [
    "ANY PRIVATE KEY",
    "ATTRIBUTE CERTIFICATE",
    "CERTIFICATE",
    "CERTIFICATE REQUEST",
    "CMS",
    "DH PARAMETERS",
    "DSA PARAMETERS",
    "DSA PRIVATE KEY",
    "DSA PUBLIC KEY",
    "EC PARAMETERS",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "NEW CERTIFICATE REQUEST",
    "OPENSSH PRIVATE KEY",
    "PARAMETERS",
    "PGP MESSAGE",
    "PGP PRIVATE KEY BLOCK",
    "PGP PUBLIC KEY BLOCK",
    "PGP SIGNATURE",
    "PKCS #7 SIGNED DATA",
    "PKCS7",
    "PKCS12",
    "PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PRIVATE KEY",
    "RSA PUBLIC KEY",
    "SM2 PARAMETERS",
    "SM2 PRIVATE KEY",
    "SSH2 ENCRYPTED PRIVATE KEY",
    "TRUSTED CERTIFICATE",
    "X509 CERTIFICATE",
    "X509 CRL",
    "X9.42 DH PARAMETERS",
];

/// The label of a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Label {
    Known(&'static str),
    /// Known, but written in lower case (RFC 7468 section 2: labels are in upper case).
    LowerCase(&'static str),
    Unknown,
}

impl Label {
    pub(crate) fn is(self, labels: &[&str]) -> bool {
        matches!(self, Self::Known(label) if labels.contains(&label))
    }

    /// For messages.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::Known(label) => label.to_owned(),
            Self::LowerCase(label) => format!("{label} in lower case"),
            Self::Unknown => "one with an unknown label".to_owned(),
        }
    }
}

/// The label that a text begins with, up to its five dashes, and what follows those.
pub(super) fn split_label(text: &str) -> Option<(Label, &str, &str)> {
    let end = text.match_indices("-----").next().map(|(at, _)| at)?;
    let (label, rest) = text.split_at_checked(end)?;
    // The grammar's characters (RFC 7468 section 3); no line ends.
    if label.len() > LABEL_CHARACTERS || !label.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let exact = KNOWN.iter().find(|known| **known == label);
    let other = || KNOWN.iter().find(|known| known.eq_ignore_ascii_case(label));
    let found = match (exact, other()) {
        (Some(known), _) => Label::Known(known),
        (None, Some(known)) => Label::LowerCase(known),
        (None, None) => Label::Unknown,
    };
    Some((found, label, rest.get(5..)?))
}
