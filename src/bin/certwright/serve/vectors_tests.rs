//! Signatures of others: the examples of the service's documentation, and what its clients sign
//! (alibabacloud-tea-openapi 0.4.6, aliyun-python-sdk-core 2.16.1).

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::super::hexadecimal::hexadecimal;
use super::acs3::{Authorization, Scheme};
use super::authentic::Callers;
use super::credentials::{Credentials, Keys};
use super::nonces::Nonces;
use super::request::Received;
use super::rpc1;

fn received(method: &str, query: &str, headers: &[(&str, &str)], body: &str) -> Received {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let body = zeroize::Zeroizing::new(body.as_bytes().to_vec());
    Received::new(method, query, map, body).unwrap()
}

/// A file of one credential, which may do everything.
fn credentials(id: &str, secret: &str) -> Credentials {
    static FOLDERS: AtomicUsize = AtomicUsize::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let folder = format!("certwright-vectors-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("rsa.pub.pem"), RSA).unwrap();
    let text = format!(
        "[[credential]]\naccess_key_id = \"{id}\"\naccess_key_secret = \"{secret}\"\n\
         rsa_public_key_file = \"rsa.pub.pem\"\nallow = [\"yundun-cert:*\"]\n\
         [[credential]]\naccess_key_id = \"hmac\"\naccess_key_secret = \"{secret}\"\n\
         allow = [\"yundun-cert:*\"]\n\
         [[credential]]\naccess_key_id = \"rsa\"\nrsa_public_key_file = \"rsa.pub.pem\"\n\
         allow = [\"yundun-cert:*\"]\n"
    );
    let path = folder.join("credentials.toml");
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let credentials = Credentials::read(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    credentials
}

fn code(keys: &Keys<'_>, request: &Received) -> &'static str {
    let text = request.header("authorization").unwrap();
    let checked = Authorization::read(text).and_then(|read| read.check(request, keys));
    checked.map_or_else(|refusal| refusal.code, |()| "")
}

/// The page on request syntax and signature method V3.
const DOCUMENTED: &str = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";

const DOCUMENTED_QUERY: &str =
    "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd";

fn documented(scheme: &str, body_hash: &str, signature: &str) -> Received {
    let authorization = format!(
        "{scheme} Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;\
         x-acs-date;x-acs-signature-nonce;x-acs-version,Signature={signature}"
    );
    let headers = [
        ("host", "ecs.cn-shanghai.aliyuncs.com"),
        ("x-acs-action", "RunInstances"),
        ("x-acs-content-sha256", body_hash),
        ("x-acs-date", "2023-10-26T10:22:32Z"),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
        ("x-acs-version", "2014-05-26"),
        ("authorization", &authorization),
    ];
    received("POST", DOCUMENTED_QUERY, &headers, "")
}

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const EMPTY_SM3: &str = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";

#[test]
fn the_example_of_the_documentation_is_right() {
    let request = documented("ACS3-HMAC-SHA256", EMPTY, DOCUMENTED);
    let read = Authorization::read(request.header("authorization").unwrap()).unwrap();
    assert_eq!(read.scheme, Scheme::HmacSha256);
    let canonical = read.canonical_request(&request).unwrap();
    assert!(canonical.starts_with("POST\n/\nImageId=win2019"), "{}", *canonical);
    assert_eq!(
        read.string_to_sign(&canonical),
        "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
    );
    // Its secret is shorter than any that is allowed here.
    let keys = Keys::of_a_caller(b"YourAccessKeySecret");
    assert_eq!(code(&keys, &request), "");
    let other = documented("ACS3-HMAC-SHA256", EMPTY, &DOCUMENTED.replace("06", "07"));
    assert_eq!(code(&keys, &other), "SignatureDoesNotMatch");
    let sm3 = "19cac349828155410ebe3ae96f5732d62cefef94ce7df9b1623defdf9f5b7704";
    assert_eq!(code(&keys, &documented("ACS3-HMAC-SM3", EMPTY_SM3, sm3)), "");
    assert_eq!(code(&keys, &documented("ACS3-HMAC-SHA256", EMPTY, sm3)), "SignatureDoesNotMatch");
}

const SECRET: &str = "secret-of-some-length-30-chars";

const SIGNED: &str = "accept;content-type;host;user-agent;x-acs-action;x-acs-content-sha256;\
                      x-acs-date;x-acs-signature-nonce;x-acs-version";

const BODY: &str = "Csr=-----BEGIN+CERT%2B%2F%3D&Tags.1.Key=%E4%BE%8B";

/// Scheme, hash of the body, signature: as the client made them.
const CLIENTS: [(&str, &str, &str); 3] = [
    (
        "ACS3-HMAC-SHA256",
        "SHA256",
        "f35e1d75e8e4308ee99b463eb0ed5f88de52df250bf4f8d5d34b2dd78441ae0c",
    ),
    ("ACS3-HMAC-SM3", "SM3", "66415699eca854f6d1e55abca864d393584ba05b96026ea649c245f817da18dc"),
    (
        "ACS3-RSA-SHA256",
        "SHA256",
        "4b8e294dbe97192da0a53ae25c592b0005378b26001540d971e5163f3a0eef739b1f8d12cd1d7f3995675a683\
         8d17001c3d76f720d6524c8030aaae1922faa35370eaf86bda397d5d02e8a9d76b54fb34ade0b4162a63c9d42\
         c2b79746744eb9d18716c61a5d7c652a926724963be59cfc651799dbc3b2ed75185eac260b98e0b0382de5f64\
         b4543ed72ebc658f251fe91c4469130e00f7103ae5f7d151c33bad8509a1824a0ff911c42c4f178b3cce2ea81\
         3c1f2112658b8908ad2d19adb2dafc4ea5e48c7dc0f22d36f1facf4657da9d0b448db607f9f9c7528ffa9f36e\
         e9c6929b85f5a4d7a90c1f78ccfc47f62f0fd207abaf88289987efc2436418e0fb2",
    ),
];

const RSA: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu43LExz09xXmAlmbLykk
3051XaQmnsk8c3DwMRFVcwGisAUJQA6Pnh7BdnMMecUmuDWP3Jflz9EyrsALb9ju
7HgtqasWL/Vc/fkt0ZoPan5iIn9E/bI+rqyWZBenltbFP0mHpKVDrMD8PzGDcjF0
oiM+lRsZb/ze9rt6BWkRoDVg0jxkOK3400Q5j0h43go5OvmVv8KDE5w2FNSWBFFw
g54GSNEuBF+bwEUccRVq1qEA3rWmE7yuAbATTZCOcR6EsEBi5z0+KTbp6OPnXg0/
vc0aHMJ42YmP/cOYseZWoWWKsq1KrShX0v6/VUUmKssBTZxIKjWKoIzqvrSAReMS
0wIDAQAB
-----END PUBLIC KEY-----
";

/// What a test alters.
struct Sent<'s> {
    id: &'s str,
    signed: &'s str,
    query: &'s str,
    action: &'s str,
    body: &'s str,
    body_hash: Option<&'s str>,
    more: &'s [(&'s str, &'s str)],
}

impl Default for Sent<'_> {
    fn default() -> Self {
        let query = "CommonName=%E4%BE%8B%20~%2A%2B%2F&Years=10";
        let (id, action, more) = ("id", "CreateRootCACertificate", &[][..]);
        Self { id, signed: SIGNED, query, action, body: BODY, body_hash: None, more }
    }
}

fn sent(client: (&str, &str, &str), sent: &Sent<'_>) -> Received {
    use sha2::Digest as _;
    let (scheme, hash, signature) = client;
    let digest = match hash {
        "SM3" => sm3::Sm3::digest(BODY).to_vec(),
        _ => sha2::Sha256::digest(BODY).to_vec(),
    };
    let digest = hexadecimal(&digest);
    let authorization = format!(
        "{scheme} Credential={},SignedHeaders={},Signature={signature}",
        sent.id, sent.signed
    );
    let mut headers = vec![
        ("host", "127.0.0.1:8443"),
        ("user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7"),
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-acs-action", sent.action),
        ("x-acs-content-sha256", sent.body_hash.unwrap_or(&digest)),
        ("x-acs-date", "2026-11-30T12:00:00Z"),
        ("x-acs-signature-nonce", "n1"),
        ("x-acs-version", "2020-06-30"),
        ("authorization", &authorization),
    ];
    headers.extend(sent.more);
    received("POST", sent.query, &headers, sent.body)
}

#[test]
fn what_the_client_signs_with_each_scheme_is_right_and_nothing_else_is() {
    let credentials = credentials("id", SECRET);
    let code = |request: &Received, id: &str| code(&credentials.keys(id), request);
    for client in CLIENTS {
        let right = Sent::default();
        assert_eq!(code(&sent(client, &right), "id"), "", "{}", client.0);
        // The order of parameters and the form of their encoding do not matter.
        let query = "Years=10&CommonName=%e4%be%8b+~*%2B/";
        assert_eq!(code(&sent(client, &Sent { query, ..right }), "id"), "");
        let alterations = [
            Sent { query: "CommonName=%E4%BE%8B%20~%2A%2B%2F&Years=11", ..Sent::default() },
            Sent { query: "Years=10", ..Sent::default() },
            Sent { action: "CreateSubCACertificate", ..Sent::default() },
            Sent { body: "Csr=other", ..Sent::default() },
            Sent { body: "", ..Sent::default() },
            Sent { body_hash: Some(EMPTY), ..Sent::default() },
        ];
        for altered in &alterations {
            assert_eq!(code(&sent(client, altered), "id"), "SignatureDoesNotMatch");
        }
        // What must be signed and is not, or is there twice.
        let unsigned = [
            Sent { signed: &SIGNED.replace("host;", ""), ..Sent::default() },
            Sent { signed: &SIGNED.replace("x-acs-action;", ""), ..Sent::default() },
            Sent { signed: &SIGNED.replace(";x-acs-version", ""), ..Sent::default() },
            Sent { signed: &SIGNED.replace("x-acs-content-sha256;", ""), ..Sent::default() },
            Sent {
                signed: &SIGNED.replace("accept;content-type", "content-type;accept"),
                ..Sent::default()
            },
            Sent { signed: &SIGNED.replace("accept;", "accept;accept;"), ..Sent::default() },
            Sent { more: &[("x-acs-source", "else")], ..Sent::default() },
            Sent { more: &[("x-acs-action", "DeleteCsr")], ..Sent::default() },
            Sent { more: &[("host", "b.example")], ..Sent::default() },
        ];
        for unsigned in &unsigned {
            assert_eq!(
                code(&sent(client, unsigned), "id"),
                "IncompleteSignature",
                "{}",
                unsigned.signed
            );
        }
        // Somebody else's, and nobody's.
        assert_eq!(code(&sent(client, &right), "nobody"), "InvalidAccessKeyId.NotFound");
        let (of_hmac, of_rsa) =
            (code(&sent(client, &right), "hmac"), code(&sent(client, &right), "rsa"));
        let is_rsa = client.0 == "ACS3-RSA-SHA256";
        assert_eq!(of_hmac, if is_rsa { "SignatureDoesNotMatch" } else { "" });
        assert_eq!(of_rsa, if is_rsa { "" } else { "SignatureDoesNotMatch" });
    }
}

#[test]
fn an_authorization_that_cannot_be_read_says_so() {
    let long =
        format!("ACS3-HMAC-SHA256 Credential=a,SignedHeaders={},Signature=00", "a;".repeat(200));
    for wrong in [
        "",
        "Basic abc",
        "ACS3-HMAC-SHA256",
        "acs3-hmac-sha256 Credential=a,SignedHeaders=a,Signature=00",
        "ACS3-HMAC-MD5 Credential=a,SignedHeaders=a,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=a,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a,Signature=0",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a,Signature=0G",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a,Signature=AB",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a,Signature=00,Signature=00",
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=a,Signature=00,More=1",
        &long,
    ] {
        assert_eq!(Authorization::read(wrong).unwrap_err().code, "IncompleteSignature", "{wrong}");
    }
    let read = "ACS3-HMAC-SM3 Credential=a, SignedHeaders=a;b, Signature=00ff";
    assert_eq!(Authorization::read(read).unwrap().signature, [0, 255]);
}

#[test]
fn the_older_form_is_right_with_its_example_and_its_client() {
    let documented = "AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1\
        &SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0\
        &Timestamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26&Signature=";
    let signature = "OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D";
    let keys = Keys::of_a_caller(b"testsecret");
    let check = |query: &str, keys: &Keys<'_>| {
        let request = received("GET", query, &[], "");
        rpc1::check(&request, keys)
    };
    assert_eq!(check(&format!("{documented}{signature}"), &keys), Ok(()));
    let wrong =
        check(&format!("{documented}{}", signature.replace("OL", "OM")), &keys).unwrap_err();
    assert_eq!(wrong.code, "SignatureDoesNotMatch");
    // The clients compare it.
    assert!(wrong.message.contains(
        "server string to sign is:GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML"
    ));
    for (part, code) in [
        ("&SignatureMethod=HMAC-SHA1", "MissingParameter"),
        ("&SignatureVersion=1.0", "MissingParameter"),
        ("&Format=XML", "SignatureDoesNotMatch"),
    ] {
        let altered = documented.replace(part, "");
        let refused = check(&format!("{altered}{signature}"), &keys).unwrap_err();
        assert_eq!(refused.code, code, "{part}");
    }
    let method = documented.replace("HMAC-SHA1", "HMAC-MD5");
    assert_eq!(check(&format!("{method}{signature}"), &keys).unwrap_err().code, "InvalidParameter");
    assert_eq!(check(&format!("{documented}!"), &keys).unwrap_err().code, "IncompleteSignature");

    let body = "AccessKeyId=id&Action=CreateCsr&CommonName=%E4%BE%8B%20~%2A%2B%2F&Format=JSON\
        &SignatureMethod=HMAC-SHA1&SignatureNonce=n1&SignatureType=&SignatureVersion=1.0\
        &Timestamp=2026-11-30T12%3A00%3A00Z&Version=2020-04-07";
    let signed = format!("{body}&Signature=RNc2NFjzToYu6zH8gOBjm/rDiRs%3D");
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let request = |body: &str| received("POST", "", &headers, body);
    let credentials = credentials("id", SECRET);
    assert_eq!(rpc1::check(&request(&signed), &credentials.keys("id")), Ok(()));
    let altered = request(&signed.replace("CreateCsr", "DeleteCsr"));
    let refused = rpc1::check(&altered, &credentials.keys("id")).unwrap_err();
    // A parameter that may be secret is not in the message, but the hash of what was signed.
    assert!(refused.message.contains("SHA-256 of the server string"), "{}", refused.message);
    assert!(!refused.message.contains("CommonName"));
    for (id, code) in [("nobody", "InvalidAccessKeyId.NotFound"), ("rsa", "SignatureDoesNotMatch")]
    {
        assert_eq!(rpc1::check(&request(&signed), &credentials.keys(id)).unwrap_err().code, code);
    }
}

#[test]
fn a_nonce_is_taken_only_with_a_right_signature() {
    let nonces = Nonces::new(0);
    let callers = Callers::Known { credentials: credentials("id", SECRET), nonces };
    let code = |request: &Received| {
        callers.authenticate(request).map_or_else(|refusal| refusal.code, |_| "")
    };
    let right = CLIENTS[0];
    let wrong = (right.0, right.1, EMPTY);
    assert_eq!(code(&sent(wrong, &Sent::default())), "SignatureDoesNotMatch");
    // The example is of a time that is over.
    assert_eq!(code(&sent(right, &Sent::default())), "InvalidTimeStamp.Expired");
    assert_eq!(callers.nonces(), 0);
    let token = Sent { more: &[("x-acs-security-token", "t")], ..Sent::default() };
    assert_eq!(code(&sent(right, &token)), "InvalidSecurityToken");
    assert_eq!(code(&received("GET", "", &[], "")), "IncompleteSignature");
    let both = Sent { query: "Signature=a", ..Sent::default() };
    assert_eq!(code(&sent(right, &both)), "IncompleteSignature");
}
