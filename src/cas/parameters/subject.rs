//! Subjects: C, ST, L, O, OU, CN, in this order.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use crate::error::quoted;
use crate::name::{Attribute, AttributeType};
use crate::{Error, Name};

structures! {
    /// The fields of a subject, the common name apart.
    #[derive(Clone)]
    SubjectFields {
        /// The organization. Default: Alibaba Inc; in a passthrough, none.
        organization: Option<String>,
        /// The department. Default: Aliyun CDN; in a passthrough, none.
        organization_unit: Option<String>,
        /// The country, two letters. Default: of a server certificate the issuer's, of a client
        /// certificate CN; in a passthrough, none.
        country: Option<String>,
        /// The province. Default: the issuer's; in a passthrough, none.
        state: Option<String>,
        /// The city. Default: the issuer's; in a passthrough, none.
        locality: Option<String>,
    }
}

/// The names of the parameters that C, ST, L, O, OU and CN come from, for messages.
pub(crate) type Names = [&'static str; 6];

/// Those of leaves.
pub(crate) const LEAF: Names =
    ["Country", "State", "Locality", "Organization", "OrganizationUnit", "CommonName"];

/// Those of CreateCustomCertificate.
pub(crate) const PASSTHROUGH: Names = [
    "ApiPassthrough.Subject.Country",
    "ApiPassthrough.Subject.State",
    "ApiPassthrough.Subject.Locality",
    "ApiPassthrough.Subject.Organization",
    "ApiPassthrough.Subject.OrganizationUnit",
    "ApiPassthrough.Subject.CommonName",
];

/// Those of CAs.
pub(crate) const AUTHORITY: Names =
    ["CountryCode", "State", "Locality", "Organization", "OrganizationUnit", "CommonName"];

/// Those of CreateCsr.
pub(crate) const CSR: Names =
    ["CountryCode", "Province", "Locality", "CorpName", "Department", "CommonName"];

impl SubjectFields {
    /// The fields that the subject of a CSR asks for. A blank value asks for nothing.
    ///
    /// # Errors
    /// `InvalidParameter` for a value that is no text in its string type: what people would see in a
    /// certificate is never a dump of bytes.
    pub(crate) fn asked(csr: &Name) -> Result<Self, CasError> {
        Ok(Self {
            organization: asked(csr, AttributeType::ORGANIZATION)?,
            organization_unit: asked(csr, AttributeType::ORGANIZATIONAL_UNIT)?,
            country: asked(csr, AttributeType::COUNTRY)?,
            state: asked(csr, AttributeType::STATE_OR_PROVINCE)?,
            locality: asked(csr, AttributeType::LOCALITY)?,
        })
    }

    /// The place that a CA passes on to what it issues, as far as it is text.
    pub(crate) fn place_of(issuer: &Name) -> Self {
        let text = |kind| asked(issuer, kind).unwrap_or_default();
        Self {
            country: text(AttributeType::COUNTRY),
            state: text(AttributeType::STATE_OR_PROVINCE),
            locality: text(AttributeType::LOCALITY),
            ..Self::default()
        }
    }

    /// The fields, and others where there are none.
    pub(crate) fn or(self, other: Self) -> Self {
        let Self { organization, organization_unit, country, state, locality } = self;
        Self {
            organization: organization.or(other.organization),
            organization_unit: organization_unit.or(other.organization_unit),
            country: country.or(other.country),
            state: state.or(other.state),
            locality: locality.or(other.locality),
        }
    }

    /// The name with this common name. Lengths are those of X.520: two letters of a country, 64 of
    /// CN, O and OU, 128 of ST and L.
    pub(crate) fn name(&self, common_name: Option<&str>, names: &Names) -> Result<Name, CasError> {
        let Self { organization, organization_unit, country, state, locality } = self;
        let fields = [
            (AttributeType::COUNTRY, country.as_deref(), 2),
            (AttributeType::STATE_OR_PROVINCE, state.as_deref(), 128),
            (AttributeType::LOCALITY, locality.as_deref(), 128),
            (AttributeType::ORGANIZATION, organization.as_deref(), 64),
            (AttributeType::ORGANIZATIONAL_UNIT, organization_unit.as_deref(), 64),
            (AttributeType::COMMON_NAME, common_name, 64),
        ];
        let mut builder = Name::builder();
        for ((kind, value, characters), parameter) in fields.into_iter().zip(names) {
            let Some(value) = value else { continue };
            check(parameter, kind, value, characters)?;
            builder = builder.attribute(kind, value)?;
        }
        Ok(builder.build())
    }
}

/// The last, most specific value of a type that a CSR asks for.
pub(crate) fn asked(csr: &Name, kind: AttributeType) -> Result<Option<String>, CasError> {
    let last = csr.attributes().rev().find(|attribute| attribute.kind() == kind);
    let text = last.map(|attribute| {
        attribute.certifiable_text().map_err(|error| {
            CasError::invalid("Csr", format!("a subject with {kind} that is no text"), error)
        })
    });
    Ok(text.transpose()?.filter(|text| !text.trim().is_empty()))
}

fn check(
    parameter: &str,
    kind: AttributeType,
    value: &str,
    characters: usize,
) -> Result<(), CasError> {
    let count = value.chars().count();
    if kind == AttributeType::COUNTRY {
        if count != 2 || !value.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            let given = quoted(value);
            return Err(CasError::invalid(parameter, given, "two letters (ISO 3166)"));
        }
    } else if count > characters {
        let message = format!("{parameter}: given {count} characters, at most {characters}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    Attribute::new(kind, value).map(drop).map_err(|error: Error| {
        let given = quoted(value);
        CasError::invalid(parameter, given, error)
    })
}

/// The subject of a CSR, in the encodings that the engine writes.
pub(crate) fn of_csr(csr: &Name) -> Result<Name, CasError> {
    let again = |attribute: &Attribute| {
        let refuse = |error: Error| {
            let given = format!("the attribute {}", quoted(&attribute.to_string()));
            CasError::invalid("Csr", given, format!("a subject that can be written ({error})"))
        };
        let text = attribute.certifiable_text().map_err(refuse)?;
        Attribute::new(attribute.kind(), &text).map_err(refuse)
    };
    // A blank value asks for nothing.
    let asks = |attribute: &&Attribute| attribute.text().is_none_or(|text| !text.trim().is_empty());
    let mut relative: Vec<Vec<Attribute>> = Vec::new();
    for attributes in csr.relative() {
        let kept: Result<Vec<_>, CasError> = attributes.iter().filter(asks).map(again).collect();
        relative.extend(Some(kept?).filter(|kept| !kept.is_empty()));
    }
    Ok(Name::from_relative(relative)?)
}
