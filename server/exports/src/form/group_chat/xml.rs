//! Elements of the Group Chat XML.

use stoa_domain::archive::{Party, Record};
use stoa_domain::time::Timestamp;

use crate::form::address;
use crate::form::said::Said;
use crate::text;

pub const OPEN: &[u8] = b"      <Message";
pub const CLOSE: &[u8] = b"      </Message>\n";

/// Between the first moment of the year 1 and that of 1970, in units of 100 ns.
const TICKS: i64 = 621_355_968_000_000_000;

/// One text after the other, with memory that is used again.
pub struct Xml {
    out: Vec<u8>,
    replaced: bool,
    details: bool,
    pub extended: bool,
    pub host: String,
}

/// What the attributes that the published schema calls `int` can be.
pub fn fits(number: i64) -> bool {
    i32::try_from(number).is_ok()
}

impl Xml {
    pub const fn new(details: bool, extended: bool, host: String) -> Self {
        Self { out: Vec::new(), replaced: false, details, extended, host }
    }

    pub fn begin(&mut self) {
        self.out.clear();
        self.replaced = false;
    }

    pub fn take(&self) -> &[u8] {
        &self.out
    }

    /// Whether a character since the beginning stands for another.
    pub const fn has_replaced(&self) -> bool {
        self.replaced
    }

    pub fn raw(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.replaced |= text::xml(&mut self.out, text);
    }

    pub fn attribute(&mut self, name: &str, value: &str) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.text(value);
        self.raw("\"");
    }

    pub fn number(&mut self, name: &str, value: i64) {
        self.attribute(name, &value.to_string());
    }

    /// In its three forms.
    pub fn moment(&mut self, open: &str, at: Timestamp) {
        let text = at.to_string();
        let seconds = text.get(..text.len().saturating_sub(4)).unwrap_or_default();
        let exact = format!("{seconds}{:06}0Z", at.micros().rem_euclid(1_000_000));
        self.raw(open);
        self.number("since1970", at.millis());
        self.attribute("string", &exact);
        self.number("long", at.micros().saturating_mul(10).saturating_add(TICKS));
        self.raw("/>\n");
    }

    /// A person; what isn't known of nobody is left out.
    pub fn person(&mut self, open: &str, who: Option<&Party>) {
        self.raw(open);
        let name = who.map_or("", |who| if self.details { &who.display_name } else { &who.name });
        self.attribute("UserName", name);
        let number = who.map_or(0, |who| who.number);
        if fits(number) {
            self.number("id", number);
        }
        self.attribute("email", who.filter(|_| self.details).and_then(|who| who.email.as_deref()).unwrap_or_default());
        self.attribute("internal", if who.is_none_or(Party::is_internal) { "true" } else { "false" });
        let uri = address(who, &self.host);
        self.attribute("uri", &uri);
        if self.extended
            && let Some(who) = who
        {
            self.attribute("person", &who.id.to_string());
            self.attribute("signIn", &who.name);
        }
        self.raw("/>\n");
    }

    /// What the six types say; what of it has no room is returned.
    pub fn strict_message(&mut self, record: &Record, said: &Said<'_>) -> Vec<&'static str> {
        let mut unsaid = Vec::new();
        self.bytes(OPEN);
        self.attribute("type", said.word);
        self.attribute("content", &said.content);
        if fits(said.id) {
            self.number("id", said.id);
        } else {
            unsaid.push("id");
        }
        self.raw(">\n");
        self.person("        <Sender", record.who.as_ref());
        if record.who.as_ref().is_none_or(|who| !fits(who.number)) {
            unsaid.push("sender");
        }
        self.moment("        <DateTimeUTC", record.at);
        self.bytes(CLOSE);
        unsaid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_three_forms() {
        let mut xml = Xml::new(false, false, String::new());
        // The example of the published page, as exact as our clock.
        xml.moment("<T", Timestamp::from_micros(1_212_610_540_953_548));
        xml.moment("<T", Timestamp::from_micros(-1));
        xml.moment("<T", Timestamp::from_micros(i64::MAX));
        let text = String::from_utf8(xml.take().to_vec()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], r#"<T since1970="1212610540953" string="2008-06-04T20:15:40.9535480Z" long="633482073409535480"/>"#);
        assert_eq!(lines[1], r#"<T since1970="-1" string="1969-12-31T23:59:59.9999990Z" long="621355967999999990"/>"#);
        assert!(lines[2].contains(&format!("long=\"{}\"", i64::MAX)), "{}", lines[2]);
    }
}
