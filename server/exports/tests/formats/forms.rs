use serde_json::{Value, json};
use stoa_domain::archive::{Content, Record};
use stoa_domain::time::Timestamp;

use crate::sample::{Ground, Kept, NOON, adapter, file, one_of_each, person, post, record, room};
use crate::validators;

/// What the manifest says isn't said, as `kind what count`.
fn unsaid(manifest: &Value) -> Vec<String> {
    let line = |entry: &Value| format!("{} {} {}", entry["kind"].as_str().unwrap(), entry["what"].as_str().unwrap(), entry["positions"]);
    manifest["unsaid"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn strict_group_chat_says_the_six_types_and_lists_the_rest() {
    let adapter = adapter(json!({ "kind": "group_chat" }));
    let files = Ground::new().export(&adapter, &one_of_each()).await;
    assert_eq!(files.names(), ["bank-000000000001-000000000027.manifest.json", "bank-000000000001-000000000027.xml"]);
    validators::xml("group-chat.xsd", files.text(".xml").as_bytes());
    insta::assert_snapshot!("strict", files.text(".xml"));
    let manifest = validators::manifest(&files);
    assert_eq!(manifest["records"], 27);
    // Each record is said, or named.
    let said: u64 = validators::said("Message", files.text(".xml").as_bytes()).len() as u64;
    let left: u64 = manifest["unsaid"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| ["record", "deleted_by_retention"].contains(&entry["what"].as_str().unwrap()))
        .map(|entry| entry["records"].as_u64().unwrap())
        .sum();
    assert_eq!(said + left, 27);
    insta::assert_snapshot!("strict_unsaid", unsaid(&manifest).join("\n"));
}

#[tokio::test]
async fn what_no_int_holds_is_left_out_and_listed() {
    let many = person(i64::from(i32::MAX) + 1, "anna");
    let mut records = [record(1, Some(room(1, "R")), Some(many), Content::Post(post("a"))), record(2, Some(room(1, "R")), None, Content::Post(post("b")))];
    records[1].seq = Some(i64::MAX);
    let files = Ground::new().export(&adapter(json!({ "kind": "group_chat" })), &records).await;
    validators::xml("group-chat.xsd", files.text(".xml").as_bytes());
    assert_eq!(unsaid(&validators::manifest(&files)), ["post id [[2,2]]", "post sender [[1,2]]"]);
    let files = Ground::new().export(&adapter(json!({ "kind": "group_chat", "dialect": "extended" })), &records).await;
    validators::xml("group-chat-extended.xsd", files.text(".xml").as_bytes());
}

#[tokio::test]
async fn extended_group_chat_leaves_nothing_out() {
    let format = json!({ "kind": "group_chat", "dialect": "extended", "user_details": true, "room_details": true });
    let files = Ground::new().export(&adapter(format), &one_of_each()).await;
    validators::xml("group-chat-extended.xsd", files.text(".xml").as_bytes());
    insta::assert_snapshot!("extended", files.text(".xml"));
    let manifest = validators::manifest(&files);
    assert_eq!((&manifest["unsaid"], &manifest["dialect"]), (&json!([]), &json!("extended")));
    assert_eq!(validators::said("Message", files.text(".xml").as_bytes()).len(), 27);
}

#[tokio::test]
async fn each_room_has_a_file_of_its_own_with_a_list_of_its_files() {
    let report = file(1, "Report Q3.pdf", b"report");
    let lost = file(2, "lost.txt", b"lost");
    let altered = file(3, "altered.txt", b"as it was");
    let kept = [(report.id, b"report".to_vec()), (altered.id, b"something else".to_vec())].into_iter().collect();
    let anna = || Some(person(1, "anna"));
    let uploaded = |position, number, file| record(position, Some(room(number, "R")), anna(), Content::FileUploaded { file });
    let records = [
        uploaded(5, 1, report.clone()),
        uploaded(6, 2, lost.clone()),
        uploaded(7, 1, report),
        uploaded(8, 2, altered.clone()),
        record(9, Some(room(3, "R")), anna(), Content::Join),
    ];
    let ground = Ground::with(Kept(kept));
    for kind in ["group_chat", "actiance"] {
        let files = ground.export(&adapter(json!({ "kind": kind, "one_room_per_file": true, "files": true })), &records).await;
        assert_eq!(files.ending(".xml").len(), 3);
        let lists: Vec<_> = files.ending(".ATTACH").into_iter().map(|(_, list)| std::str::from_utf8(list).unwrap()).collect();
        let name = "bank-000000000005-000000000009.files/01900000-0000-7000-8000-000000001b59.pdf";
        assert_eq!(lists, [&format!("{name}\n{name}\n"), "", ""]);
        assert_eq!(files.0[name], b"report");
        for (_, content) in files.ending(".xml") {
            validators::xml(if kind == "actiance" { "actiance.xsd" } else { "group-chat.xsd" }, content);
        }
        let manifest = validators::manifest(&files);
        let missing: Vec<_> = manifest["missing"].as_array().unwrap().iter().map(|entry| json!([entry["position"], entry["file"], entry["why"]])).collect();
        assert_eq!(missing, [json!([6, lost.id, "gone"]), json!([8, altered.id, "altered"])]);
        std::fs::remove_dir_all(&ground.site.exports).unwrap();
        std::fs::create_dir(&ground.site.exports).unwrap();
    }
}

#[tokio::test]
async fn actiance_has_entering_saying_handing_over_and_leaving() {
    let files = Ground::new().export(&adapter(json!({ "kind": "actiance" })), &one_of_each()).await;
    validators::xml("actiance.xsd", files.text(".xml").as_bytes());
    insta::assert_snapshot!("actiance", files.text(".xml"));
    let manifest = validators::manifest(&files);
    insta::assert_snapshot!("actiance_unsaid", unsaid(&manifest).join("\n"));
}

#[tokio::test]
async fn json_lines_are_the_records() {
    let records = one_of_each();
    let files = Ground::new().export(&adapter(json!({ "kind": "json_lines" })), &records).await;
    assert_eq!(validators::json_lines("record.schema.json", files.text(".jsonl").as_bytes()), 27);
    let read: Vec<Record> = files.text(".jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, records);
    let manifest = validators::manifest(&files);
    assert_eq!((&manifest["unsaid"], &manifest["replaced"]["records"], &manifest["kinds"]["post"]), (&json!([]), &json!(0), &json!(4)));
}

#[tokio::test]
async fn csv_has_a_line_for_each_record_and_no_formulas() {
    let mut records = one_of_each();
    records.push(record(28, Some(room(1, "=cmd()")), Some(person(3, "+eve")), Content::Post(post("@SUM(A1)"))));
    let files = Ground::new().export(&adapter(json!({ "kind": "csv" })), &records).await;
    validators::manifest(&files);
    let rows = validators::table(files.text(".csv").as_bytes());
    assert_eq!(rows.len(), 28);
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!(row["position"], record.position.to_string());
        assert_eq!(row["kind"], record.kind.as_str());
        let content = row["content"].as_str().unwrap();
        let expected = record.content.as_ref().map(|content| serde_json::to_string(content).unwrap()).unwrap_or_default();
        assert_eq!(content, expected);
    }
    let last = rows.last().unwrap();
    assert_eq!((&last["place_name"], &last["person_name"], &last["text"]), (&json!("'=cmd()"), &json!("'+eve"), &json!("'@SUM(A1)")));
    assert_eq!(rows[0]["place_path"], "All/Trading \\/ FX");
}

#[tokio::test]
async fn a_room_has_a_mail_for_each_day() {
    let mut records = one_of_each();
    let mut tomorrow = record(28, Some(room(1, "FX")), Some(person(1, "anna")), Content::Post(post("Morning")));
    tomorrow.at = Timestamp::from_millis(NOON + 86_400_000);
    records.push(tomorrow);
    let files = Ground::new().export(&adapter(json!({ "kind": "eml", "attachments": true })), &records).await;
    validators::manifest(&files);
    let mails: Vec<_> = files.ending(".eml").into_iter().map(|(name, content)| (name, validators::mail(content))).collect();
    assert_eq!(mails.len(), 4);
    let (name, mail) = &mails[0];
    assert_eq!(*name, "bank-000000000001-000000000028-01900000-0000-7000-8000-0000000003e9-2026-11-24.eml");
    assert_eq!(mail["from"], json!([["FX", "compliance@example.com"]]));
    assert_eq!(mail["to"], json!([["anna Weiß", "anna@example.com"]]));
    assert_eq!((&mail["headers"]["Subject"], &mail["headers"]["X-Stoa-Records"]), (&json!("FX, 2026-11-24"), &json!("1-23")));
    assert_eq!(mail["date"], "2026-11-24T12:00:23+00:00");
    let sha256 = file(1, "", b"report").sha256;
    assert_eq!(mail["attachments"], json!([["Report Q3.pdf", "application/pdf", sha256]]));
    insta::assert_snapshot!("mail_plain", mail["plain"].as_str().unwrap());
    insta::assert_snapshot!("mail_html", mail["html"].as_str().unwrap());
    let mut ids: Vec<_> = mails.iter().map(|(_, mail)| mail["headers"]["Message-ID"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(mails[1].1["plain"].as_str().unwrap().contains("Morning"));
}

#[tokio::test]
async fn a_day_that_is_too_long_for_a_mail_goes_on_in_the_next() {
    let content = vec![b'x'; 12 * 1024 * 1024];
    let (one, two, huge) = (file(1, "one.bin", &content), file(2, "two.bin", &content), file(3, "huge.bin", &[b'y'; 21 * 1024 * 1024]));
    let kept = Kept([(one.id, content.clone()), (two.id, content)].into_iter().collect());
    let uploaded = |position, file| record(position, Some(room(1, "FX")), Some(person(1, "anna")), Content::FileUploaded { file });
    let mut records = vec![uploaded(1, one), uploaded(2, two.clone()), uploaded(3, huge.clone())];
    let long = "long ".repeat(12_000);
    records.extend((4..200).map(|position| record(position, Some(room(1, "FX")), Some(person(1, "anna")), Content::Post(post(&long)))));
    let files = Ground::with(kept).export(&adapter(json!({ "kind": "eml", "attachments": true })), &records).await;
    let mails: Vec<_> = files.ending(".eml").into_iter().map(|(_, content)| validators::mail(content)).collect();
    assert!(mails.len() >= 3, "{:?}", files.names());
    let mut lines = 0;
    for mail in &mails {
        lines += mail["plain"].as_str().unwrap().lines().filter(|line| line.contains("<anna@example.com> [")).count();
    }
    assert_eq!(lines, records.len(), "each record stands in one of them");
    assert_eq!(mails.iter().map(|mail| mail["attachments"].as_array().unwrap().len()).sum::<usize>(), 2);
    let manifest = validators::manifest(&files);
    assert_eq!((&manifest["missing"][0]["file"], &manifest["missing"][0]["why"]), (&json!(huge.id), &json!("too_large")));
}

#[tokio::test]
async fn a_run_without_records_is_valid() {
    for format in [
        json!({ "kind": "group_chat" }),
        json!({ "kind": "group_chat", "one_room_per_file": true, "files": true }),
        json!({ "kind": "actiance" }),
        json!({ "kind": "eml" }),
        json!({ "kind": "json_lines" }),
        json!({ "kind": "csv" }),
    ] {
        let files = Ground::new().export(&adapter(format), &[]).await;
        let manifest = validators::manifest(&files);
        assert_eq!((&manifest["first"], &manifest["last"], &manifest["records"]), (&json!(1), &json!(0), &json!(0)));
        for (name, content) in files.ending(".xml") {
            let schema = if content.windows(8).any(|bytes| bytes == b"FileDump") { "actiance.xsd" } else { "group-chat.xsd" };
            assert!(name.ends_with(".xml"));
            validators::xml(schema, content);
        }
    }
}

#[test]
fn records_come_in_order_or_not_at_all() {
    let mut records = one_of_each();
    records.swap(3, 4);
    let failed = Ground::new().run(&adapter(json!({ "kind": "csv" })), &records).unwrap_err();
    assert_eq!(failed.code(), "internal");
}
