//! What people call a CA.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::tags::{TagParameter, check_tags, kept, resource_group};
use super::super::parameters::text::check_alias;
use super::super::session::{Run, Session};
use super::super::shelf::records::authority_document;
use super::super::shelf::token;
use crate::error::quoted;

structures! {
    /// Changes what is kept of a CA beside its certificate; what is not given stays.
    ///
    /// # Errors
    /// `NotFound`; `MissingParameter` where there is nothing to change; `InvalidParameter` and
    /// `DataTooLongException` for values out of bounds.
    UpdatePcaCertificate {
        /// The CA's identifier.
        identifier: String,
        /// A name for people, that lists show.
        alias_name: Option<String>,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// Its tags, instead of those that it has.
        tags: Vec<TagParameter>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
    }
}

impl Run for UpdatePcaCertificate {
    type Answer = ();

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let text = &self.identifier;
        let unknown = || CasError::not_found("Identifier", format!("CA {}", quoted(text)));
        let mut ca = authority_document(at.rows, text)?.ok_or_else(unknown)?;
        if self.alias_name.is_none() && self.resource_group_id.is_none() && self.tags.is_empty() {
            let message = "AliasName: missing, and so are ResourceGroupId and Tags";
            return Err(CasError::new(ErrorKind::MissingParameter, message));
        }
        let record = &mut ca.document.record;
        if let Some(alias) = &self.alias_name {
            check_alias(at.config, alias)?;
            record.alias = Some(alias.clone());
        }
        check_tags(at.config, &self.tags)?;
        if !self.tags.is_empty() {
            record.tags = kept(&self.tags);
        }
        let group = resource_group(self.resource_group_id.as_deref(), &self.tags)?;
        record.resource_group_id = group.or(record.resource_group_id.take());
        ca.document.updated = Some(at.now.unix());
        let rows = [Some(ca.replace()?), token::row(at, &())?];
        at.write(rows.into_iter().flatten(), &format!("CA {text} updated"))
    }
}
