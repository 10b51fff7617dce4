//! Alternative names as text behind their types.

use std::net::Ipv6Addr;

use super::alt::AltName;
use super::other::OtherName;
use crate::error::{Error, quoted};
use crate::hexadecimal;
use crate::oid::Oid;

impl AltName {
    /// Reads a name behind its type, in the manner of OpenSSL's `subjectAltName`: `dns:`, `ip:`, `email:`,
    /// `uri:`, `dirname:` (RFC 4514 text), `rid:`, `upn:`, `srv:`, and `othername:` with a type, a colon and
    /// the DER of the value in hexadecimal digits. Case does not count in the type. Without a type, the
    /// text is read as an address or a DNS name.
    ///
    /// ```
    /// use certwright::AltName;
    /// assert_eq!(AltName::typed("upn:tom@corp.example")?, AltName::upn("tom@corp.example")?);
    /// assert_eq!(AltName::typed("dirname:CN=Tom,O=Example")?.to_string(), "directoryName:CN=Tom,O=Example");
    /// assert_eq!(AltName::typed("othername:1.2.3:020107")?.to_string(), "otherName:1.2.3:#020107");
    /// assert_eq!(AltName::typed("db.internal")?, AltName::dns("db.internal")?);
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn typed(text: &str) -> Result<Self, Error> {
        let Some((kind, value)) = text.split_once(':') else { return text.parse() };
        let malformed = |problem: &str| Error::malformed("alternative name", quoted(text), problem);
        match kind.to_ascii_lowercase().as_str() {
            "dirname" | "directoryname" => Self::directory(&value.parse()?),
            "dns" => Self::dns(value),
            "email" => Self::email(value),
            "ip" => Self::ip(value),
            "othername" => other_name(value, malformed),
            "registeredid" | "rid" => {
                value.parse().map(Self::RegisteredId).map_err(|_| malformed(NO_OID))
            }
            "srv" => Self::srv(value),
            "upn" => Self::upn(value),
            "uri" => Self::uri(value),
            _ if text.parse::<Ipv6Addr>().is_ok() || text.contains('%') => Self::ip(text),
            _ => Err(malformed(
                "its type is none of dns, ip, email, uri, dirname, rid, upn, srv and othername",
            )),
        }
    }
}

/// An otherName by its type: an identifier with the DER of the value, or a type that has text.
fn other_name(text: &str, malformed: impl Fn(&str) -> Error) -> Result<AltName, Error> {
    let Some((kind, value)) = text.split_once(':') else {
        return Err(malformed(
            "no value; write othername:TYPE:VALUE, the value's DER in hexadecimal",
        ));
    };
    match kind.to_ascii_lowercase().as_str() {
        "upn" => return AltName::upn(value),
        "srv" => return AltName::srv(value),
        _ => {}
    }
    let kind: Oid = kind.parse().map_err(|_| malformed(NO_OID))?;
    let digits = value.strip_prefix('#').unwrap_or(value);
    let der = hexadecimal::bytes(digits)
        .ok_or_else(|| malformed("the value is not hexadecimal digits in pairs"))?;
    OtherName::new(kind, der).map(AltName::OtherName)
}

const NO_OID: &str = "the type is not an object identifier, such as 1.3.6.1.4.1.311.20.2.3";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_displayed_reads_back() {
        for text in [
            "DNS:a.example",
            "IP:10.0.0.7",
            "IP:2001:db8::7",
            "email:a@b.example",
            "URI:spiffe://prod.example/web",
            "directoryName:CN=Tom,O=Example",
            "registeredID:1.2.3",
            "otherName:UPN:tom@corp.example",
            "otherName:SRV:_ldap.corp.example",
            "otherName:1.2.3:#020107",
        ] {
            assert_eq!(AltName::typed(text).unwrap().to_string(), text);
        }
        assert_eq!(AltName::typed("2001:db8::7").unwrap(), AltName::ip("2001:db8::7").unwrap());
        assert_eq!(AltName::typed("a.example").unwrap(), AltName::dns("a.example").unwrap());
        assert_eq!(AltName::typed("RID:1.2.3").unwrap().to_string(), "registeredID:1.2.3");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            ("dns:10.0.0.7", "write it as an iPAddress name"),
            ("ip:fe80::1%eth0", "zone"),
            ("fe80::1%eth0", "zone"),
            ("ip:::ffff:10.0.0.1", "IPv4-mapped"),
            ("upn:tom", "user@domain"),
            ("rid:x", "object identifier"),
            ("othername:1.2.3", "no value"),
            ("othername:x:0500", "object identifier"),
            ("othername:1.2.3:05", "DER"),
            ("othername:1.2.3:050", "hexadecimal"),
            ("dirname:", "without an attribute"),
            ("foo:bar", "its type is none of"),
        ] {
            let error = AltName::typed(text).unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
