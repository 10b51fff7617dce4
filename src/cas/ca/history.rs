//! What became of a CA, and where its CRL is.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::validity::days;
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{AuthorityDocument, Kept, authority_document};
use super::describe::{kept_authority, kind_of};
use super::parent::published_crl;
use crate::error::quoted;

structures! {
    /// Lists what was done with a CA, the earliest first.
    ///
    /// # Errors
    /// `NotFound`.
    ListCACertificateLog {
        /// The CA's identifier.
        identifier: String,
    }

    /// Something that was done with a CA. Who did it, and all else, is in the audit log.
    LoggedStep {
        /// What was done.
        content: String,
        /// When, in milliseconds since 1970.
        create_time: i64,
        /// The CA's identifier.
        identifier: String,
        /// ADD: it was created; UPDATE: it was changed or revoked.
        op_type: String,
    }

    /// Says where the CRL of a CA is: the complete one, also where there are deltas.
    ///
    /// # Errors
    /// `NotFound`.
    GetCaInstanceCrlAddress {
        /// The CA's identifier.
        ca_identifier: String,
    }

    /// Where the CRL of a CA is.
    CrlAddress {
        /// ISSUE or REVOKE.
        ca_instance_status: String,
        /// ROOT or SUB_ROOT.
        ca_type: String,
        /// Where its CRL is published, if it is.
        crl_url: Option<String>,
        /// What changes with every CRL: the number of the last complete one; 0 where there is none.
        hash_code: String,
        /// nextUpdate of its last complete CRL, in milliseconds since 1970.
        next_update_time: Option<i64>,
    }
}

impl Run for ListCACertificateLog {
    type Answer = Vec<LoggedStep>;

    const ANSWER: Named = Some(("LogList", "What was done."));

    fn run(&self, at: &Session<'_>) -> Result<Vec<LoggedStep>, CasError> {
        let AuthorityDocument { record, created, revoked, updated } =
            found(at, "Identifier", &self.identifier)?.document;
        let step = |content: &str, op_type: &str, at: i64| LoggedStep {
            content: content.to_owned(),
            create_time: at.saturating_mul(1_000),
            identifier: record.identifier.clone(),
            op_type: op_type.to_owned(),
        };
        let mut steps = vec![step("created", "ADD", created)];
        steps.extend(updated.map(|at| step("alias, resource group or tags changed", "UPDATE", at)));
        steps.extend(revoked.map(|at| step("revoked", "UPDATE", at)));
        steps.sort_by_key(|step| step.create_time);
        Ok(steps)
    }
}

impl Run for GetCaInstanceCrlAddress {
    type Answer = CrlAddress;

    fn run(&self, at: &Session<'_>) -> Result<CrlAddress, CasError> {
        let record = found(at, "CaIdentifier", &self.ca_identifier)?.document.record;
        let digest = kept_authority(at, &record.identifier)?.digest();
        let full = at.ledger.crl_state(&digest, 0)?.full;
        let next = full.map(|(_, dated)| dated.plus(days(record.crl_day))).transpose()?;
        Ok(CrlAddress {
            ca_type: kind_of(&record).to_owned(),
            crl_url: published_crl(at, &record)?,
            hash_code: full.map_or(0, |(number, _)| number).to_string(),
            next_update_time: next.map(|next| next.unix().saturating_mul(1_000)),
            ca_instance_status: record.status,
        })
    }
}

fn found(at: &Session<'_>, name: &str, text: &str) -> Result<Kept<AuthorityDocument>, CasError> {
    let unknown = || CasError::not_found(name, format!("CA {}", quoted(text)));
    authority_document(at.rows, text)?.ok_or_else(unknown)
}
