//! JSON that is rewritten while it is parsed.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{JsonLimits, meter::Meter};

/// Rewrites the values of a JSON text and measures them. After the first error the rest is skipped.
pub(super) struct Writer {
    pub(super) text: String,
    pub(super) meter: Meter,
}

impl Writer {
    pub(super) fn new(limits: JsonLimits) -> Self {
        Self {
            text: String::new(),
            meter: Meter::new(limits),
        }
    }

    fn put(&mut self, text: &str) {
        if self.meter.bytes(text.len()) {
            self.text.push_str(text);
        }
    }

    fn put_number(&mut self, number: f64) {
        let text = Value::from(number).to_string();
        if self.meter.number(number, &text) {
            self.put(&text);
        }
    }

    fn put_text(&mut self, text: &str) {
        if self.meter.text(text) {
            self.put(&Value::from(text).to_string());
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Writer {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.meter.value() {
            deserializer.deserialize_any(self)
        } else {
            // Skips the value without recursion, however deeply it is nested.
            IgnoredAny::deserialize(deserializer).map(drop)
        }
    }
}

impl<'de> Visitor<'de> for &mut Writer {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put_number(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put_text(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.meter.enter();
        self.put("[");
        let mut is_first = true;
        while items
            .next_element_seed(Item(&mut *self, is_first))?
            .is_some()
        {
            is_first = false;
        }
        self.put("]");
        self.meter.leave();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.meter.enter();
        self.put("{");
        let mut is_first = true;
        while members.next_key_seed(Name(&mut *self, is_first))?.is_some() {
            is_first = false;
            self.put(":");
            members.next_value_seed(&mut *self)?;
        }
        self.put("}");
        self.meter.leave();
        Ok(())
    }
}

/// An item of a list; the flag is true for the first one.
struct Item<'a>(&'a mut Writer, bool);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.1 {
            self.0.put(",");
        }
        self.0.deserialize(deserializer)
    }
}

/// The name of a member; the flag is true for the first one.
struct Name<'a>(&'a mut Writer, bool);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<(), E> {
        if !self.1 {
            self.0.put(",");
        }
        self.0.put_text(name);
        Ok(())
    }
}
