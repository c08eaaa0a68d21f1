use std::fs;

use serde_json::{Value, json};
use stoa_exports::ExportError;

use crate::sample::{Ground, adapter, one_of_each};
use crate::validators;

/// That of the published page, in words of our own.
const TO_ACTIANCE: &str = r#"<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8"/>
  <xsl:template match="/"><FileDump><xsl:apply-templates select="Conversations/Conversation"/></FileDump></xsl:template>
  <xsl:template match="Conversation">
    <Conversation Perspective="{Channel/@name}">
      <RoomID><xsl:value-of select="Channel/@name"/></RoomID>
      <StartTimeUTC><xsl:value-of select="StartTimeUTC/@since1970"/></StartTimeUTC>
      <xsl:for-each select="Messages/Message[@type='CHAT']">
        <Message>
          <LoginName><xsl:value-of select="Sender/@UserName"/></LoginName>
          <DateTimeUTC><xsl:value-of select="DateTimeUTC/@since1970"/></DateTimeUTC>
          <Content><xsl:value-of select="@content"/></Content>
        </Message>
      </xsl:for-each>
      <EndTimeUTC><xsl:value-of select="EndTimeUTC/@since1970"/></EndTimeUTC>
    </Conversation>
  </xsl:template>
</xsl:stylesheet>"#;

fn with(template: &str) -> String {
    format!(r#"<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{template}</xsl:stylesheet>"#)
}

fn styled(name: &str) -> Value {
    json!({ "kind": "group_chat", "stylesheet": name })
}

#[tokio::test]
async fn a_stylesheet_is_applied_to_each_output() {
    let ground = Ground::new();
    fs::write(ground.folder.path().join("styles/vault.xsl"), TO_ACTIANCE).unwrap();
    let files = ground.export(&adapter(json!({ "kind": "group_chat", "one_room_per_file": true, "stylesheet": "vault.xsl" })), &one_of_each()).await;
    let outputs = files.ending(".xml");
    assert_eq!(outputs.len(), 2);
    for (_, content) in outputs {
        validators::xml("actiance.xsd", content);
    }
    let said: Vec<_> = files.ending(".xml").into_iter().flat_map(|(_, content)| validators::said("Content", content)).collect();
    assert_eq!(said, ["Hello", "Fixing\n\n<b>4 & 5</b>\r\nnext \"line\"\t💬", "Hello!", "From elsewhere"]);
    assert_eq!(validators::manifest(&files)["stylesheet"], "vault.xsl");
}

#[test]
fn a_stylesheet_that_is_broken_says_so_and_nothing_goes_out() {
    let ground = Ground::new();
    let secret = ground.folder.path().join("written");
    let writes = format!(
        r#"<xsl:template match="/" xmlns:exsl="http://exslt.org/common"><exsl:document href="{}" method="text">x</exsl:document></xsl:template>"#,
        secret.display()
    );
    for (name, content, part) in [
        ("broken.xsl", "<xsl:stylesheet".to_owned(), "broken.xsl"),
        ("no.xsl", "<x/>".to_owned(), "no.xsl"),
        ("unknown.xsl", with(r#"<xsl:template match="/"><xsl:value-of select="nothing()"/></xsl:template>"#), "nothing"),
        ("stops.xsl", with(r#"<xsl:template match="/"><xsl:message terminate="yes">no more</xsl:message></xsl:template>"#), "no more"),
        ("circle.xsl", with(r#"<xsl:template match="/"><xsl:apply-templates select="."/></xsl:template>"#), "recursion"),
        ("empty.xsl", with(r#"<xsl:output method="text"/><xsl:template match="/"/>"#), "makes nothing"),
        ("writes.xsl", writes, ""),
    ] {
        fs::write(ground.folder.path().join("styles").join(name), content).unwrap();
        let failed = ground.run(&adapter(styled(name)), &one_of_each()).unwrap_err();
        assert!(matches!(&failed, ExportError::Stylesheet { name: named, why } if named == name && why.contains(part)), "{name}: {failed}");
        assert!(!failed.public().contains(ground.folder.path().to_str().unwrap()), "{}", failed.public());
        assert_eq!(fs::read_dir(&ground.site.exports).unwrap().count(), 0);
    }
    assert!(!secret.exists());
}

#[test]
fn what_is_not_there_is_told_before_anything_is_written() {
    let mut ground = Ground::new();
    let failed = ground.run(&adapter(styled("vault.xsl")), &[]).unwrap_err();
    assert_eq!(
        (failed.code(), failed.public().as_str()),
        ("stylesheet", "The stylesheet vault.xsl can't be applied: there is no such file in the folder of stylesheets")
    );
    fs::write(ground.folder.path().join("vault.xsl"), TO_ACTIANCE).unwrap();
    let failed = ground.run(&adapter(styled("../vault.xsl")), &[]).unwrap_err();
    assert_eq!(failed.code(), "settings");
    fs::write(ground.folder.path().join("styles/vault.xsl"), TO_ACTIANCE).unwrap();
    ground.site.xsltproc = "/nowhere/xsltproc".into();
    let failed = ground.run(&adapter(styled("vault.xsl")), &one_of_each()).unwrap_err();
    assert_eq!(failed.public(), "The stylesheet vault.xsl can't be applied: xsltproc isn't installed on this server");
    ground.site.stylesheets = None;
    let failed = ground.run(&adapter(styled("vault.xsl")), &[]).unwrap_err();
    assert_eq!(failed.code(), "settings");
}
