//! Operations of the cloud service.

use certwright::MemoryStore;
use certwright::cas::{Cas, Config};
use certwright::time::FixedClock;

use super::{Row, row};
use crate::craft::now;

pub fn rows() -> Vec<Row> {
    let cas = Cas::new(MemoryStore::default(), FixedClock(now()), Config::default());
    let call = |action: &str, parameters: &str| cas.call(action, parameters);
    let leaf = "CreateServerCertificateWithCsr";
    vec![
        row("no such operation", call("CreateTeapot", "{}")),
        row("no JSON", call(leaf, "Csr=…")),
        row("a name twice", call(leaf, r#"{"Csr": "a", "Csr": "b"}"#)),
        row("nothing that is required", call(leaf, "{}")),
        row(
            "a parameter that is none",
            call(leaf, r#"{"Csr": "a", "ParentIdentifier": "b", "Dayz": 3}"#),
        ),
        row(
            "a number that is none",
            call(leaf, r#"{"Csr": "a", "ParentIdentifier": "b", "Days": "three"}"#),
        ),
        row(
            "a CSR that is none",
            call(leaf, r#"{"Csr": "a", "ParentIdentifier": "b", "Days": 3}"#),
        ),
        row(
            "an unknown root",
            call(
                "CreateSubCACertificate",
                r#"{"ParentIdentifier": "12", "CommonName": "a", "Organization": "o", "OrganizationUnit": "u", "Locality": "l", "State": "s", "Algorithm": "ECC_256", "Years": 1}"#,
            ),
        ),
    ]
}
