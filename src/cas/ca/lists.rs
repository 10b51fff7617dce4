//! Lists of CAs beside that of DescribeCACertificateList.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::list::{List, PageAsked, TokenPage, count, part};
use super::super::session::{Run, Session};
use super::super::shelf::records::authority_documents;
use super::describe::{DescribedAuthority, described, kept_authority};
use crate::name::AttributeType;

structures! {
    /// Lists CAs, own and others', the earliest first. This engine keeps no CAs of others.
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    DescribePcaAndExternalCACertificateList {
        /// The page, of 50 unless ShowSize says otherwise.
        page as ..: PageAsked,
        /// Only those with these identifiers, separated by commas.
        identifiers: Option<String>,
        /// Only those with this text in their common name or organization.
        key_word: Option<String>,
    }

    /// Lists CAs shortly, the earliest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a part out of bounds.
    ListPcaCaCertificate {
        /// CAs at most; 20.
        max_results: Option<i64>,
        /// What an earlier answer had as its NextToken.
        next_token: Option<String>,
    }

    /// CAs.
    ListedPcas {
        /// The CAs.
        list: Vec<ListedPca>,
        /// CAs at most.
        max_results: i64,
        /// What asks for the next part; none after the last.
        next_token: Option<String>,
        /// How many there are.
        total_count: i64,
    }

    /// A CA, shortly.
    ListedPca {
        /// Its identifier.
        cert_identifier: String,
        /// The common name.
        common_name: Option<String>,
        /// The identifier of the CA above; of a root, its own.
        issuer_identifier: String,
        /// ISSUE or REVOKE.
        status: String,
    }
}

impl Run for DescribePcaAndExternalCACertificateList {
    type Answer = List<DescribedAuthority>;

    fn run(&self, at: &Session<'_>) -> Result<List<DescribedAuthority>, CasError> {
        let named = |identifier: &str| match &self.identifiers {
            Some(list) => list.split(',').any(|item| item.trim() == identifier),
            None => true,
        };
        let mut wanted = Vec::new();
        for document in authority_documents(at.rows)? {
            let record = document.record;
            if named(&record.identifier)
                && has_word(at, &record.identifier, self.key_word.as_deref())?
            {
                wanted.push(record);
            }
        }
        let show_size = self.page.show_size.or(Some(at.config.page_size));
        let page = PageAsked { show_size, ..self.page };
        List::page(&wanted, page, at.config, |record| described(at, record).map(Some))
    }
}

impl Run for ListPcaCaCertificate {
    type Answer = ListedPcas;

    fn run(&self, at: &Session<'_>) -> Result<ListedPcas, CasError> {
        let all = authority_documents(at.rows)?;
        let total_count = count(all.len());
        let (max_results, next_token) = (self.max_results, self.next_token.clone());
        let asked = TokenPage { page: PageAsked::default(), max_results, next_token };
        let part = part(all, &asked, at.config)?;
        let listed = part.items.into_iter().map(|document| {
            let record = document.record;
            let chain = kept_authority(at, &record.identifier)?.chain;
            Ok(ListedPca {
                common_name: chain.leaf().subject().value(AttributeType::COMMON_NAME),
                issuer_identifier: record.parent_identifier.unwrap_or(record.identifier.clone()),
                cert_identifier: record.identifier,
                status: record.status,
            })
        });
        Ok(ListedPcas {
            list: listed.collect::<Result<_, CasError>>()?,
            max_results: part.show_size,
            next_token: part.next_token,
            total_count,
        })
    }
}

fn has_word(at: &Session<'_>, identifier: &str, word: Option<&str>) -> Result<bool, CasError> {
    let Some(word) = word else { return Ok(true) };
    let chain = kept_authority(at, identifier)?.chain;
    let kinds = [AttributeType::COMMON_NAME, AttributeType::ORGANIZATION];
    let mut values = kinds.into_iter().filter_map(|kind| chain.leaf().subject().value(kind));
    Ok(values.any(|value| value.contains(word)))
}
