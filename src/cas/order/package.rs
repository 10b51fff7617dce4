//! Packages: how many orders of a product may be made.

use super::super::config::Product;
use super::super::error::{CasError, ErrorKind};
use super::super::records::Kept;
use super::super::structures::structures;
use super::super::{Cas, Operator};
use super::document::{PackageDocument, package_writes};
use crate::error::quoted;
use crate::ledger::{AuditAction, Write};

structures! {
    /// What AddPackage takes. Only this engine has it: the service sells packages.
    AddPackageRequest {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
        /// How many orders are bought; 1 or more.
        count: i64,
    }

    /// What AddPackage answers.
    AddPackageResponse {
        /// The product.
        product_code: String,
        /// How many orders were bought in all.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What DescribePackageState takes (section 5).
    DescribePackageStateRequest {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
    }

    /// What DescribePackageState answers (section 5).
    DescribePackageStateResponse {
        /// The product.
        product_code: String,
        /// How many orders were bought.
        total_count: i64,
        /// How many were used: each order that was created counts until it is deleted.
        used_count: i64,
        /// How many certificates were issued.
        issued_count: i64,
        /// The request's identifier.
        request_id: String,
    }
}

impl Operator<'_> {
    /// Buys orders of a product. Only this engine has it: the service sells packages.
    ///
    /// # Errors
    /// `InvalidParameter` for another product than those of the catalogue, and a count that is not
    /// positive or makes too many.
    pub fn add_package(&self, product: &str, count: i64) -> Result<AddPackageResponse, CasError> {
        let product_code = Some(product.to_owned());
        self.cas.add_package_operation(&AddPackageRequest { product_code, count })
    }
}

impl Cas {
    pub(in super::super) fn add_package_operation(
        &self,
        request: &AddPackageRequest,
    ) -> Result<AddPackageResponse, CasError> {
        self.operate(|request_id| {
            let code = self.product(request.product_code.as_deref())?.code.clone();
            let AddPackageRequest { count, .. } = *request;
            let kept = self.package(&code)?;
            let before = kept.as_ref().map_or(0, |kept| kept.document.total);
            let total = before.checked_add(count).filter(|_| count > 0);
            let total = total.ok_or_else(|| {
                let most = i64::MAX - before;
                CasError::invalid("Count", count, format!("1 to {most}"))
            })?;
            let writes = match kept {
                Some(mut kept) => {
                    kept.document.total = total;
                    vec![kept.replace()?]
                }
                None => {
                    let product_code = code.clone();
                    package_writes(&PackageDocument { product_code, total, used: 0 })?
                }
            };
            let detail = format!("package of {count} {code}");
            self.write(writes, AuditAction::Recorded, detail)?;
            Ok(AddPackageResponse { product_code: code, total_count: total, request_id })
        })
    }

    /// Shows how many orders of a product were bought, used and issued (section 5).
    ///
    /// # Errors
    /// `InvalidParameter` for another product than those of the catalogue; `NotFoundPackage` where
    /// none was bought.
    pub fn describe_package_state(
        &self,
        request: &DescribePackageStateRequest,
    ) -> Result<DescribePackageStateResponse, CasError> {
        self.operate(|request_id| {
            let code = self.product(request.product_code.as_deref())?.code.clone();
            let PackageDocument { product_code, total, used } = self.bought(&code)?.document;
            Ok(DescribePackageStateResponse {
                issued_count: self.package_issued(&code)?,
                product_code,
                total_count: total,
                used_count: used,
                request_id,
            })
        })
    }

    /// The product that a ProductCode means.
    pub(super) fn product(&self, code: Option<&str>) -> Result<&Product, CasError> {
        let code = code.unwrap_or(&self.config.default_product);
        let products = &self.config.products;
        products.iter().find(|product| product.code == code).ok_or_else(|| {
            let codes: Vec<&str> = products.iter().map(|product| product.code.as_str()).collect();
            CasError::invalid("ProductCode", quoted(code), codes.join(", "))
        })
    }

    /// What uses one order of a product up.
    pub(super) fn use_package_write(&self, code: &str) -> Result<Write, CasError> {
        let mut kept = self.bought(code)?;
        let PackageDocument { total, used, .. } = &mut kept.document;
        if *used >= *total {
            let message = format!("ProductCode: all {total} orders of {code} are used");
            return Err(CasError::new(ErrorKind::NotRemainCount, message));
        }
        *used += 1;
        kept.replace()
    }

    /// What gives one back.
    pub(super) fn return_package_write(&self, code: &str) -> Result<Write, CasError> {
        let mut kept = self.bought(code)?;
        if kept.document.used < 1 {
            let message = format!("the record of the package {code}: no order of it is used");
            return Err(CasError::new(ErrorKind::Other, message));
        }
        kept.document.used -= 1;
        kept.replace()
    }

    fn bought(&self, code: &str) -> Result<Kept<PackageDocument>, CasError> {
        self.package(code)?.ok_or_else(|| {
            let message = format!("ProductCode: no package of {code} was bought");
            CasError::new(ErrorKind::NotFoundPackage, message)
        })
    }
}
