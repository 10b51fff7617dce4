//! Calls by name: parameters come as the text of a JSON object, and the answer goes as another text.

use serde_json::Value;

use super::error::{CasError, ErrorKind};
use super::json::schema::{Problems, shown};
use super::json::text::Wiped;
use super::json::{flat, text, xml};
use super::limits::JSON_BYTES;
use super::operations::{OPERATIONS, OPERATOR_OPERATIONS, Operation};
use super::service::{Cas, Operator};
use super::session::Answered;

impl Operation {
    /// The operation of a name; where both versions have one, that of the `Version` that the parameters
    /// name, or else the newer.
    ///
    /// ```
    /// use certwright::cas::{OPERATIONS, Operation};
    /// let found = Operation::find(OPERATIONS, "ListCert", r#"{ "Version": "2020-06-30" }"#);
    /// assert_eq!(found.unwrap().version, Some("2020-06-30"));
    /// assert!(Operation::find(OPERATIONS, "DropTables", "{}").is_none());
    /// ```
    pub fn find<'o>(list: &'o [Operation], name: &str, parameters: &str) -> Option<&'o Operation> {
        let mut named = list.iter().filter(|operation| operation.name == name);
        let first = named.next()?;
        let Some(other) = named.next() else { return Some(first) };
        // What cannot be read names no version, and is refused when it is called.
        let read = Some(parameters)
            .filter(|text| text.len() <= JSON_BYTES)
            .map(|text| text::read("it", text));
        let version = read.and_then(Result::ok).and_then(|read| {
            read.0.get("Version").and_then(|version| version.as_str().map(str::to_owned))
        });
        let mut both = [first, other];
        both.sort_by_key(|operation| operation.version);
        let [older, newer] = both;
        Some(if version.as_deref() == older.version { older } else { newer })
    }

    /// Whether these parameters can be read, without doing anything: they are JSON, each is known and
    /// given once, those that are needed are there, and each is of its kind.
    ///
    /// # Errors
    /// As [`Cas::call`] for parameters that are none.
    pub fn check(&self, parameters: &str) -> Result<(), CasError> {
        (self.read)(&self.parsed(parameters)?.0.0)
    }

    /// The parameters in their nested form, and the form that the answer is to have.
    fn parsed(&self, parameters: &str) -> Result<(Wiped, Format), CasError> {
        if parameters.len() > JSON_BYTES {
            let message = format!("the parameters: more than {JSON_BYTES} bytes");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        let mut parameters = text::read("the parameters", parameters)?;
        let Value::Object(parameters) = &mut parameters.0 else {
            let given = shown(&parameters.0);
            return Err(CasError::invalid("the parameters", given, "a JSON object"));
        };
        let mut problems = Problems::default();
        let mut nested = flat::nested(std::mem::take(parameters), &mut problems);
        for (name, allowed) in [("Action", Some(self.name)), ("Version", self.version)] {
            // What clients leave empty they do not give.
            let given = nested.remove(name).filter(|given| given.as_str() != Some(""));
            if let (Some(given), Some(allowed)) = (given, allowed)
                && given != allowed
            {
                problems.kind(name, &given, allowed);
            }
        }
        let format = match nested.remove("Format").as_ref().map(Value::as_str) {
            None => Format::Json,
            Some(Some(given)) if given.is_empty() || given.eq_ignore_ascii_case("JSON") => {
                Format::Json
            }
            Some(Some(given)) if given.eq_ignore_ascii_case("XML") => Format::Xml,
            Some(given) => {
                problems.kind("Format", &given.map(Value::from).unwrap_or_default(), "JSON or XML");
                Format::Json
            }
        };
        let nested = Wiped(Value::Object(nested));
        if problems.wrong.is_empty() { Ok((nested, format)) } else { Err(problems.into()) }
    }
}

/// The form of an answer.
#[derive(Clone, Copy)]
enum Format {
    Json,
    Xml,
}

impl Cas {
    /// Calls an operation by its name, with its parameters as the text of a JSON object, and answers
    /// the text of another. Parameters are nested, or flat as RPC clients send them
    /// (`"Tags.1.Key": "k"`), numbers and booleans as such or as text. None may be given twice, in
    /// whichever form. `Version` may be given, and decides where both versions of the service have an
    /// operation of this name; so may `Action`, which must be this name, and `Format`: with `XML` the
    /// answer is the same tree in XML.
    ///
    /// What only operators may do is not here, but behind [`Cas::operator`].
    ///
    /// The answers of GetCsrDetail hold private keys. No other copy of them, or of what was given,
    /// stays in memory: both texts are the caller's to wipe.
    ///
    /// # Errors
    /// [`CasError`], also for an unknown operation, an unknown parameter or another version. Nothing
    /// was changed then, but for the audit log.
    pub fn call(&self, name: &str, parameters: &str) -> Result<String, CasError> {
        self.call_with_outcome(name, parameters).map(|answered| answered.answer)
    }

    /// The same with what became of each item of the request, for which the service's answers have no
    /// place. Whoever answers over HTTP may send what was left out in a header of the answer, or log it.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::cas::{Cas, Config};
    /// use certwright::time::SystemClock;
    /// use certwright::MemoryStore;
    /// let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
    /// let answered = cas.call_with_outcome("ListCsr", "{}")?;
    /// for item in answered.left_out() {
    ///     eprintln!("{item}");
    /// }
    /// # assert_eq!(answered.left_out().count(), 0);
    /// # }
    /// # Ok::<(), certwright::cas::CasError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Cas::call`].
    pub fn call_with_outcome(
        &self,
        name: &str,
        parameters: &str,
    ) -> Result<Answered<String>, CasError> {
        call(self, OPERATIONS, name, parameters, || {
            if is_in(OPERATOR_OPERATIONS, name) {
                "the name of an applicant's operation; this one is an operator's (Cas::operator, \
                 certwright operate)"
            } else {
                "the name of an operation"
            }
        })
    }
}

impl Operator<'_> {
    /// As [`Cas::call`], for the operations that only operators may use.
    ///
    /// # Errors
    /// As [`Cas::call`].
    pub fn call(&self, name: &str, parameters: &str) -> Result<String, CasError> {
        self.call_with_outcome(name, parameters).map(|answered| answered.answer)
    }

    /// As [`Cas::call_with_outcome`].
    ///
    /// # Errors
    /// As [`Cas::call`].
    pub fn call_with_outcome(
        &self,
        name: &str,
        parameters: &str,
    ) -> Result<Answered<String>, CasError> {
        call(self.cas, OPERATOR_OPERATIONS, name, parameters, || {
            if is_in(OPERATIONS, name) {
                "the name of an operator's operation; this one is everybody's (Cas::call, \
                 certwright call)"
            } else {
                "the name of an operator's operation"
            }
        })
    }
}

fn is_in(operations: &[Operation], name: &str) -> bool {
    operations.iter().any(|operation| operation.name == name)
}

fn call(
    cas: &Cas,
    operations: &[Operation],
    name: &str,
    parameters: &str,
    allowed: impl Fn() -> &'static str,
) -> Result<Answered<String>, CasError> {
    let called = || {
        let unknown = || CasError::invalid("Action", shown(&Value::from(name)), allowed());
        let operation = Operation::find(operations, name, parameters).ok_or_else(unknown)?;
        let (parameters, format) = operation.parsed(parameters)?;
        let answered = (operation.call)(cas, &parameters.0)?;
        Ok(answered.map(|answer, _| match format {
            Format::Json => text::write(answer),
            Format::Xml => xml::write(operation.name, answer),
        }))
    };
    called().map_err(|error: CasError| match error.request_id().is_empty() {
        // It was refused before the operation began.
        true => match cas.request_id() {
            Ok(request_id) => error.with_request_id(&request_id),
            Err(_) => error,
        },
        false => error,
    })
}
