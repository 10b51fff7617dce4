//! Lists of tags.

use std::collections::BTreeMap;

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::list::{PageAsked, TokenPage, count, part};
use super::super::parameters::tags::{AnsweredTag, TagParameter};
use super::super::session::{Named, Run, Session};
use super::find::{INSTANCE, check_type, resource, tagged};

structures! {
    /// Which tags are asked for.
    TagsAsked {
        /// Only those of these resources.
        resource_id: Vec<String>,
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// Only those of resources that have all of these: a key, with its value where that is given.
        tag: Vec<TagParameter>,
        /// Tags at most; 20.
        max_results: Option<i64>,
        /// What an earlier answer had as its NextToken.
        next_token: Option<String>,
    }

    /// Lists tags of CAs, leaves and orders.
    ///
    /// # Errors
    /// `NotFound` for a resource; `InvalidParameter` for a page out of bounds.
    ListTagResources {
        /// Which.
        asked as ..: TagsAsked,
    }

    /// As [`ListTagResources`], which the older version of the service answers in another form.
    ///
    /// # Errors
    /// As [`ListTagResources`].
    ListTagResources20200407 {
        /// Which.
        asked as ..: TagsAsked,
    }

    /// A tag of a resource.
    TagOfResource {
        /// The resource.
        resource_id: String,
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// The tag.
        tag as ..: AnsweredTag,
    }

    /// Tags of resources.
    TagsOfResources {
        /// Tags at most.
        max_results: i64,
        /// What asks for the next part; none after the last.
        next_token: Option<String>,
        /// The tags.
        tag_resources: TagResourceList,
    }

    /// Their list.
    TagResourceList {
        /// The tags.
        tag_resources: Vec<TagOfResource>,
    }

    /// Tags of resources, as the older version answers them.
    TagsOfResources20200407 {
        /// Tags at most.
        max_results: i64,
        /// What asks for the next part; none after the last.
        next_token: Option<String>,
        /// The tags.
        tag_resources: TagResourceList20200407,
    }

    /// Their list.
    TagResourceList20200407 {
        /// The tags.
        tag_resource: Vec<TagOfResource>,
    }

    /// Lists the keys of tags, and how many resources have each.
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    ListTagKeys {
        /// instance or PcaCertificate, which mean the same.
        resource_type: String,
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Keys of a page; 20.
        page_size: Option<i64>,
        /// Keys at most, instead of PageSize.
        max_results: Option<i64>,
        /// What an earlier answer had as its NextToken, instead of CurrentPage.
        next_token: Option<String>,
    }

    /// The keys of tags.
    ListedTagKeys {
        /// The page.
        current_page: i64,
        /// Keys of a page.
        page_size: i64,
        /// Keys of a page.
        max_results: i64,
        /// What asks for the next part; none after the last.
        next_token: Option<String>,
        /// The keys.
        tag_keys: Vec<CountedTagKey>,
        /// How many there are.
        total_count: i64,
    }

    /// A key of tags.
    CountedTagKey {
        /// How many resources have it.
        tag_count: i64,
        /// The key.
        tag_key: String,
    }
}

impl Run for ListTagResources {
    type Answer = TagsOfResources;

    const ANSWER: Named = Some(("Data", "The tags."));

    fn run(&self, at: &Session<'_>) -> Result<TagsOfResources, CasError> {
        let (tag_resources, max_results, next_token) = self.asked.listed(at)?;
        let tag_resources = TagResourceList { tag_resources };
        Ok(TagsOfResources { max_results, next_token, tag_resources })
    }
}

impl Run for ListTagResources20200407 {
    type Answer = TagsOfResources20200407;

    fn run(&self, at: &Session<'_>) -> Result<TagsOfResources20200407, CasError> {
        let (tag_resource, max_results, next_token) = self.asked.listed(at)?;
        let tag_resources = TagResourceList20200407 { tag_resource };
        Ok(TagsOfResources20200407 { max_results, next_token, tag_resources })
    }
}

impl Run for ListTagKeys {
    type Answer = ListedTagKeys;

    fn run(&self, at: &Session<'_>) -> Result<ListedTagKeys, CasError> {
        check_type(&self.resource_type)?;
        let mut counted: BTreeMap<String, i64> = BTreeMap::new();
        for AnsweredTag { tag_key, .. } in tagged(at)?.into_iter().flat_map(|(_, tags)| tags) {
            *counted.entry(tag_key).or_default() += 1;
        }
        let keys: Vec<CountedTagKey> = counted
            .into_iter()
            .map(|(tag_key, tag_count)| CountedTagKey { tag_count, tag_key })
            .collect();
        let total_count = count(keys.len());
        let page = PageAsked { current_page: self.current_page, show_size: self.page_size };
        let (max_results, next_token) = (self.max_results, self.next_token.clone());
        let asked = TokenPage { page, max_results, next_token };
        let part = part(keys, &asked, at.config)?;
        Ok(ListedTagKeys {
            current_page: part.current_page,
            page_size: part.show_size,
            max_results: part.show_size,
            next_token: part.next_token,
            tag_keys: part.items,
            total_count,
        })
    }
}

impl TagsAsked {
    fn listed(
        &self,
        at: &Session<'_>,
    ) -> Result<(Vec<TagOfResource>, i64, Option<String>), CasError> {
        check_type(&self.resource_type)?;
        let all = if self.resource_id.is_empty() {
            tagged(at)?
        } else {
            let tags = |text: &String| Ok((text.clone(), resource(at, text)?.tags().clone()));
            self.resource_id.iter().map(tags).collect::<Result<Vec<_>, CasError>>()?
        };
        let has = |tags: &[AnsweredTag], wanted: &TagParameter| {
            tags.iter().any(|tag| {
                let same = wanted.value.is_none() || tag.tag_value == wanted.value;
                tag.tag_key == wanted.key && same
            })
        };
        let listed = all
            .into_iter()
            .filter(|(_, tags)| self.tag.iter().all(|wanted| has(tags, wanted)))
            .flat_map(|(resource_id, tags)| {
                tags.into_iter().map(move |tag| TagOfResource {
                    resource_id: resource_id.clone(),
                    resource_type: INSTANCE.to_owned(),
                    tag,
                })
            });
        let (max_results, next_token) = (self.max_results, self.next_token.clone());
        let asked = TokenPage { page: PageAsked::default(), max_results, next_token };
        let part = part(listed.collect(), &asked, at.config)?;
        Ok((part.items, part.show_size, part.next_token))
    }
}
