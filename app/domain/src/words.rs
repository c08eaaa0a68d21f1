//! Words of a text, as a search for whole words sees them: whatever their case or Unicode form.
//! Scripts that put no space between words are searched for anywhere in them.

use unicode_normalization::char::is_combining_mark;

use crate::name::name_key;

/// Words that a text has to hold, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<Word>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Whole(String),
    /// Of a script without spaces.
    Anywhere(String),
}

/// What a word consists of; a mark belongs to the letter before it.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Han, kana, Thai, Lao, Myanmar, Khmer, and Hangul, whose words grow endings.
const fn unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn parts(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c| !in_word(c)).filter(|part| !part.is_empty())
}

impl Words {
    /// The words of what somebody typed; none where it holds no word.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let key = name_key(text);
        let mut words: Vec<Word> = Vec::new();
        for part in parts(&key) {
            let word = if part.chars().any(unspaced) { Word::Anywhere(part.to_owned()) } else { Word::Whole(part.to_owned()) };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        (!words.is_empty()).then_some(Self(words))
    }

    /// Whether these texts together hold all of them.
    #[must_use]
    pub fn are_in<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let keys: Vec<String> = texts.into_iter().map(name_key).collect();
        self.0.iter().all(|word| match word {
            Word::Whole(word) => keys.iter().any(|key| parts(key).any(|part| part == word)),
            Word::Anywhere(word) => keys.iter().any(|key| key.contains(word.as_str())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(text: &str, words: &str) -> bool {
        Words::of(words).unwrap().are_in([text])
    }

    #[test]
    fn whole_words_are_found_whatever_their_case_and_form() {
        for (text, words) in [
            ("Die STRASSE ist lang", "straße"),
            ("naïve", "NAI\u{308}VE"),
            ("don't panic!", "Don't"),
            ("**project**-x", "project x"),
            ("ﬁne", "FINE"),
            ("今日は会議があります", "会議"),
            ("회의에서", "회의"),
            ("हिन्दी में", "हिन्दी"),
        ] {
            assert!(holds(text, words), "{words} in {text}");
        }
        for (text, words) in [("classic", "class"), ("class", "classic"), ("one", "one two"), ("今日", "明日"), ("", "x")] {
            assert!(!holds(text, words), "{words} in {text}");
        }
        assert!(Words::of("one two").unwrap().are_in(["Two", "one"]), "over title and text");
        for nothing in ["", "  ", "-!?", "\u{200B}"] {
            assert_eq!(Words::of(nothing), None, "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_holds_its_own_words(text in "\\PC{0,40}") {
            if let Some(words) = Words::of(&text) {
                prop_assert!(words.are_in([text.as_str()]));
            }
        }
    }
}
