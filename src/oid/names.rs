//! The names of object identifiers that people meet in certificates, for messages and listings.

use super::Oid;

/// The name of a well-known identifier.
pub(super) fn of(oid: Oid) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name)
}

const fn known(oid: &str, name: &'static str) -> (Oid, &'static str) {
    (Oid::known(oid), name)
}

static NAMES: [(Oid, &str); 125] = [
    // Keys: RFC 3279, RFC 4055, RFC 5480, RFC 8410, RFC 9881, RFC 9909, GM/T 0006, GOST R 34.10.
    known("1.2.840.113549.1.1.1", "rsaEncryption"),
    known("1.2.840.113549.1.1.7", "id-RSAES-OAEP"),
    known("1.2.840.10040.4.1", "DSA"),
    known("1.2.840.10045.2.1", "id-ecPublicKey"),
    known("1.2.840.10046.2.1", "dhpublicnumber"),
    known("1.3.132.1.12", "id-ecDH"),
    known("1.3.101.110", "X25519"),
    known("1.3.101.111", "X448"),
    known("1.3.101.112", "Ed25519"),
    known("1.3.101.113", "Ed448"),
    known("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 with 256 bits"),
    known("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 with 512 bits"),
    known("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    known("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    known("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
    known("2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s"),
    known("2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f"),
    known("2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s"),
    // Curves: SEC 2, RFC 5480, RFC 5639, GM/T 0006.
    known("1.2.840.10045.3.1.1", "P-192"),
    known("1.2.840.10045.3.1.7", "P-256"),
    known("1.3.132.0.33", "P-224"),
    known("1.3.132.0.34", "P-384"),
    known("1.3.132.0.35", "P-521"),
    known("1.3.132.0.10", "secp256k1"),
    known("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    known("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    known("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    known("1.2.156.10197.1.301", "sm2p256v1"),
    // Signatures: RFC 3279, RFC 4055, RFC 5758, RFC 8692, GM/T 0006.
    known("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    known("1.2.840.113549.1.1.3", "md4WithRSAEncryption"),
    known("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    known("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    known("1.3.14.3.2.29", "sha1WithRSASignature"),
    known("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    known("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    known("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    known("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    known("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    known("1.2.840.113549.1.1.15", "sha512-224WithRSAEncryption"),
    known("1.2.840.113549.1.1.16", "sha512-256WithRSAEncryption"),
    known("2.16.840.1.101.3.4.3.14", "sha3-256WithRSAEncryption"),
    known("2.16.840.1.101.3.4.3.15", "sha3-384WithRSAEncryption"),
    known("2.16.840.1.101.3.4.3.16", "sha3-512WithRSAEncryption"),
    known("1.2.840.10040.4.3", "dsa-with-SHA1"),
    known("2.16.840.1.101.3.4.3.1", "dsa-with-SHA224"),
    known("2.16.840.1.101.3.4.3.2", "dsa-with-SHA256"),
    known("2.16.840.1.101.3.4.3.3", "dsa-with-SHA384"),
    known("2.16.840.1.101.3.4.3.4", "dsa-with-SHA512"),
    known("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    known("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    known("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    known("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    known("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    known("1.2.156.10197.1.501", "SM2-with-SM3"),
    known("1.2.156.10197.1.504", "RSA-with-SM3"),
    known("1.3.6.1.5.5.7.6.30", "RSASSA-PSS with SHAKE128"),
    known("1.3.6.1.5.5.7.6.32", "ecdsa-with-SHAKE128"),
    // Encryption of private keys: RFC 7292 appendix C, RFC 8018, RFC 7914, RFC 5084, GM/T 0006.
    known("1.2.840.113549.1.5.1", "pbeWithMD2AndDES-CBC"),
    known("1.2.840.113549.1.5.3", "pbeWithMD5AndDES-CBC"),
    known("1.2.840.113549.1.5.6", "pbeWithMD5AndRC2-CBC"),
    known("1.2.840.113549.1.5.10", "pbeWithSHA1AndDES-CBC"),
    known("1.2.840.113549.1.5.11", "pbeWithSHA1AndRC2-CBC"),
    known("1.2.840.113549.1.5.12", "PBKDF2"),
    known("1.2.840.113549.1.5.13", "PBES2"),
    known("1.2.840.113549.1.5.14", "PBMAC1"),
    known("1.2.840.113549.1.12.1.1", "pbeWithSHAAnd128BitRC4"),
    known("1.2.840.113549.1.12.1.2", "pbeWithSHAAnd40BitRC4"),
    known("1.2.840.113549.1.12.1.3", "pbeWithSHAAnd3-KeyTripleDES-CBC"),
    known("1.2.840.113549.1.12.1.4", "pbeWithSHAAnd2-KeyTripleDES-CBC"),
    known("1.2.840.113549.1.12.1.5", "pbeWithSHAAnd128BitRC2-CBC"),
    known("1.2.840.113549.1.12.1.6", "pbeWithSHAAnd40BitRC2-CBC"),
    known("1.3.6.1.4.1.11591.4.11", "scrypt"),
    known("1.2.840.113549.3.2", "RC2-CBC"),
    known("1.2.840.113549.3.7", "3DES-CBC"),
    known("1.3.14.3.2.7", "DES-CBC"),
    known("2.16.840.1.101.3.4.1.2", "AES-128-CBC"),
    known("2.16.840.1.101.3.4.1.22", "AES-192-CBC"),
    known("2.16.840.1.101.3.4.1.26", "AES-192-GCM"),
    known("2.16.840.1.101.3.4.1.42", "AES-256-CBC"),
    known("1.2.156.10197.1.104.2", "SM4-CBC"),
    known("1.2.156.10197.1.104.8", "SM4-GCM"),
    known("1.2.392.200011.61.1.1.1.2", "Camellia-128-CBC"),
    known("1.2.392.200011.61.1.1.1.3", "Camellia-192-CBC"),
    known("1.2.392.200011.61.1.1.1.4", "Camellia-256-CBC"),
    known("1.2.410.200004.1.4", "SEED-CBC"),
    known("1.2.410.200046.1.1.2", "ARIA-128-CBC"),
    known("1.2.410.200046.1.1.7", "ARIA-192-CBC"),
    known("1.2.410.200046.1.1.12", "ARIA-256-CBC"),
    known("1.2.840.113549.2.12", "HMAC-SHA512-224"),
    known("1.2.840.113549.2.13", "HMAC-SHA512-256"),
    known("2.16.840.1.101.3.4.2.14", "HMAC-SHA3-256"),
    known("1.2.643.7.1.1.5.2.2", "GOST R 34.12-2015 with 128 bits"),
    // Extensions: RFC 5280 sections 4.2 and 5.2, RFC 6962 section 3.3, RFC 7633, Microsoft's.
    known("2.5.29.9", "subjectDirectoryAttributes"),
    known("2.5.29.14", "subjectKeyIdentifier"),
    known("2.5.29.15", "keyUsage"),
    known("2.5.29.16", "privateKeyUsagePeriod"),
    known("2.5.29.17", "subjectAltName"),
    known("2.5.29.18", "issuerAltName"),
    known("2.5.29.19", "basicConstraints"),
    known("2.5.29.20", "cRLNumber"),
    known("2.5.29.21", "reasonCode"),
    known("2.5.29.23", "holdInstructionCode"),
    known("2.5.29.24", "invalidityDate"),
    known("2.5.29.27", "deltaCRLIndicator"),
    known("2.5.29.28", "issuingDistributionPoint"),
    known("2.5.29.29", "certificateIssuer"),
    known("2.5.29.30", "nameConstraints"),
    known("2.5.29.31", "cRLDistributionPoints"),
    known("2.5.29.32", "certificatePolicies"),
    known("2.5.29.33", "policyMappings"),
    known("2.5.29.35", "authorityKeyIdentifier"),
    known("2.5.29.36", "policyConstraints"),
    known("2.5.29.37", "extKeyUsage"),
    known("2.5.29.46", "freshestCRL"),
    known("2.5.29.54", "inhibitAnyPolicy"),
    known("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"),
    known("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    known("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
    known("1.3.6.1.5.5.7.1.24", "tlsfeature"),
    // Attributes of requests: RFC 2985 section 5.4, [MS-WCCE].
    known("1.2.840.113549.1.9.2", "unstructuredName"),
    known("1.2.840.113549.1.9.7", "challengePassword"),
    known("1.3.6.1.4.1.311.13.2.1", "Microsoft enrollment name and value"),
    known("1.3.6.1.4.1.311.13.2.2", "Microsoft cryptographic provider"),
    known("1.3.6.1.4.1.311.13.2.3", "Microsoft operating system version"),
    known("1.3.6.1.4.1.311.21.20", "Microsoft client information"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_identifier_is_named_twice() {
        let mut oids: Vec<Oid> = NAMES.iter().map(|(oid, _)| *oid).collect();
        oids.sort();
        oids.dedup();
        assert_eq!(oids.len(), NAMES.len());
    }
}
