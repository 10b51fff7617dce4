//! CAs of others: a CSR becomes an intermediate whose key stays where it is.

use super::super::csr::operations::read_csr;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::subject::{self, SubjectFields, of_csr};
use super::super::parameters::tags::{TagParameter, check_tags, kept, resource_group};
use super::super::parameters::usages::extended_key_usages;
use super::super::parameters::validity::written_validity;
use super::super::session::{Run, Session};
use super::super::shelf::records::AuthorityRecord;
use super::create::{
    CreatedAuthority, answer, check_cert_max_time, check_path_len, created_below, intermediate,
    path_len,
};
use super::parent::{self, check_csr_key, check_within};
use crate::Certificate;
use crate::issuance::Issuance;
use crate::policy::OnDenial;
use crate::time::Validity;

structures! {
    /// Makes an intermediate CA of another's CSR, whose private key stays where it is: such a CA is kept, listed,
    /// described and revoked here, and issues elsewhere. What it issues is in no ledger of this engine: who may
    /// call this can have a CA of his own.
    ///
    /// # Errors
    /// `CertificateFormatException` for a CSR that does not parse or whose signature is wrong;
    /// `InvalidParameter` for values out of bounds, a key of another family than the parent's, an end after
    /// the parent's, and a parent that may have no CA below it; `NotFound` for the parent,
    /// `InvalidStatus.UpdateProtection` when it is revoked, `CertificateExpired` when it has expired.
    CreateExternalCACertificate {
        /// The CSR in PEM. It contributes its key, and its subject where none is given; what else it asks for
        /// is left out.
        csr: String,
        /// The identifier of the CA above. The service sells instances, each of which has a CA; here the CA is
        /// the instance.
        instance_id: String,
        /// How long it is valid: `Ny`, `Nm` or `Nd` from now, `yyyy-MM-ddTHH:mm:ssZ` until then, or two such
        /// times joined by `/`. Not after the parent's end.
        validity: String,
        /// What is in its certificate.
        api_passthrough: Option<ExternalPassthrough>,
        /// The longest leaf it may issue, in days: kept for whoever asks, since it issues elsewhere.
        cert_max_time: Option<i64>,
        /// The resource group that it belongs to; else the value of the tag `acs:rm:rgId`, where there is one.
        resource_group_id: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// The content of the certificate of a CA.
    ExternalPassthrough {
        /// The extensions.
        extensions: Option<ExternalExtensions>,
        /// The subject. Where it is given, that of the CSR is ignored whole.
        subject: Option<ExternalSubject>,
    }

    /// Extensions of a CA.
    ExternalExtensions {
        /// What its leaves may be for, at most 100: any, serverAuth, clientAuth, codeSigning,
        /// emailProtection, timeStamping, OCSPSigning, or an object identifier.
        extended_key_usages: Vec<String>,
        /// How many intermediates may follow below; 0.
        path_len_constraint: Option<i64>,
    }

    /// The subject of a CA.
    ExternalSubject {
        /// The common name.
        common_name: Option<String>,
        /// Who and where it is.
        fields as ..: SubjectFields,
    }
}

impl Run for CreateExternalCACertificate {
    type Answer = CreatedAuthority;

    fn run(&self, at: &Session<'_>) -> Result<CreatedAuthority, CasError> {
        let csr = read_csr(at, &self.csr)?;
        let parent = parent::find(at, "InstanceId", &self.instance_id)?;
        check_csr_key(at, &csr, None, &parent)?;
        let validity = written_validity(&self.validity, at.now)?;
        check_within(at, "Validity", &validity, &parent)?;
        let given = self.api_passthrough.as_ref();
        let extensions = given.and_then(|given| given.extensions.as_ref());
        let place = "ApiPassthrough.Extensions.PathLenConstraint";
        let asked = extensions.and_then(|extensions| extensions.path_len_constraint);
        let path_len = path_len(at, place, asked)?;
        check_path_len(&parent, "InstanceId", place, path_len)?;
        let usages = extensions.map_or(&[][..], |extensions| &extensions.extended_key_usages);
        let place = "ApiPassthrough.Extensions.ExtendedKeyUsages";
        let usages = extended_key_usages(place, usages)?;
        let name = match given.and_then(|given| given.subject.as_ref()) {
            Some(given) => given.fields.name(given.common_name.as_deref(), &subject::AUTHORITY)?,
            None => of_csr(csr.subject())?,
        };
        // The subject of a CA is the issuer of what it issues (RFC 5280 section 4.1.2.6).
        if name.is_empty() {
            let allowed = "a subject, here or in the CSR";
            return Err(CasError::invalid("ApiPassthrough.Subject", "none", allowed));
        }
        // Whose key is elsewhere may not be taken for one above: names are how issuers and lists are found.
        if let Some(other) =
            parent.issuer.chain().certificates().find(|it| it.subject().matches(&name))
        {
            let given = format!("{name}, the name of a CA above");
            let allowed = format!("another subject than {}", other.subject());
            return Err(CasError::invalid("ApiPassthrough.Subject", given, allowed));
        }
        check_cert_max_time(self.cert_max_time)?;
        check_tags(at.config, &self.tags)?;
        let resource_group_id = resource_group(self.resource_group_id.as_deref(), &self.tags)?;

        let record = || AuthorityRecord {
            years: whole_years(validity),
            crl_day: at.config.crl_day,
            cert_max_time: self.cert_max_time,
            resource_group_id: resource_group_id.clone(),
            tags: kept(&self.tags),
            ..Default::default()
        };
        let rows = |certificate: &Certificate| created_below(at, record(), &parent, certificate);
        let policy =
            parent::policy(at, intermediate(path_len, usages)).with_on_denial(OnDenial::LeaveOut);
        let issuance = Issuance::for_request(&csr)
            .under(&policy)
            .subject(name)
            .alt_names([])
            .validity(validity)
            .with_rows(rows);
        let issued = parent::authority(at, &parent, true)?.issue(issuance)?;
        at.tell(issued.outcome().iter().cloned());
        Ok(answer(issued.identifier(), issued.chain()))
    }
}

/// The whole years of a period: CAs are described with years.
fn whole_years(validity: Validity) -> i64 {
    let (begin, end) = (validity.not_before(), validity.not_after());
    let ends_within = |years: &u32| begin.plus_months(years * 12).is_ok_and(|time| time <= end);
    (1..=9_999).take_while(ends_within).last().map_or(0, i64::from)
}
