//! What the operations take and answer that work with the key of a certificate.

use super::super::json::schema::Secret;
use super::super::json::structures::structures;

structures! {
    /// Whose key it is: CertIdentifier, or else CustomIdentifier.
    WhichCertificate {
        /// The certificate: of a leaf, or one of a warehouse, its identifier; of a certificate of a user its number
        /// and the region, such as `5-cn-hangzhou`.
        cert_identifier: Option<String>,
        /// The CustomIdentifier of a leaf. Left out where CertIdentifier is given.
        custom_identifier: Option<String>,
        /// The warehouse that it is in: 1, of leaves, or 2, of what UploadPCACert kept. Certificates of users are in
        /// none.
        warehouse_id: Option<i64>,
    }

    /// Signs a message with the private key of a certificate, which is kept here. The audit log has each signature.
    /// Whoever reads it decides what the certificate allows: its key usages are not looked at.
    ///
    /// # Errors
    /// `NotFound` for the certificate, one that is in another warehouse, and one whose key is not kept here;
    /// `CertificateExpired` and `InvalidStatus.UpdateProtection` for one that is not in force, or is revoked;
    /// `MissingParameter` without an identifier; `InvalidParameter` for an algorithm of other keys, blind
    /// signatures and what is not base64; `DataTooLongException` for a message that is too long.
    Sign {
        /// Whose key signs.
        which as ..: WhichCertificate,
        /// What is signed, as MessageType says: at most 4,096 bytes.
        message: String,
        /// RAW: Message is the message ([`Config::raw_message`](crate::cas::Config::raw_message)); BASE64: the message
        /// in base64; DIGEST: its digest in base64, SHA-256, or of SM2 e of GB/T 32918.2. Not BLIND. RAW.
        message_type: Option<String>,
        /// SHA256withRSA, SHA256withRSA/PSS (a salt of 32 bytes), SHA256withECDSA or SM3withSM2. Not
        /// SHA256withRSA/P7.
        signing_algorithm: String,
    }

    /// Verifies a signature with the public key of a certificate, whether or not that is in force.
    ///
    /// # Errors
    /// As [`Sign`], but that no key need be kept.
    Verify {
        /// Whose key is said to have signed.
        which as ..: WhichCertificate,
        /// What was signed, as of [`Sign`].
        message: String,
        /// What Message is, as of [`Sign`].
        message_type: Option<String>,
        /// The signature in base64.
        signature_value: String,
        /// The algorithm, as of [`Sign`].
        signing_algorithm: String,
    }

    /// Encrypts short data with the public key of a certificate, that for encryption of a double one of SM2.
    ///
    /// # Errors
    /// As [`Sign`], but that no key need be kept; `DataTooLongException` for a plaintext that is too long.
    Encrypt {
        /// Whose key it is.
        which as ..: WhichCertificate,
        /// RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256 or SM2PKE.
        algorithm: String,
        /// RAW: Plaintext is encrypted as it is, in UTF-8; Base64: what it is the base64 of. RAW.
        message_type: Option<String>,
        /// The data: of RSA_2048 at most 214 bytes, or 190 with SHA-256, and of longer keys as much more; of SM2 at most
        /// 6,047.
        plaintext: Secret,
    }

    /// What was encrypted.
    Encrypted {
        /// The certificate.
        cert_identifier: String,
        /// The ciphertext in base64; of SM2 the SEQUENCE of GM/T 0009.
        ciphertext_blob: String,
    }

    /// Decrypts with the private key of a certificate, whether or not that is in force: what was encrypted while it was,
    /// is still to be read. The audit log has each attempt. Whatever is wrong with a ciphertext, the answer is the same.
    ///
    /// # Errors
    /// As [`Sign`]; `InvalidParameter` for a ciphertext that is none of this key.
    Decrypt {
        /// Whose key it is.
        which as ..: WhichCertificate,
        /// As of [`Encrypt`].
        algorithm: String,
        /// The ciphertext in base64; of SM2 the SEQUENCE of GM/T 0009, or C1, C3 and C2 one behind the other.
        ciphertext_blob: String,
        /// RAW: the plaintext is answered as it is, if it is UTF-8; Base64: in base64. Base64.
        message_type: Option<String>,
    }

    /// What was decrypted.
    Decrypted {
        /// The certificate.
        cert_identifier: String,
        /// The plaintext, as MessageType says.
        plaintext: Secret,
    }
}
