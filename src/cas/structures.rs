//! Structures of the service: one declaration gives the type, its form on the wire and its help.

use serde_json::{Map, Value};

use super::limits::UNKNOWN_LISTED;
use super::schema::{Parameter, ParameterHelp, Problems, shown};

/// The name on the wire of a field: PascalCase.
pub(crate) fn wire_name(field: &str) -> String {
    let words = field.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// Reads one parameter of a structure.
pub(crate) fn take<P: Parameter>(
    fields: &Map<String, Value>,
    name: &str,
    place: &str,
    problems: &mut Problems,
) -> Option<P> {
    let place = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    // What clients leave empty they do not give.
    let given = fields.get(name).filter(|given| !given.is_null() && given.as_str() != Some(""));
    match given {
        Some(given) => P::read(given, &place, problems),
        None => {
            let absent = P::absent();
            if absent.is_none() {
                problems.missing.push(place);
            }
            absent
        }
    }
}

/// What else is in a structure has no business there.
pub(crate) fn refuse_rest(
    fields: &Map<String, Value>,
    known: &[String],
    allowed: &[ParameterHelp],
    place: &str,
    problems: &mut Problems,
) {
    let names: Vec<&str> = allowed.iter().map(|help| help.name.as_str()).collect();
    let allowed = if names.is_empty() { "no parameter".to_owned() } else { names.join(", ") };
    let rest: Vec<&String> = fields.keys().filter(|name| !known.contains(name)).collect();
    if let Some(more) = rest.len().checked_sub(UNKNOWN_LISTED).filter(|more| *more > 0) {
        problems.wrong.push(format!("{more} unknown parameters more than the following"));
    }
    for name in rest.into_iter().take(UNKNOWN_LISTED) {
        let name = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        let name = shown(&Value::String(name));
        problems.wrong.push(format!("unknown parameter {name}, allowed {allowed}"));
    }
}

/// Declares structures of the service: `field: Type` is `Field` on the wire, unless `as` says
/// otherwise. A field that is neither an `Option` nor a `Vec` is required.
macro_rules! structures {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            $( $(#[doc = $field_doc:literal])+ $field:ident $(as $wire:literal)? : $kind:ty, )*
        }
    )+) => {$(
        $(#[doc = $doc])+
        // Not all leave the room.
        #[allow(unreachable_pub)]
        #[derive(Debug, Default)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $field: $kind, )*
        }

        impl $crate::cas::schema::Parameter for $name {
            const REQUIRED: bool = true;

            fn kind() -> String {
                "structure".to_owned()
            }

            #[allow(unused_mut, unused_variables)]
            fn read(
                given: &serde_json::Value,
                place: &str,
                problems: &mut $crate::cas::schema::Problems,
            ) -> Option<Self> {
                use $crate::cas::{schema, structures};
                let serde_json::Value::Object(fields) = given else {
                    let given = schema::shown(given);
                    problems.wrong.push(format!("{place}: given {given}, allowed a structure"));
                    return None;
                };
                let mut known = Vec::<String>::new();
                $(
                    let name = structures!(@name $field $($wire)?);
                    let $field: Option<$kind> = structures::take(fields, &name, place, problems);
                    known.push(name);
                )*
                structures::refuse_rest(fields, &known, &Self::parts(), place, problems);
                Some(Self { $( $field: $field?, )* })
            }

            fn absent() -> Option<Self> {
                None
            }

            fn write(&self) -> Option<serde_json::Value> {
                #[allow(unused_mut)]
                let mut fields = serde_json::Map::new();
                $(
                    if let Some(value) = $crate::cas::schema::Parameter::write(&self.$field) {
                        fields.insert(structures!(@name $field $($wire)?), value);
                    }
                )*
                Some(serde_json::Value::Object(fields))
            }

            fn parts() -> Vec<$crate::cas::schema::ParameterHelp> {
                vec![$(
                    $crate::cas::schema::ParameterHelp {
                        name: structures!(@name $field $($wire)?),
                        kind: <$kind as $crate::cas::schema::Parameter>::kind(),
                        required: <$kind as $crate::cas::schema::Parameter>::REQUIRED,
                        description: [$($field_doc),+].join("").trim().to_owned(),
                        parts: <$kind as $crate::cas::schema::Parameter>::parts(),
                    },
                )*]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::cas::schema::Parameter::write(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let given = serde_json::Value::deserialize(deserializer)?;
                $crate::cas::schema::read_whole(&given).map_err(serde::de::Error::custom)
            }
        }
    )+};
    (@name $field:ident $wire:literal) => { $wire.to_owned() };
    (@name $field:ident) => { $crate::cas::structures::wire_name(stringify!($field)) };
}
pub(crate) use structures;
