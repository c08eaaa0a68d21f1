//! The format in which the sample company's talk is written down (`talk/*.txt`).
//!
//! ```text
//! = fx-desk                     the room of what follows
//! @ -12 08:41                   twelve days ago at 08:41; each line a little later
//! aiko.tanaka: a message        `!` before the text: high importance
//! omar.haddad> a reply          to the message before; `>3` to the third before
//! mira.kovac* Title | text      a story; `\n` is a new line
//! + 👍 omar.haddad aiko.tanaka  reactions to the message before
//! ~ its new text                its author edits it
//! - omar.haddad                 deletes it
//! ```

use std::str::Lines;

#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Room(&'a str),
    /// Days before today, minute of the day.
    At(u32, u32),
    Say {
        who: &'a str,
        text: String,
        subject: Option<&'a str>,
        important: bool,
        reply: Option<usize>,
    },
    React {
        emoji: &'a str,
        people: Vec<&'a str>,
    },
    Edit(&'a str),
    Delete(&'a str),
}

pub struct Script<'a>(Lines<'a>);

impl<'a> Script<'a> {
    pub fn new(text: &'a str) -> Self {
        Self(text.lines())
    }
}

impl<'a> Iterator for Script<'a> {
    type Item = Result<Line<'a>, String>;
    fn next(&mut self) -> Option<Self::Item> {
        let line = self.0.by_ref().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        Some(parse(line).ok_or_else(|| format!("not a line of a script: {line}")))
    }
}

fn parse(line: &str) -> Option<Line<'_>> {
    let (mark, rest) = line.split_at_checked(1)?;
    let rest = rest.trim();
    match mark {
        "=" => return Some(Line::Room(rest)),
        "@" => {
            let (day, time) = rest.split_once(' ')?;
            let (hour, minute) = time.trim().split_once(':')?;
            return Some(Line::At(day.trim_start_matches('-').parse().ok()?, hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok()?));
        }
        "+" => {
            let mut words = rest.split_whitespace();
            return Some(Line::React { emoji: words.next()?, people: words.collect() });
        }
        "~" => return Some(Line::Edit(rest)),
        "-" => return Some(Line::Delete(rest)),
        _ => {}
    }
    let end = line.find([':', '>', '*'])?;
    let (who, rest) = line.split_at_checked(end)?;
    let (mark, rest) = rest.split_at_checked(1)?;
    let (reply, rest) = match mark {
        ">" => {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (back, rest) = rest.split_at_checked(digits)?;
            (Some(back.parse().unwrap_or(1)), rest)
        }
        _ => (None, rest),
    };
    let (subject, rest) = if mark == "*" { rest.split_once('|').map(|(subject, rest)| (Some(subject.trim()), rest))? } else { (None, rest) };
    let text = rest.trim();
    let important = text.starts_with('!');
    let text = text.trim_start_matches('!').trim().replace("\\n", "\n");
    Some(Line::Say { who, text, subject, important, reply })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_as_they_are_described() {
        let text = "= fx-desk\n@ -12 08:41\n\naiko.tanaka: ! hello: you\nomar.haddad>2 yes\nmira.kovac* A title | one\\ntwo\n+ 👍 a b\n~ new\n- a.b\n";
        let lines: Vec<_> = Script::new(text).map(Result::unwrap).collect();
        assert_eq!(lines[0], Line::Room("fx-desk"));
        assert_eq!(lines[1], Line::At(12, 521));
        assert_eq!(lines[2], Line::Say { who: "aiko.tanaka", text: "hello: you".into(), subject: None, important: true, reply: None });
        assert_eq!(lines[3], Line::Say { who: "omar.haddad", text: "yes".into(), subject: None, important: false, reply: Some(2) });
        assert_eq!(lines[4], Line::Say { who: "mira.kovac", text: "one\ntwo".into(), subject: Some("A title"), important: false, reply: None });
        assert_eq!(lines[5], Line::React { emoji: "👍", people: vec!["a", "b"] });
        assert_eq!(lines[6..], [Line::Edit("new"), Line::Delete("a.b")]);
        assert!(Script::new("nonsense").next().unwrap().is_err());
    }
}
