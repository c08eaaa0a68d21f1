/// A text as the content of a `<textarea>`, which Leptos writes as it stands: on the server it has to
/// be escaped, or a text could end the element and go on as HTML. In the browser it is no HTML.
#[must_use]
pub fn within_textarea(text: &str) -> String {
    if cfg!(feature = "ssr") {
        // The first line break within is not part of the text.
        return format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"));
    }
    text.to_owned()
}
