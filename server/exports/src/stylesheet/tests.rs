use super::*;
use std::sync::Arc;

/// A stylesheet of this content, and a file that it is applied to.
fn sheet(folder: &Path, template: &str) -> Sheet {
    let content = format!(r#"<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{template}</xsl:stylesheet>"#);
    std::fs::write(folder.join("a.xsl"), content).unwrap();
    std::fs::write(folder.join("in.xml"), "<a><b/></a>").unwrap();
    let mut site = Site::new(folder.to_owned(), Arc::new(crate::Nothing));
    site.stylesheets = Some(folder.to_owned());
    Sheet::find(&site, "a.xsl").unwrap()
}

/// Twice as often with each level, so that it lasts as long as one likes.
const ENDLESS: &str = r#"<xsl:template match="/"><o><xsl:call-template name="t"><xsl:with-param name="n" select="60"/></xsl:call-template></o></xsl:template>
<xsl:template name="t"><xsl:param name="n"/><xsl:if test="$n > 0"><x/>
<xsl:call-template name="t"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template>
<xsl:call-template name="t"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template></xsl:if></xsl:template>"#;

#[test]
fn one_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut sheet = sheet(folder.path(), ENDLESS);
    sheet.timeout = Duration::from_secs(1);
    let failed = sheet.apply(&folder.path().join("in.xml"), &folder.path().join("out")).unwrap_err();
    assert!(failed.public().contains("longer than 1 seconds"), "{failed}");
}

#[test]
fn one_that_makes_too_much_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(100_000);
    let mut sheet = sheet(folder.path(), &format!(r#"<xsl:template match="/"><o>{long}</o></xsl:template>"#));
    let out = folder.path().join("out");
    assert_eq!(sheet.apply(&folder.path().join("in.xml"), &out).unwrap().0, std::fs::metadata(&out).unwrap().len());
    sheet.output = 50_000;
    let failed = sheet.apply(&folder.path().join("in.xml"), &out).unwrap_err();
    assert!(failed.public().contains("has no end"), "{failed}");
}

#[test]
fn a_file_that_is_missing_is_not_an_empty_result() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = sheet(folder.path(), r#"<xsl:template match="/"><o/></xsl:template>"#);
    std::fs::write(folder.path().join("in.xml"), "<a").unwrap();
    let failed = sheet.apply(&folder.path().join("in.xml"), &folder.path().join("out")).unwrap_err();
    assert_eq!(failed.code(), "stylesheet");
    assert!(!failed.public().contains(folder.path().to_str().unwrap()), "{failed}");
}
