//! Bodies of requests and responses that the API and the command line share.

pub(crate) mod users;
