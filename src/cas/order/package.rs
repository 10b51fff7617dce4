//! Packages: how many orders of a product may be made.

use super::super::config::{Config, Product};
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::session::{Run, Session};
use super::super::shelf::records::Kept;
use super::document::{Package, package, package_issued, package_rows};
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
        /// What is kept of them.
        package as ..: Package,
        /// How many certificates were issued.
        issued_count: i64,
    }
}

impl Run for AddPackage {
    type Answer = DescribedPackage;

    fn run(&self, at: &Session<'_>) -> Result<DescribedPackage, CasError> {
        let code = &product(at.config, self.product_code.as_deref())?.code;
        let (count, kept) = (self.count, package(at.rows, code)?);
        let earlier = kept.as_ref().map(|kept| &kept.document);
        let (before, used_count) =
            earlier.map_or((0, 0), |package| (package.total_count, package.used_count));
        let total_count = before.checked_add(count).filter(|_| count > 0).ok_or_else(|| {
            let most = i64::MAX - before;
            CasError::invalid("Count", count, format!("1 to {most}"))
        })?;
        let package = Package { product_code: code.clone(), total_count, used_count };
        let (rows, issued_count) = match kept {
            Some(mut kept) => {
                kept.document.total_count = total_count;
                (vec![kept.replace()?], package_issued(at.rows, code)?)
            }
            None => (package_rows(at.rows, &package)?, 0),
        };
        at.write(rows, &format!("package of {count} {code}"))?;
        Ok(DescribedPackage { package, issued_count })
    }
}

impl Run for DescribePackageState {
    type Answer = DescribedPackage;

    fn run(&self, at: &Session<'_>) -> Result<DescribedPackage, CasError> {
        let code = &product(at.config, self.product_code.as_deref())?.code;
        let package = bought(at, code)?.document;
        Ok(DescribedPackage { package, issued_count: package_issued(at.rows, code)? })
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
    let Package { total_count: total, used_count: used, .. } = &mut kept.document;
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
    if kept.document.used_count < 1 {
        let message = format!("the record of the package {code}: no order of it is used");
        return Err(CasError::new(ErrorKind::Other, message));
    }
    kept.document.used_count -= 1;
    Ok(kept.replace()?)
}

fn bought(at: &Session<'_>, code: &str) -> Result<Kept<Package>, CasError> {
    package(at.rows, code)?.ok_or_else(|| {
        let message = format!("ProductCode: no package of {code} was bought");
        CasError::new(ErrorKind::NotFoundPackage, message)
    })
}
