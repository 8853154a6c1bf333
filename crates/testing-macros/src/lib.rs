//! The attribute of tests with a database, re-exported by the crate `testing`.

use std::mem;

use proc_macro::TokenStream;
use quote::quote;
use syn::{ItemFn, parse_macro_input};

/// Turns an async function into a test that runs with a database of its own, to which all migrations are applied.
///
/// The function takes a `PgPool`, or `PgPoolOptions` and `PgConnectOptions` if it opens its own pool.
#[proc_macro_attribute]
pub fn test(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(function as ItemFn);
    let attributes = mem::take(&mut function.attrs);
    let name = &function.sig.ident;
    let inputs = function.sig.inputs.iter().map(|_| quote! { _ });
    quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        fn #name() {
            #function

            // An async function has a type of its own; the trait is implemented for pointers to functions.
            let function: fn(#(#inputs),*) -> _ = #name;
            ::testing::TestFn::run(
                function,
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)),
            );
        }
    }
    .into()
}
