//! Structures of the service: one declaration gives the type, its form on the wire and its help.

use serde_json::{Map, Value};

use super::super::limits::UNKNOWN_LISTED;
use super::schema::{Parameter, ParameterHelp, Problems, shown};

/// Fields that stand together: a structure, or a group of fields that several structures share.
pub(crate) trait Fields: Sized {
    /// Takes them from what was given, or says what is wrong with them.
    fn take(given: &mut Given<'_>) -> Option<Self>;

    /// Puts them where they go on the wire.
    fn put(&self, fields: &mut Map<String, Value>);

    /// What they are, for help.
    fn help() -> Vec<ParameterHelp>;
}

/// The fields that were given of a structure.
pub(crate) struct Given<'g> {
    fields: &'g Map<String, Value>,
    place: &'g str,
    known: Vec<String>,
    problems: &'g mut Problems,
}

impl Given<'_> {
    /// Takes one field.
    pub(crate) fn take<P: Parameter>(&mut self, name: &str) -> Option<P> {
        let place = below(self.place, name);
        self.known.push(name.to_owned());
        // What clients leave empty or blank they do not give.
        let given = self.fields.get(name);
        let is_blank = |given: &Value| given.as_str().is_some_and(|text| text.trim().is_empty());
        match given.filter(|given| !given.is_null() && !is_blank(given)) {
            Some(given) => P::read(given, &place, self.problems),
            None => {
                let absent = P::absent();
                if absent.is_none() {
                    self.problems.missing.push(place);
                }
                absent
            }
        }
    }

    /// What else is there has no business there.
    fn refuse_rest(self, allowed: &[ParameterHelp]) {
        let names: Vec<&str> = allowed.iter().map(|help| help.name.as_str()).collect();
        let allowed = if names.is_empty() { "no parameter".to_owned() } else { names.join(", ") };
        let rest = self.fields.keys().filter(|name| !self.known.contains(name));
        let rest: Vec<&String> = rest.collect();
        let wrong = &mut self.problems.wrong;
        if let Some(more) = rest.len().checked_sub(UNKNOWN_LISTED).filter(|more| *more > 0) {
            wrong.push(format!("{more} unknown parameters more than the following"));
        }
        for name in rest.into_iter().take(UNKNOWN_LISTED) {
            let name = shown(&Value::String(below(self.place, name)));
            wrong.push(format!("unknown parameter {name}, allowed {allowed}"));
        }
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

impl<F: Fields> Parameter for F {
    fn kind() -> String {
        "structure".to_owned()
    }

    fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
        let Value::Object(fields) = given else {
            problems.kind(place, given, "a structure");
            return None;
        };
        let mut given = Given { fields, place, known: Vec::new(), problems };
        let read = F::take(&mut given);
        given.refuse_rest(&F::help());
        read
    }

    fn write(&self) -> Option<Value> {
        let mut fields = Map::new();
        self.put(&mut fields);
        Some(Value::Object(fields))
    }

    fn parts() -> Vec<ParameterHelp> {
        F::help()
    }
}

/// Puts a field, where there is something to say.
pub(crate) fn put<P: Parameter>(fields: &mut Map<String, Value>, name: String, value: &P) {
    fields.extend(value.write().map(|value| (name, value)));
}

/// The help of a field.
pub(crate) fn help<P: Parameter>(name: String, description: &str) -> ParameterHelp {
    let description = description.trim().to_owned();
    ParameterHelp {
        name,
        kind: P::kind(),
        required: P::absent().is_none(),
        description,
        parts: P::parts(),
    }
}

/// The name on the wire of a field: PascalCase.
pub(crate) fn wire_name(field: &str) -> String {
    let words = field.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// Declares structures of the service: `field: Type` is `Field` on the wire, unless `as` says
/// otherwise. A field that is neither an `Option` nor a `Vec` is required. The fields of a group, whose
/// field is `as ..`, stand in the structure as if they were its own.
macro_rules! structures {
    ($(
        $(#[$meta:meta])+
        $name:ident {
            $( $(#[doc = $doc:literal])+ $field:ident $(as $wire:tt)? : $kind:ty, )*
        }
    )+) => {$(
        $(#[$meta])+
        // Not all leave the module.
        #[allow(unreachable_pub)]
        #[derive(Debug, Default)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $kind, )*
        }

        impl $crate::cas::json::structures::Fields for $name {
            #[allow(unused_variables)]
            fn take(given: &mut $crate::cas::json::structures::Given<'_>) -> Option<Self> {
                $( let $field = structures!(@take given $field [$($wire)?] $kind); )*
                Some(Self { $( $field: $field?, )* })
            }

            #[allow(unused_variables)]
            fn put(&self, fields: &mut serde_json::Map<String, serde_json::Value>) {
                $( structures!(@put fields (self.$field) $field [$($wire)?] $kind); )*
            }

            // A group of fields brings many, a field one.
            #[allow(clippy::vec_init_then_push)]
            fn help() -> Vec<$crate::cas::json::schema::ParameterHelp> {
                #[allow(unused_mut)]
                let mut help = Vec::new();
                $( structures!(@help help [$($doc),+] $field [$($wire)?] $kind); )*
                help
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::cas::json::schema::Parameter::write(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let given = serde_json::Value::deserialize(deserializer)?;
                $crate::cas::json::schema::read_answer(given).map_err(serde::de::Error::custom)
            }
        }
    )+};
    (@take $given:ident $field:ident [..] $kind:ty) => {
        <$kind as $crate::cas::json::structures::Fields>::take($given)
    };
    (@take $given:ident $field:ident [$($wire:literal)?] $kind:ty) => {
        $given.take::<$kind>(&structures!(@name $field $($wire)?))
    };
    (@put $fields:ident $value:tt $field:ident [..] $kind:ty) => {
        $crate::cas::json::structures::Fields::put(&$value, $fields)
    };
    (@put $fields:ident $value:tt $field:ident [$($wire:literal)?] $kind:ty) => {
        $crate::cas::json::structures::put($fields, structures!(@name $field $($wire)?), &$value)
    };
    (@help $help:ident [$($doc:literal),+] $field:ident [..] $kind:ty) => {
        $help.extend(<$kind as $crate::cas::json::structures::Fields>::help())
    };
    (@help $help:ident [$($doc:literal),+] $field:ident [$($wire:literal)?] $kind:ty) => {
        $help.push($crate::cas::json::structures::help::<$kind>(
            structures!(@name $field $($wire)?),
            concat!($($doc),+),
        ))
    };
    (@name $field:ident $wire:literal) => { $wire.to_owned() };
    (@name $field:ident) => { $crate::cas::json::structures::wire_name(stringify!($field)) };
}
pub(crate) use structures;
