//! The tags that start the browser half. Leptos's own component reads file names from beside the
//! executable; ours are inside it.

#[cfg(feature = "ssr")]
pub use server::*;

#[cfg(feature = "ssr")]
mod server {
    use std::collections::HashMap;
    use std::sync::Arc;

    use leptos::WasmSplitManifest;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;

    use crate::routes;

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

    /// Whether the page that is asked for is a live one.
    pub fn is_live() -> bool {
        let path = use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned());
        path.is_some_and(|path| path == routes::CHAT || path.starts_with("/chat/"))
    }

    #[component]
    pub fn Style(assets: Assets) -> impl IntoView {
        view! { <link rel="stylesheet" href=assets.0.css.clone()/> }
    }

    #[component]
    pub fn Hydration(assets: Assets) -> impl IntoView {
        let Inner { js, wasm, split, .. } = &*assets.0;
        if let Some((loader, manifest)) = split {
            provide_context(WasmSplitManifest(ArcStoredValue::new(("/pkg".to_owned(), manifest.clone(), loader.clone()))));
        }
        let start = format!("import({js:?}).then(m => m.default({{ module_or_path: {wasm:?} }}).then(() => m.hydrate()))");
        view! {
            <link rel="modulepreload" href=js.clone()/>
            <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin=""/>
            <script type="module" nonce=use_nonce()>
                {start}
            </script>
        }
    }
}

#[cfg(not(feature = "ssr"))]
pub use browser::*;

#[cfg(not(feature = "ssr"))]
mod browser {
    use std::sync::atomic::{AtomicBool, Ordering};

    use leptos::prelude::*;

    use crate::respond::Missing;

    static AWAKE: AtomicBool = AtomicBool::new(false);

    pub fn awake() {
        AWAKE.store(true, Ordering::Relaxed);
    }

    /// A page that isn't live: the browser asks the server for it.
    #[component]
    pub fn Elsewhere() -> impl IntoView {
        if AWAKE.load(Ordering::Relaxed) {
            let _ = window().location().reload();
        }
        view! { <Missing/> }
    }
}
