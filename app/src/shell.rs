//! The document around the app.

use std::sync::Arc;

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use serde::Deserialize;

use crate::{App, context::PageContext};

/// Where the built files are, by their hashed names. Written by the build beside them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Assets {
    /// The script that loads the WebAssembly.
    pub js: Arc<str>,
    /// The WebAssembly.
    pub wasm: Arc<str>,
    /// The style sheet.
    pub css: Arc<str>,
    /// The typeface.
    pub font: Arc<str>,
}

/// The whole document.
#[must_use]
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
    let context = PageContext::current();
    let [(_, theme), (_, density), (_, rail)] = context.preferences.words();
    // What the browser takes over is the page of the address that it shows.
    let moved = match context.address {
        Some(_) => "history.replaceState(null, '', document.documentElement.dataset.address);",
        None => "",
    };
    // The mark tells when the page began to answer: to the browser's own tools, and to the tests.
    let start = format!(
        "{moved}import({:?}).then(m => m.default({{module_or_path: {:?}}}).then(() => m.hydrate())) \
         .then(() => performance.mark('hydrated'))",
        assets.js, assets.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density data-rail=rail data-address=context.address>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link
                    rel="preload"
                    href=assets.font.to_string()
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" href=assets.css.to_string() />
                <link rel="modulepreload" href=assets.js.to_string() nonce=use_nonce() />
                <link
                    rel="preload"
                    href=assets.wasm.to_string()
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <script type="module" nonce=use_nonce()>
                    {start}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
