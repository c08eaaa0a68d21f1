//! The tags that start the browser half. Leptos's own component reads file names from beside the
//! executable; ours are inside it.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::WasmSplitManifest;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Where the built files are; the server finds them in the site that it carries.
#[derive(Clone, Debug, Default)]
pub struct Assets(Arc<Inner>);

/// Paths from the root of the site, with or without hashes in their names.
#[derive(Debug, Default)]
pub struct Inner {
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// The loader of lazy parts, and what each of them needs.
    pub split: Option<(String, HashMap<String, Vec<String>>)>,
}

impl Assets {
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

#[component]
pub fn Hydration(assets: Assets) -> impl IntoView {
    let Inner { js, wasm, css, split } = &*assets.0;
    if let Some((loader, manifest)) = split {
        provide_context(WasmSplitManifest(ArcStoredValue::new(("/pkg".to_owned(), manifest.clone(), loader.clone()))));
    }
    let start = format!("import({js:?}).then(m => m.default({{ module_or_path: {wasm:?} }}).then(() => m.hydrate()))");
    view! {
        <link rel="stylesheet" href=css.clone()/>
        <link rel="modulepreload" href=js.clone()/>
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}
