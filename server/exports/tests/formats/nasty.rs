//! Texts that people write to see what happens.

use proptest::prelude::*;
use serde_json::json;
use stoa_domain::archive::{Content, Party, Place, Post, Record};

use crate::sample::{Ground, adapter, file, person, post, record, room};
use crate::validators;

fn nasty() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "\0",
        "\u{1}",
        "\u{8}",
        "\u{B}",
        "\u{C}",
        "\u{1B}[31m",
        "\u{7F}",
        "\u{85}",
        "\u{9F}",
        "\u{2028}",
        "\u{2029}",
        "\u{202E}",
        "\u{2066}",
        "\u{FEFF}",
        "\u{FFFE}",
        "\u{FFFF}",
        "\u{10FFFF}",
        "\r\n",
        "\r",
        "\n",
        "\t",
        "]]>",
        "<!--",
        "&#0;",
        "&amp;",
        "\"",
        "'",
        "=1+1",
        "@x",
        "--=_mixed",
        ".\r\n",
        "=?utf-8?B?eA==?=",
        "From ",
        "e\u{301}",
        "👩‍👩‍👧",
        "\r\nBcc: eve@example.com",
        ";",
        ",",
        "\\",
        "%0A",
        " ",
        "ﷺ",
    ]);
    prop::collection::vec(prop_oneof![odd.prop_map(ToOwned::to_owned), "\\PC{0,20}", any::<char>().prop_map(String::from)], 0..12)
        .prop_map(|parts| parts.concat())
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let one = (nasty(), nasty(), nasty(), nasty(), prop::option::of(nasty())).prop_map(|(body, name, display, place, subject)| {
        let who = Party { display_name: display.clone(), email: subject.clone(), ..person(4, &name) };
        let room = Place { description: display, ..room(1, &place) };
        let file = file(1, &body, b"report");
        (room, who, [Content::Post(Post { subject, files: vec![file.clone()], ..post(&body) }), Content::Notice { text: body }, Content::FileUploaded { file }])
    });
    prop::collection::vec(one, 1..4).prop_map(|all| {
        let contents = all.into_iter().flat_map(|(room, who, contents)| contents.map(|content| (room.clone(), who.clone(), content)));
        (1..).zip(contents).map(|(position, (room, who, content))| record(position, Some(room), Some(who), content)).collect()
    })
}

/// What comes instead, where a form can't hold a character; written once more, and otherwise than in the crate.
fn held(text: &str) -> String {
    let instead = |c: char| match u32::from(c) {
        9 | 10 | 13 => c,
        code @ 0..32 => char::from_u32(0x2400 | code).unwrap(),
        0xFFFE | 0xFFFF => '\u{FFFD}',
        _ => c,
    };
    text.chars().map(instead).collect()
}

fn posts(records: &[Record]) -> Vec<&Post> {
    let contents = records.iter().filter_map(|record| record.content.as_ref());
    contents.filter_map(|content| if let Content::Post(post) = content { Some(post) } else { None }).collect()
}

fn exported(format: serde_json::Value, records: &[Record]) -> crate::sample::Files {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(Ground::new().export(&adapter(format), records))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn xml_is_valid_and_says_what_was_written(records in records()) {
        for (dialect, schema) in [("strict", "group-chat.xsd"), ("extended", "group-chat-extended.xsd")] {
            let files = exported(json!({ "kind": "group_chat", "dialect": dialect, "user_details": true, "room_details": true, "files": true }), &records);
            validators::xml(schema, files.text(".xml").as_bytes());
            let said = validators::said("Message", files.text(".xml").as_bytes());
            for post in posts(&records) {
                let whole = match &post.subject {
                    Some(subject) if dialect == "strict" => format!("{subject}\n\n{}", post.body),
                    _ => post.body.clone(),
                };
                prop_assert!(said.contains(&held(&whole)), "{:?} in {:?}", whole, said);
            }
            let manifest = validators::manifest(&files);
            let odd = posts(&records).iter().any(|post| held(&post.body) != post.body);
            prop_assert!(!odd || manifest["replaced"]["records"].as_u64() > Some(0), "what was replaced is counted");
        }
    }

    #[test]
    fn actiance_is_valid_and_says_what_was_written(records in records()) {
        let files = exported(json!({ "kind": "actiance", "files": true }), &records);
        validators::xml("actiance.xsd", files.text(".xml").as_bytes());
        let said = validators::said("Content", files.text(".xml").as_bytes());
        for post in posts(&records) {
            prop_assert!(said.iter().any(|said| said.ends_with(&held(&post.body))), "{:?} in {:?}", post.body, said);
        }
        validators::manifest(&files);
    }

    #[test]
    fn lines_and_cells_are_read_as_they_were_written(records in records()) {
        let files = exported(json!({ "kind": "json_lines" }), &records);
        prop_assert_eq!(validators::json_lines("record.schema.json", files.text(".jsonl").as_bytes()), records.len() as u64);
        let read: Vec<Record> = files.text(".jsonl").split('\n').filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&read, &records);
        let files = exported(json!({ "kind": "csv" }), &records);
        let rows = validators::table(files.text(".csv").as_bytes());
        prop_assert_eq!(rows.len(), records.len());
        for (row, record) in rows.iter().zip(&records) {
            for (column, value) in row.as_object().unwrap() {
                let value = value.as_str().unwrap();
                prop_assert!(!value.trim_start().starts_with(['=', '+', '-', '@']), "{} is {:?}", column, value);
            }
            if let Some(Content::Post(post)) = &record.content {
                let expected = held(&post.body).replace('\u{7F}', "\u{2421}");
                let text = row["text"].as_str().unwrap();
                prop_assert!(text == expected || text.strip_prefix('\'') == Some(&expected), "{:?} for {:?}", text, expected);
            }
        }
    }

    #[test]
    fn mails_are_read_as_they_were_written(records in records()) {
        let files = exported(json!({ "kind": "eml", "attachments": true }), &records);
        let mails = files.ending(".eml");
        prop_assert_eq!(mails.len(), 1);
        let mail = validators::mail(mails[0].1);
        let headers = mail["headers"].as_object().unwrap();
        prop_assert!(!headers.keys().any(|name| name.eq_ignore_ascii_case("bcc")));
        prop_assert_eq!(mail["from"][0][1].as_str(), Some("compliance@example.com"));
        prop_assert!(mail["to"].as_array().unwrap().len() == 1, "{}", mail["to"]);
        let uploads = records.len() / 3;
        prop_assert_eq!(mail["attachments"].as_array().unwrap().len(), uploads);
        let plain = mail["plain"].as_str().unwrap();
        for post in posts(&records) {
            for line in held(&post.body).replace('\u{7F}', "\u{2421}").replace("\r\n", "\n").split(['\n', '\r']) {
                prop_assert!(plain.contains(line), "{:?} in {:?}", line, plain);
            }
        }
        validators::manifest(&files);
    }
}
