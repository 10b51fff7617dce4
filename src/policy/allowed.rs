//! The names that a policy allows, one method for each kind.

use super::rules::Policy;
use crate::error::Error;
use crate::name::{AltName, GeneralSubtree, Name};
use crate::oid::Oid;

impl Policy {
    /// Allows a DNS name: `db.example.com` exactly that one, `.example.com` every name below, and
    /// `*.example.com` that wildcard.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    ///
    /// ```
    /// use certwright::{Policy, Profile};
    /// let servers = Policy::new(Profile::tls_server()).allow_dns(".example.com")?;
    /// assert!(servers.allow_dns("exa mple.com").is_err());
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn allow_dns(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow_dns(pattern)?;
        Ok(self)
    }

    /// Allows wildcards below the names that [`Policy::allow_dns`] allows with a leading dot.
    #[must_use]
    pub fn allow_wildcards(mut self) -> Self {
        self.names.allow_wildcards();
        self
    }

    /// Allows an IP address or range, such as `10.0.0.0/8` or `2001:db8::1`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn allow_ip(mut self, range: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::ip(range)?);
        Ok(self)
    }

    /// Allows e-mail addresses: `a@example.com` one mailbox, `example.com` every mailbox of that
    /// host, `.example.com` those of all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn allow_email(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::email(pattern)?);
        Ok(self)
    }

    /// Allows URIs by host: `example.com` that host, `.example.com` all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn allow_uri_host(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::uri_host(pattern)?);
        Ok(self)
    }

    /// Allows URIs of one scheme and host: `spiffe://prod.example/*` every path of one or more segments
    /// below, `https://api.example.com/v1/*` those below `/v1`, `https://api.example.com/v1` that path
    /// alone. A host behind a dot stands for all hosts below it.
    ///
    /// Scheme and host compare in any case, the path byte by byte. Whatever two readers could understand
    /// differently is never allowed by a pattern: a URI with user information, a port, a query, a fragment,
    /// a percent sign, an empty segment (also a slash at the end), `.` or `..`, or a host that is an
    /// address. Such a URI can be allowed as it is ([`Policy::allow_name`]), or, whatever is around its
    /// host, by [`Policy::allow_uri_host`].
    ///
    /// ```
    /// use certwright::{Policy, Profile};
    /// let workloads = Policy::new(Profile::tls_client()).allow_uri("spiffe://prod.example/*")?;
    /// assert!(workloads.allow_uri("spiffe://*/web").is_err());
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when the pattern is none of these, or has itself a part that is never allowed.
    pub fn allow_uri(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow_uri(pattern)?;
        Ok(self)
    }

    /// Allows user principal names ([`OtherName::upn`](crate::name::OtherName::upn)): `@corp.example` all of
    /// that domain, `@.corp.example` those of all domains below, `tom@corp.example` one. The domain compares
    /// in any case, the user byte by byte.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn allow_upn(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow_upn(pattern)?;
        Ok(self)
    }

    /// Allows every otherName of a type, whatever its value, such as
    /// [`OtherName::SRV`](crate::name::OtherName::SRV). One name alone: [`Policy::allow_name`].
    #[must_use]
    pub fn allow_other_name(mut self, kind: Oid) -> Self {
        self.names.allow_other_name(kind);
        self
    }

    /// Allows directory names that begin with the relative names of this one, such as `O=Example,C=DE`
    /// for `CN=Tom,O=Example,C=DE`, compared by RFC 5280 section 7.1.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is empty, which would allow every name, or breaks the bounds of an
    /// attribute.
    pub fn allow_directory_name(mut self, base: Name) -> Result<Self, Error> {
        self.names.allow_directory_name(base)?;
        Ok(self)
    }

    /// Allows registered identifiers: this one, and those of the arcs below it.
    #[must_use]
    pub fn allow_registered_id(mut self, arc: Oid) -> Self {
        self.names.allow_registered_id(arc);
        self
    }

    /// Allows underscores in DNS names, and in the hosts of e-mail addresses and URIs, where the names
    /// themselves are allowed. Without it no such name is certified, whoever asks for it: Chrome and
    /// Firefox match them, while public CAs may not issue for them (CA/Browser BR section 7.1.2.7.12) and
    /// some clients refuse them. To verify a chain, they are matched in any case.
    #[must_use]
    pub fn allow_underscores(mut self) -> Self {
        self.names.allow_underscores();
        self
    }

    /// Allows exactly this name.
    #[must_use]
    pub fn allow_name(mut self, name: AltName) -> Self {
        self.names.allow_exactly(name);
        self
    }
}
