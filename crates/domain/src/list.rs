//! Paging of lists: parameters, cursors, errors, and the position of a page in the list.

mod cursor;
mod error;
mod page;
mod page_info;
mod parameter_error;
mod params;
mod period;
mod search;
mod slice;
mod unfiltered;

pub(crate) use cursor::micros;
pub use cursor::{Cursor, CursorValue, time_of_micros};
pub use error::ListError;
pub use page::{Listed, Page};
pub use page_info::{EXACT_TOTAL_MAX, PageInfo, Total};
pub use parameter_error::ParameterError;
pub use params::{Limits, PANEL_LIMITS, PageParams, Position, check_names};
pub(crate) use params::{given, page_params, parse_limit, position, shorten};
pub(crate) use period::period;
pub(crate) use search::searched;
pub use search::{SearchParams, SearchQuery, searched_text};
pub use slice::Slice;
pub use unfiltered::{UnfilteredParams, UnfilteredQuery};
