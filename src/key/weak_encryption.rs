//! Whether keys are read whose encryption protects little.

/// What to do with private keys whose encryption is too weak to protect them: under RFC 1421 headers
/// (`Proc-Type`, `DEK-Info`), whose key derivation is one round of MD5, and by PBES1 with SHA-1 and 3DES
/// (RFC 7292 appendix C, `openssl pkcs8 -v1 PBE-SHA1-3DES`).
///
/// Default: [`WeakEncryption::Refuse`]. Set by
/// [`KeyPair::from_pem_encrypted_with`](crate::KeyPair::from_pem_encrypted_with). Such encryption is never
/// written, and what is weaker still (DES, RC2, RC4) never read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum WeakEncryption {
    /// They are read. Whoever has the file tries passphrases some million times as fast as under PBES2:
    /// it says nothing for the key that it was encrypted.
    DangerouslyRead,
    /// They are refused, with the command that converts them.
    #[default]
    Refuse,
}
