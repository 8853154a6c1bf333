//! Properties of filters and lists, in one binary that is linked once.

#![cfg(test)]

mod filter;
mod lists;
