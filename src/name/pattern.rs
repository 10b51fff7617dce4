//! What policies allow of names that constraints have no rule for: URIs by scheme, host and path, and
//! user principal names by domain.

use std::fmt;

use super::dns::DnsName;
use super::other::OtherName;
use super::uri::Uri;
use crate::error::{Error, quoted};

/// URIs of one scheme and one host, or all hosts below it, and one path, or all paths below it.
///
/// It matches what is plainly a name: the scheme and the host compare in any case, the path byte by byte.
/// A URI with user information, a port, a query, a fragment, a percent sign, an empty segment or one of
/// dots matches nothing, so that no two readers take it for different resources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UriPattern {
    /// In lower case.
    scheme: String,
    /// In lower case; behind a dot it stands for the hosts below.
    host: String,
    /// Of the path.
    segments: Vec<String>,
    /// Whether one or more further segments follow.
    open: bool,
}

impl UriPattern {
    /// Reads `scheme://host`, `scheme://host/path` or `scheme://host/path/*`; the host may stand behind a
    /// dot.
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let malformed = |problem: &str| Error::malformed("URI pattern", quoted(text), problem);
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| malformed("not of the form scheme://host/path"))?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !is_scheme {
            return Err(malformed("the scheme is not a letter followed by letters, digits, + - ."));
        }
        let (host, path) = rest.split_once('/').map_or((rest, None), |(h, path)| (h, Some(path)));
        if host.contains('*') {
            return Err(malformed("a wildcard in the host; write a leading dot"));
        }
        if host.contains(['@', ':', '?', '#', '%']) {
            return Err(malformed(
                "more than a host name before the path: such URIs are allowed one by one (allow_name)",
            ));
        }
        let (dot, bare) = host.strip_prefix('.').map_or(("", host), |bare| (".", bare));
        let bare = DnsName::new(bare).map_err(|error| {
            malformed(&format!("the host is not a DNS name: {}", error.problem()))
        })?;
        let (path, open) = match path {
            None => (None, false),
            Some("*") => (None, true),
            Some(path) => {
                path.strip_suffix("/*").map_or((Some(path), false), |path| (Some(path), true))
            }
        };
        let segments = path.map_or(Some(Vec::new()), segments).ok_or_else(|| {
            malformed(
                "the path has an empty segment, one of dots, or a character other than those of RFC \
                 3986's segments without %; `*` is the last segment only",
            )
        })?;
        let segments = segments.into_iter().map(str::to_owned).collect();
        let scheme = scheme.to_ascii_lowercase();
        Ok(Self { scheme, host: format!("{dot}{bare}"), segments, open })
    }

    /// Whether the URI is one of these. What is not understood is none.
    pub(crate) fn permits(&self, uri: &Uri) -> bool {
        let Some((scheme, rest)) = uri.as_str().split_once("://") else { return false };
        let (host, path) = rest.split_once('/').map_or((rest, None), |(h, path)| (h, Some(path)));
        let host_matches = match self.host.strip_prefix('.') {
            Some(_) => host.to_ascii_lowercase().strip_suffix(&self.host).is_some_and(is_labels),
            None => host.eq_ignore_ascii_case(&self.host),
        };
        // The name that the URI's own reader found, so that there are not two opinions of it.
        if !scheme.eq_ignore_ascii_case(&self.scheme)
            || !host_matches
            || !uri.named_host().is_some_and(|read| read.eq_ignore_ascii_case(host))
        {
            return false;
        }
        let Some(segments) = path.map_or(Some(Vec::new()), segments) else { return false };
        let begins = segments.iter().zip(&self.segments).all(|(given, allowed)| given == allowed);
        begins
            && match self.open {
                true => segments.len() > self.segments.len(),
                false => segments.len() == self.segments.len(),
            }
    }
}

/// What is left of a host before the pattern's dot: labels.
fn is_labels(text: &str) -> bool {
    DnsName::read(text).is_ok_and(|name| !name.is_wildcard())
}

/// The segments of a path without its first slash, if each is one that every reader takes for itself.
fn segments(path: &str) -> Option<Vec<&str>> {
    let is_plain = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()+,;=:@".contains(&b))
    };
    let segments: Vec<&str> = path.split('/').collect();
    segments.iter().all(|segment| is_plain(segment)).then_some(segments)
}

impl fmt::Display for UriPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, segments, open } = self;
        write!(f, "URI:{scheme}://{host}")?;
        segments.iter().try_for_each(|segment| write!(f, "/{segment}"))?;
        f.write_str(if *open { "/*" } else { "" })
    }
}

/// User principal names: one, or all of a domain, or of all domains below it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UpnPattern {
    /// Any, where it is empty.
    user: String,
    /// Behind a dot it stands for the domains below.
    domain: String,
}

impl UpnPattern {
    /// Reads `user@domain`, `@domain` or `@.domain`.
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let malformed = |problem: &str| Error::malformed("UPN pattern", quoted(text), problem);
        let (user, domain) = text
            .split_once('@')
            .ok_or_else(|| malformed("not of the form user@domain, @domain or @.domain"))?;
        if user.contains('*') || domain.contains('*') {
            return Err(malformed("a wildcard; write @domain, or @.domain for the domains below"));
        }
        match user.is_empty() {
            true => {
                let bare = domain.strip_prefix('.').unwrap_or(domain);
                let name = DnsName::new(bare);
                name.map_err(|error| {
                    malformed(&format!("the domain is no DNS name: {}", error.problem()))
                })?;
            }
            false => drop(OtherName::upn(text)?),
        }
        Ok(Self { user: user.to_owned(), domain: domain.to_ascii_lowercase() })
    }

    /// Whether it is a user principal name, and one of these.
    pub(crate) fn permits(&self, name: &OtherName) -> bool {
        let Some((user, domain)) = name.user_and_domain() else { return false };
        let domain = domain.to_ascii_lowercase();
        let in_domain = match self.domain.starts_with('.') {
            true => domain.strip_suffix(&self.domain).is_some_and(is_labels),
            false => domain == self.domain,
        };
        in_domain && (self.user.is_empty() || self.user == user)
    }
}

impl fmt::Display for UpnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "otherName:UPN:{}@{}", self.user, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, allowed: &[&str], denied: &[&str]) {
        let of = UriPattern::new(pattern).unwrap();
        let permits = |text: &&str| Uri::new(text).is_ok_and(|uri| of.permits(&uri));
        for text in allowed {
            assert!(permits(text), "{pattern} {text}");
        }
        for text in denied {
            assert!(!permits(text), "{pattern} {text}");
        }
    }

    #[test]
    fn uris_by_scheme_host_and_path() {
        check(
            "spiffe://prod.example/*",
            &[
                "spiffe://prod.example/web",
                "spiffe://prod.example/ns/a/sa/b",
                "SPIFFE://Prod.Example/a",
            ],
            &[
                "spiffe://prod.example",
                "spiffe://prod.example/",
                "spiffe://prod.example//a",
                "spiffe://prod.example/a/",
                "spiffe://prod.example/a//b",
                "spiffe://prod.example/../a",
                "spiffe://prod.example/a/..",
                "spiffe://prod.example/./a",
                "spiffe://prod.example/%2e%2e/a",
                "spiffe://prod.example/a%2fb",
                "spiffe://prod.example/%61",
                "spiffe://prod.example/a?b",
                "spiffe://prod.example/a#b",
                "spiffe://prod.example/a?b=/c",
                "spiffe://prod.example:443/a",
                "spiffe://prod.example:/a",
                "spiffe://u@prod.example/a",
                "spiffe://prod.example@evil.example/a",
                "spiffe://evil.example/@prod.example/a",
                "spiffe://evil.example#@prod.example/a",
                "spiffe://evil.example?prod.example/a",
                "spiffe://prod.example.evil.example/a",
                "spiffe://xprod.example/a",
                "spiffe://a.prod.example/a",
                "spiffe:///a",
                "spiffe:/prod.example/a",
                "spiffe:prod.example/a",
                "https://prod.example/a",
                "xspiffe://prod.example/a",
            ],
        );
        check(
            "https://.Example.com/api/v1/*",
            &["https://a.example.com/api/v1/x", "https://B.A.example.com/api/v1/x/y"],
            &[
                "https://example.com/api/v1/x",
                "https://a.example.com/api/v1",
                "https://a.example.com/api/v1x/y",
                "https://a.example.com/API/v1/x",
                "https://a.example.com/api/v1/../../x",
                "https://aexample.com/api/v1/x",
            ],
        );
        check(
            "spiffe://prod.example/ns/web",
            &["spiffe://prod.example/ns/web"],
            &[
                "spiffe://prod.example/ns/web/a",
                "spiffe://prod.example/ns",
                "spiffe://prod.example/ns/Web",
            ],
        );
        check(
            "spiffe://my_domain",
            &["spiffe://my_domain"],
            &["spiffe://my_domain/", "spiffe://my_domain/a"],
        );
    }

    #[test]
    fn wrong_patterns_are_refused_where_they_are_given() {
        for wrong in [
            "",
            "*",
            "spiffe",
            "spiffe:",
            "spiffe:prod.example",
            "spiffe://",
            "spiffe:///a",
            "://prod.example",
            "1a://prod.example/*",
            "*://prod.example/*",
            "spiffe://*/a",
            "spiffe://*.prod.example/a",
            "spiffe://prod.example:443/*",
            "spiffe://u@prod.example/*",
            "spiffe://prod.example?a",
            "spiffe://prod.example/",
            "spiffe://prod.example/a/",
            "spiffe://prod.example/*/a",
            "spiffe://prod.example/a*",
            "spiffe://prod.example/**",
            "spiffe://prod.example//*",
            "spiffe://prod.example/../*",
            "spiffe://prod.example/%61/*",
            "spiffe://prod.example/a?b",
            "spiffe://10.0.0.1/*",
            "spiffe://[::1]/*",
            "spiffe://prod..example/*",
        ] {
            assert!(UriPattern::new(wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "",
            "tom",
            "@",
            "*@corp.example",
            "@*.corp.example",
            "tom@.corp.example",
            "@a@b",
            "@a b",
        ] {
            assert!(UpnPattern::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn user_principal_names_by_domain() {
        let permits = |pattern: &str, name: &str| {
            UpnPattern::new(pattern).unwrap().permits(&OtherName::upn(name).unwrap())
        };
        for (pattern, allowed, denied) in [
            ("@corp.example", "tom@Corp.Example", "tom@a.corp.example"),
            ("@corp.example", "a.b@corp.example", "tom@xcorp.example"),
            ("@Corp.example", "tom@corp.example", "tom@corp.example.evil.example"),
            ("@.corp.example", "tom@a.corp.example", "tom@corp.example"),
            ("tom@corp.example", "tom@corp.EXAMPLE", "tim@corp.example"),
            ("tom@corp.example", "tom@corp.example", "Tom@corp.example"),
        ] {
            assert!(permits(pattern, allowed), "{pattern} {allowed}");
            assert!(!permits(pattern, denied), "{pattern} {denied}");
        }
        let srv = OtherName::srv("_ldap.corp.example").unwrap();
        assert!(!UpnPattern::new("@corp.example").unwrap().permits(&srv));
    }
}
