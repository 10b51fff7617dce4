//! Resource groups.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::tags::resource_group;
use super::super::session::{Run, Session};
use super::find::{check_type, resource};

structures! {
    /// Puts a CA or a leaf into another resource group.
    ///
    /// # Errors
    /// `NotFound`; `InvalidParameter` for an order, whose group is the value of its tag `acs:rm:rgId`.
    MoveResourceGroup {
        /// The identifier of the CA or leaf.
        resource_id: String,
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// The resource group.
        resource_group_id: String,
    }
}

impl Run for MoveResourceGroup {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        check_type(&self.resource_type)?;
        let mut found = resource(at, &self.resource_id)?;
        let group = resource_group(Some(&self.resource_group_id), &[])?;
        let order = || {
            let allowed = "a CA or a leaf; an order's group is its tag acs:rm:rgId (TagResources)";
            CasError::invalid("ResourceId", "an order", allowed)
        };
        *found.group_mut().ok_or_else(order)? = group;
        let detail = format!("{} moved to {}", self.resource_id, self.resource_group_id);
        at.write([found.replace()?], &detail)
    }
}
