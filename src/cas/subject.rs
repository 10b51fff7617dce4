//! Subjects: C, ST, L, O, OU, CN, in this order (section 1 of the operations).

use super::error::{CasError, ErrorKind};
use crate::error::{Error, quoted};
use crate::name::{Attribute, AttributeType, Name};

/// The fields of a subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) country: Option<String>,
    pub(super) state: Option<String>,
    pub(super) locality: Option<String>,
    pub(super) organization: Option<String>,
    pub(super) organization_unit: Option<String>,
    pub(super) common_name: Option<String>,
}

/// The names of the parameters that fields come from, for messages.
pub(super) struct FieldNames {
    pub(super) country: &'static str,
    pub(super) state: &'static str,
    pub(super) locality: &'static str,
    pub(super) organization: &'static str,
    pub(super) organization_unit: &'static str,
    pub(super) common_name: &'static str,
}

/// Those of leaves.
pub(super) const LEAF: FieldNames = FieldNames {
    country: "Country",
    state: "State",
    locality: "Locality",
    organization: "Organization",
    organization_unit: "OrganizationUnit",
    common_name: "CommonName",
};

/// Those of CreateCustomCertificate.
pub(super) const PASSTHROUGH: FieldNames = FieldNames {
    country: "ApiPassthrough.Subject.Country",
    state: "ApiPassthrough.Subject.State",
    locality: "ApiPassthrough.Subject.Locality",
    organization: "ApiPassthrough.Subject.Organization",
    organization_unit: "ApiPassthrough.Subject.OrganizationUnit",
    common_name: "ApiPassthrough.Subject.CommonName",
};

/// Those of CAs.
pub(super) const AUTHORITY: FieldNames = FieldNames { country: "CountryCode", ..LEAF };

/// Those of CreateCsr.
pub(super) const CSR: FieldNames = FieldNames {
    country: "CountryCode",
    state: "Province",
    locality: "Locality",
    organization: "CorpName",
    organization_unit: "Department",
    common_name: "CommonName",
};

impl Fields {
    /// The fields that the subject of a CSR asks for. A blank value asks for nothing.
    ///
    /// # Errors
    /// `InvalidParameter` for a value that is no text in its string type: what people would see in a
    /// certificate is never a dump of octets.
    pub(super) fn asked(csr: &Name) -> Result<Self, CasError> {
        let asked = |kind| asked(csr, kind);
        Ok(Self {
            country: asked(AttributeType::COUNTRY)?,
            state: asked(AttributeType::STATE_OR_PROVINCE)?,
            locality: asked(AttributeType::LOCALITY)?,
            organization: asked(AttributeType::ORGANIZATION)?,
            organization_unit: asked(AttributeType::ORGANIZATIONAL_UNIT)?,
            common_name: asked(AttributeType::COMMON_NAME)?,
        })
    }

    /// The place that a CA passes on to what it issues, as far as it is text.
    pub(super) fn of_issuer(issuer: &Name) -> Self {
        let text = |kind| asked(issuer, kind).unwrap_or_default();
        Self {
            country: text(AttributeType::COUNTRY),
            state: text(AttributeType::STATE_OR_PROVINCE),
            locality: text(AttributeType::LOCALITY),
            ..Self::default()
        }
    }

    /// The fields of a name, for people.
    pub(super) fn of(name: &Name) -> Self {
        Self {
            country: name.value(AttributeType::COUNTRY),
            state: name.value(AttributeType::STATE_OR_PROVINCE),
            locality: name.value(AttributeType::LOCALITY),
            organization: name.value(AttributeType::ORGANIZATION),
            organization_unit: name.value(AttributeType::ORGANIZATIONAL_UNIT),
            common_name: name.value(AttributeType::COMMON_NAME),
        }
    }

    /// The fields, and others where there are none.
    pub(super) fn or(self, other: Self) -> Self {
        let Self { country, state, locality, organization, organization_unit, common_name } = self;
        Self {
            country: country.or(other.country),
            state: state.or(other.state),
            locality: locality.or(other.locality),
            organization: organization.or(other.organization),
            organization_unit: organization_unit.or(other.organization_unit),
            common_name: common_name.or(other.common_name),
        }
    }

    /// The name. Lengths are those of X.520: two letters of a country, 64 of CN, O and OU, 128 of ST
    /// and L.
    pub(super) fn name(self, names: &FieldNames) -> Result<Name, CasError> {
        let Self { country, state, locality, organization, organization_unit, common_name } = self;
        let mut builder = Name::builder();
        let fields = [
            (names.country, AttributeType::COUNTRY, country, 2),
            (names.state, AttributeType::STATE_OR_PROVINCE, state, 128),
            (names.locality, AttributeType::LOCALITY, locality, 128),
            (names.organization, AttributeType::ORGANIZATION, organization, 64),
            (names.organization_unit, AttributeType::ORGANIZATIONAL_UNIT, organization_unit, 64),
            (names.common_name, AttributeType::COMMON_NAME, common_name, 64),
        ];
        for (parameter, kind, value, characters) in fields {
            let Some(value) = value else { continue };
            check(parameter, kind, &value, characters)?;
            builder = builder.attribute(kind, &value);
        }
        Ok(builder.build()?)
    }
}

/// The last, most specific value of a type that a CSR asks for.
pub(super) fn asked(csr: &Name, kind: AttributeType) -> Result<Option<String>, CasError> {
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
        if count != 2 || !value.bytes().all(|octet| octet.is_ascii_alphabetic()) {
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

/// The fields that the request of a leaf gives; requests of that kind have the same ones.
macro_rules! given_fields {
    ($request:ident, $common_name:expr) => {
        $crate::cas::subject::Fields {
            country: $request.country.clone(),
            state: $request.state.clone(),
            locality: $request.locality.clone(),
            organization: $request.organization.clone(),
            organization_unit: $request.organization_unit.clone(),
            common_name: $common_name,
        }
    };
}
pub(super) use given_fields;

/// Those that the request of a CA gives.
macro_rules! authority_fields {
    ($request:ident) => {
        $crate::cas::subject::Fields {
            country: $request.country_code.clone(),
            state: Some($request.state.clone()),
            locality: Some($request.locality.clone()),
            organization: Some($request.organization.clone()),
            organization_unit: Some($request.organization_unit.clone()),
            common_name: Some($request.common_name.clone()),
        }
    };
}
pub(super) use authority_fields;
