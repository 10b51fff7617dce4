//! Packages: how many orders of a product may be made.

use super::super::config::{Config, Product};
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::session::{Run, Session};
use super::super::shelf::records::Kept;
use super::document::{PackageDocument, package, package_issued, package_rows};
use crate::error::quoted;
use crate::ledger::Row;

structures! {
    /// Buys orders of a product. Only this engine has it: the service sells packages.
    ///
    /// # Errors
    /// `InvalidParameter` for another product than those of the catalogue, and a count that is not
    /// positive or makes too many.
    AddPackage {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
        /// How many orders are bought; 1 or more.
        count: i64,
    }

    /// The packages of a product, after one was bought.
    AddedPackage {
        /// The product.
        product_code: String,
        /// How many orders were bought in all.
        total_count: i64,
    }

    /// Shows how many orders of a product were bought, used and issued.
    ///
    /// # Errors
    /// `InvalidParameter` for another product than those of the catalogue; `NotFoundPackage` where
    /// none was bought.
    DescribePackageState {
        /// The product; digicert-free-1-free.
        product_code: Option<String>,
    }

    /// The packages of a product.
    DescribedPackage {
        /// The product.
        product_code: String,
        /// How many orders were bought.
        total_count: i64,
        /// How many were used: each order that was created counts until it is deleted.
        used_count: i64,
        /// How many certificates were issued.
        issued_count: i64,
    }
}

impl Run for AddPackage {
    type Answer = AddedPackage;

    fn run(&self, at: &Session<'_>) -> Result<AddedPackage, CasError> {
        let code = &product(at.config, self.product_code.as_deref())?.code;
        let (count, kept) = (self.count, package(at.rows, code)?);
        let before = kept.as_ref().map_or(0, |kept| kept.document.total);
        let total_count = before.checked_add(count).filter(|_| count > 0).ok_or_else(|| {
            let most = i64::MAX - before;
            CasError::invalid("Count", count, format!("1 to {most}"))
        })?;
        let product_code = code.clone();
        let rows = match kept {
            Some(mut kept) => {
                kept.document.total = total_count;
                vec![kept.replace()?]
            }
            None => {
                let product_code = product_code.clone();
                let package = PackageDocument { product_code, total: total_count, used: 0 };
                package_rows(at.rows, &package)?
            }
        };
        at.write(rows, &format!("package of {count} {code}"))?;
        Ok(AddedPackage { product_code, total_count })
    }
}

impl Run for DescribePackageState {
    type Answer = DescribedPackage;

    fn run(&self, at: &Session<'_>) -> Result<DescribedPackage, CasError> {
        let code = &product(at.config, self.product_code.as_deref())?.code;
        let PackageDocument { product_code, total, used } = bought(at, code)?.document;
        Ok(DescribedPackage {
            issued_count: package_issued(at.rows, code)?,
            product_code,
            total_count: total,
            used_count: used,
        })
    }
}

/// The product that a ProductCode means.
pub(super) fn product<'c>(config: &'c Config, code: Option<&str>) -> Result<&'c Product, CasError> {
    let code = code.unwrap_or(&config.default_product);
    let products = &config.products;
    products.iter().find(|product| product.code == code).ok_or_else(|| {
        let codes: Vec<&str> = products.iter().map(|product| product.code.as_str()).collect();
        CasError::invalid("ProductCode", quoted(code), codes.join(", "))
    })
}

/// What uses one order of a product up.
pub(super) fn use_package_row(at: &Session<'_>, code: &str) -> Result<Row, CasError> {
    let mut kept = bought(at, code)?;
    let PackageDocument { total, used, .. } = &mut kept.document;
    if *used >= *total {
        let message = format!("ProductCode: all {total} orders of {code} are used");
        return Err(CasError::new(ErrorKind::NotRemainCount, message));
    }
    *used += 1;
    Ok(kept.replace()?)
}

/// What gives one back.
pub(super) fn return_package_row(at: &Session<'_>, code: &str) -> Result<Row, CasError> {
    let mut kept = bought(at, code)?;
    if kept.document.used < 1 {
        let message = format!("the record of the package {code}: no order of it is used");
        return Err(CasError::new(ErrorKind::Other, message));
    }
    kept.document.used -= 1;
    Ok(kept.replace()?)
}

fn bought(at: &Session<'_>, code: &str) -> Result<Kept<PackageDocument>, CasError> {
    package(at.rows, code)?.ok_or_else(|| {
        let message = format!("ProductCode: no package of {code} was bought");
        CasError::new(ErrorKind::NotFoundPackage, message)
    })
}
