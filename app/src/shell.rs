//! HTML document around the app.

use std::sync::Arc;

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use serde::Deserialize;

use crate::{
    context::PageContext,
    routes::App,
    text::{self, language::Language},
};

/// Paths of the built files, with hashes in their names. The build writes them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Assets {
    /// Script that hydrates the page.
    pub loader: Arc<str>,
    /// Script that loads the WebAssembly.
    pub js: Arc<str>,
    /// The WebAssembly module.
    pub wasm: Arc<str>,
    /// The style sheet.
    pub css: Arc<str>,
    /// Font that the page preloads.
    pub font: Arc<str>,
    /// German texts.
    pub texts_de: Arc<str>,
    /// Texts of the pseudo-language.
    pub texts_pseudo: Arc<str>,
}

impl Assets {
    /// Returns the path of the texts of a language. The English ones are part of the WebAssembly.
    fn texts(&self, language: Language) -> Option<String> {
        match language {
            Language::English => None,
            Language::German => Some(self.texts_de.to_string()),
            Language::Pseudo => Some(self.texts_pseudo.to_string()),
        }
    }
}

/// Renders the HTML document.
#[must_use]
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
    let context = PageContext::current();
    let [(_, theme), (_, density), (_, rail), _] = context.preferences.as_pairs();
    let language = text::current();
    view! {
        <!DOCTYPE html>
        // Translators replace nodes that the app owns, so that a row could show one user and act on another.
        <html
            lang=language.tag()
            translate="no"
            data-theme=theme
            data-density=density
            data-rail=rail
            data-address=context.address
            data-language=language.tag()
            data-texts=assets.texts(language)
            data-stopped=text::public::stopped()
            data-reload=text::public::reload()
            data-unsaved=text::public::unsaved()
            data-stay=text::public::stay()
            data-discard=text::public::discard()
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="google" content="notranslate" />
                <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link
                    rel="preload"
                    href=assets.font.to_string()
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" href=assets.css.to_string() />
                <link rel="modulepreload" href=assets.loader.to_string() nonce=use_nonce() />
                <link rel="modulepreload" href=assets.js.to_string() nonce=use_nonce() />
                <link
                    rel="preload"
                    href=assets.wasm.to_string()
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <script type="module" src=assets.loader.to_string() nonce=use_nonce()></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
