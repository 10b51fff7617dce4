//! Published signatures: RFC 6979 appendix A.2 for the NIST curves, GB/T 32918.5 annex A.2 for SM2.

use certwright::key::{KeyFamily, Nonces, PublicKey, SignatureAlgorithm};
use certwright::{Error, KeyAlgorithm, KeyPair, Signer};

use crate::common::is_built;
use crate::key_files::{SEQUENCE, curve, hex, integer, public_key, sec1, value};

use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, EcdsaSha512};

/// A message and, for each hash, r and s of its signature.
type Vector = (&'static str, SignatureAlgorithm, &'static str, &'static str);

#[test]
fn deterministic_ecdsa_gives_the_signatures_of_rfc_6979() {
    if !is_built(KeyFamily::Ecc) {
        return;
    }
    let curves = [
        (KeyAlgorithm::EcdsaP256, P256_SCALAR, P256),
        (KeyAlgorithm::EcdsaP384, P384_SCALAR, P384),
        (KeyAlgorithm::EcdsaP521, P521_SCALAR, P521),
    ];
    for (algorithm, scalar, vectors) in curves {
        let der = sec1(&hex(scalar), Some(algorithm), None);
        for (message, hash, r, s) in vectors {
            let key = KeyPair::from_sec1_der(&der).unwrap();
            let key = key.with_signature_algorithm(hash).unwrap();
            let expected = pair(&hex(r), &hex(s));
            key.public_key().verify(hash, message.as_bytes(), &expected).unwrap();
            let hedged = key.sign(message.as_bytes()).unwrap();
            assert_ne!(hedged, expected, "{algorithm} {hash} {message}: hedged by default");
            let key = key.with_nonces(Nonces::Deterministic);
            let made = key.sign(message.as_bytes()).unwrap();
            assert_eq!(made, expected, "{algorithm} {hash} {message}");
        }
    }
}

#[test]
fn the_public_key_of_rfc_6979_is_found_from_its_scalar() {
    if !is_built(KeyFamily::Ecc) {
        return;
    }
    let der = sec1(&hex(P256_SCALAR), Some(KeyAlgorithm::EcdsaP256), None);
    let point = "04\
        60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
        7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    assert_eq!(KeyPair::from_sec1_der(&der).unwrap().public_key().as_bytes(), hex(point));
}

#[test]
fn numbers_out_of_range_are_no_signature() {
    if !is_built(KeyFamily::Ecc) {
        return;
    }
    let der = sec1(&hex(P256_SCALAR), Some(KeyAlgorithm::EcdsaP256), None);
    let public = KeyPair::from_sec1_der(&der).unwrap().public_key().clone();
    let (message, hash, r, s) = P256[0];
    let (r, s) = (hex(r), hex(s));
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let refused = |signature: &[u8]| {
        let answer = public.verify(hash, message.as_bytes(), signature);
        matches!(answer, Err(Error::InvalidSignature { .. }))
    };
    assert!(!refused(&pair(&r, &s)));
    for (r, s) in [(&vec![], &s), (&r, &vec![]), (&order, &s), (&r, &order)] {
        assert!(refused(&pair(r, s)), "{r:02x?} {s:02x?}");
    }
    assert!(refused(&[r.clone(), s.clone()].concat()), "r and s side by side, not in DER");
    let long = value(SEQUENCE, &[&value(2, &[&[0, 0], &r]), &integer(&s)]);
    assert!(refused(&long), "an INTEGER that is not the shortest");
}

#[test]
fn the_signature_of_gbt_32918_5_verifies() {
    if !is_built(KeyFamily::Sm2) {
        return;
    }
    let point = "04\
        09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
        ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    let public = PublicKey::from_der(&public_key(&curve(KeyAlgorithm::Sm2), &hex(point))).unwrap();
    let r = hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
    let s = hex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
    let verify = |message: &[u8], signature: &[u8]| {
        public.verify(SignatureAlgorithm::Sm2Sm3, message, signature)
    };
    verify(b"message digest", &pair(&r, &s)).unwrap();
    for (message, signature) in [
        (&b"message digesu"[..], pair(&r, &s)),
        (b"message digest", pair(&s, &r)),
        (b"message digest", pair(&[], &s)),
        (b"message digest", pair(&r, &[])),
        (b"message digest", [r, s].concat()),
    ] {
        let answer = verify(message, &signature);
        assert!(matches!(answer, Err(Error::InvalidSignature { .. })), "{signature:02x?}");
    }
    let scalar = hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let key = KeyPair::from_sec1_der(&sec1(&scalar, Some(KeyAlgorithm::Sm2), None)).unwrap();
    assert_eq!(key.public_key(), &public);
}

/// SEQUENCE { r, s }.
fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    value(SEQUENCE, &[&integer(r), &integer(s)])
}

/// RFC 6979 appendix A.2.5.
const P256_SCALAR: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
const P256: [Vector; 6] = [
    (
        "sample",
        EcdsaSha256,
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ),
    (
        "sample",
        EcdsaSha384,
        "0eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef7719",
        "4861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954",
    ),
    (
        "sample",
        EcdsaSha512,
        "8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00",
        "2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe",
    ),
    (
        "test",
        EcdsaSha256,
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ),
    (
        "test",
        EcdsaSha384,
        "83910e8b48bb0c74244ebdf7f07a1c5413d61472bd941ef3920e623fbccebeb6",
        "8ddbec54cf8cd5874883841d712142a56a8d0f218f5003cb0296b6b509619f2c",
    ),
    (
        "test",
        EcdsaSha512,
        "461d93f31b6540894788fd206c07cfa0cc35f46fa3c91816fff1040ad1581a04",
        "39af9f15de0db8d97e72719c74820d304ce5226e32dedae67519e840d1194e55",
    ),
];

/// RFC 6979 appendix A.2.6.
const P384_SCALAR: &str = "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825 \
    f872c9ea60d2edf5";
const P384: [Vector; 6] = [
    (
        "sample",
        EcdsaSha256,
        "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d9 \
        2fa2b3c36d8fb2cd",
        "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42e \
        c0cb8668a4fa0ab0",
    ),
    (
        "sample",
        EcdsaSha384,
        "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9 \
        6e36dd1e80fabe46",
        "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e \
        7b82c71a38628ac8",
    ),
    (
        "sample",
        EcdsaSha512,
        "ed0959d5880ab2d869ae7f6c2915c6d60f96507f9cb3e047c0046861da4a799cfe30f35cc900056d \
        7c99cd7882433709",
        "512c8cceee3890a84058ce1e22dbc2198f42323ce8aca9135329f03c068e5112dc7cc3ef3446defc \
        eb01a45c2667fdd5",
    ),
    (
        "test",
        EcdsaSha256,
        "6d6defac9ab64dabafe36c6bf510352a4cc27001263638e5b16d9bb51d451559f918eedaf2293be5 \
        b475cc8f0188636b",
        "2d46f3becbcc523d5f1a1256bf0c9b024d879ba9e838144c8ba6baeb4b53b47d51ab373f9845c051 \
        4eefb14024787265",
    ),
    (
        "test",
        EcdsaSha384,
        "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da \
        8f1dd3ca3cf023db",
        "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667 \
        bf3b828246baa5a5",
    ),
    (
        "test",
        EcdsaSha512,
        "a0d5d090c9980faf3c2ce57b7ae951d31977dd11c775d314af55f76c676447d06fb6495cd21b4b6e \
        340fc236584fb277",
        "976984e59b4c77b0e8e4460dca3d9f20e07b9bb1f63beefaf576f6b2e8b224634a2092cd3792e015 \
        9ad9cee37659c736",
    ),
];

/// RFC 6979 appendix A.2.7.
const P521_SCALAR: &str = "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c \
    70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538";
const P521: [Vector; 6] = [
    (
        "sample",
        EcdsaSha256,
        "01511bb4d675114fe266fc4372b87682baecc01d3cc62cf2303c92b3526012659d16876e25c7c1e5 \
        7648f23b73564d67f61c6f14d527d54972810421e7d87589e1a7",
        "004a171143a83163d6df460aaf61522695f207a58b95c0644d87e52aa1a347916e4f7a72930b1bc0 \
        6dbe22ce3f58264afd23704cbb63b29b931f7de6c9d949a7ecfc",
    ),
    (
        "sample",
        EcdsaSha384,
        "01ea842a0e17d2de4f92c15315c63ddf72685c18195c2bb95e572b9c5136ca4b4b576ad712a52be9 \
        730627d16054ba40cc0b8d3ff035b12ae75168397f5d50c67451",
        "01f21a3cee066e1961025fb048bd5fe2b7924d0cd797babe0a83b66f1e35eeaf5fde143fa85dc394 \
        a7dee766523393784484bdf3e00114a1c857cde1aa203db65d61",
    ),
    (
        "sample",
        EcdsaSha512,
        "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5 \
        d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
        "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c \
        0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
    ),
    (
        "test",
        EcdsaSha256,
        "000e871c4a14f993c6c7369501900c4bc1e9c7b0b4ba44e04868b30b41d8071042eb28c4c250411d \
        0ce08cd197e4188ea4876f279f90b3d8d74a3c76e6f1e4656aa8",
        "00cd52dbaa33b063c3a6cd8058a1fb0a46a4754b034fcc644766ca14da8ca5ca9fde00e88c1ad60c \
        cba759025299079d7a427ec3cc5b619bfbc828e7769bcd694e86",
    ),
    (
        "test",
        EcdsaSha384,
        "014bee21a18b6d8b3c93fab08d43e739707953244fdbe924fa926d76669e7ac8c89df62ed8975c2d \
        8397a65a49dcc09f6b0ac62272741924d479354d74ff6075578c",
        "0133330865c067a0eaf72362a65e2d7bc4e461e8c8995c3b6226a21bd1aa78f0ed94fe536a0dca35 \
        534f0cd1510c41525d163fe9d74d134881e35141ed5e8e95b979",
    ),
    (
        "test",
        EcdsaSha512,
        "013e99020abf5cee7525d16b69b229652ab6bdf2affcaef38773b4b7d08725f10cdb93482fdcc54e \
        dcee91eca4166b2a7c6265ef0ce2bd7051b7cef945babd47ee6d",
        "01fbd0013c674aa79cb39849527916ce301c66ea7ce8b80682786ad60f98f7e78a19ca69eff5c574 \
        00e3b3a0ad66ce0978214d13baf4e9ac60752f7b155e2de4dce3",
    ),
];
