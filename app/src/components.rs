//! Parts of pages: they draw what they are given and tell what was done to them. They ask nothing of the server.

pub mod avatar;
pub mod badge;
pub mod brand;
pub mod card;
pub mod chart;
pub mod choice;
pub mod dialog;
pub mod facts;
pub mod field;
pub mod frame;
pub mod icon;
pub mod link;
pub mod loading;
pub mod notice;
pub mod owned;
pub mod page_user;
pub mod pager;
pub mod records;
pub mod roles;
pub mod rows;
pub mod state;
mod strength;
pub mod tabs;
pub mod time;
pub mod title;
pub mod toast;
pub mod user_menu;
