//! Reading JSON by hand: from one parsed tree, field by field. The derived decoding of every wire
//! type weighs more in WebAssembly than all of chat; this is a handful of bytes a field.

use serde_json::Value;
use stoa_domain::time::Timestamp;

/// What can be read from JSON. A field that is missing is read from `null`.
pub trait Read: Sized {
    fn read(value: &Value) -> Option<Self>;
}

/// Reads a type from text.
pub fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&parse(text)?)
}

pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(if text.is_empty() { "null" } else { text }).ok()
}

/// A field of an object.
pub fn field<T: Read>(value: &Value, name: &str) -> Option<T> {
    T::read(value.get(name).unwrap_or(&Value::Null))
}

impl Read for Value {
    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}
impl Read for String {
    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}
/// A switch that isn't sent is off.
impl Read for bool {
    fn read(value: &Value) -> Option<Self> {
        Some(value.as_bool().unwrap_or(false))
    }
}
impl Read for i64 {
    fn read(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}
impl Read for u32 {
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}
impl Read for u64 {
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}
impl Read for u16 {
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}
impl Read for Timestamp {
    fn read(value: &Value) -> Option<Self> {
        crate::when::parse(value.as_str()?)
    }
}
impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}
/// A list that isn't sent is empty.
impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::new()),
            Value::Array(items) => items.iter().map(T::read).collect(),
            _ => None,
        }
    }
}
/// A pair stands as a list of two.
impl Read for [i64; 2] {
    fn read(value: &Value) -> Option<Self> {
        Some([value.get(0)?.as_i64()?, value.get(1)?.as_i64()?])
    }
}
impl Read for () {
    fn read(_: &Value) -> Option<Self> {
        Some(())
    }
}

/// Structs whose fields have their own names, or the ones after `=`.
macro_rules! objects {
    ($($type:ty { $($field:ident $(= $name:literal)?),* $(,)? })+) => {$(
        impl $crate::json::Read for $type {
            #[allow(unused_variables)]
            fn read(value: &serde_json::Value) -> Option<Self> {
                Some(Self { $($field: $crate::json::field(value, $crate::json::objects!(@name $field $($name)?))?),* })
            }
        }
    )+};
    (@name $field:ident $name:literal) => { $name };
    (@name $field:ident) => { stringify!($field) };
}

/// Types that are written as one text.
macro_rules! texts {
    ($($type:ty = $parse:expr),+ $(,)?) => {$(
        impl $crate::json::Read for $type {
            fn read(value: &serde_json::Value) -> Option<Self> {
                value.as_str().and_then($parse)
            }
        }
    )+};
}
pub(crate) use {objects, texts};
