//! Lists whose whole state is in the URL. A page adds its texts, columns, filter and empty state.

use domain::{
    list::{Page, PageParams, ParameterError, Total},
    problem::Problem,
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{ListScreen, data_table::DataTable, row_link};
use crate::{
    api::{
        error::ApiError,
        listed::{ListResult, check_params},
        read::ReadRequest,
    },
    components::{
        filters::{FilterField, FilterForm},
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_list_params},
        rows::KeyedRow,
        state::ListErrorNotice,
    },
    links::over,
    text,
};

/// Texts of a list.
pub(crate) struct ListTexts {
    /// Title of the page.
    pub(crate) title: text::Label,
    /// Accessible name of the list.
    pub(crate) label: text::Label,
    /// Message if the list could not be loaded.
    pub(crate) load_failed: text::Label,
    /// Text of the link to the list without filter.
    pub(crate) show_all: text::Label,
}

/// List with parameters `P` in the URL, and the response `L`.
pub(crate) struct UrlList<P: PageParams, L> {
    path: &'static str,
    texts: &'static ListTexts,
    /// Parameters in the URL.
    pub(crate) params: Memo<P>,
    /// The same, or the error of a parameter that the list does not have.
    pub(crate) request: Memo<Result<P, ParameterError>>,
    /// The loaded list.
    pub(crate) loaded: Loaded<L>,
    loading: Loading,
    /// Returns the fields of the filter form, by whose labels an error names a parameter.
    fields: fn(&P) -> Vec<FilterField>,
}

impl<P: PageParams, L: DeserializeOwned + 'static> UrlList<P, L> {
    /// Loads the list at a path, again whenever the parameters change.
    pub(crate) fn load(
        path: &'static str,
        texts: &'static ListTexts,
        call: fn(P) -> Result<ReadRequest<ListResult<L>>, ApiError>,
    ) -> Self {
        let params = use_list_params::<P>();
        let loading = Loading::new();
        let request = checked(move || params.get(), P::NAMES, NONE);
        let loaded = Loaded::list(loading, move || call(check_params(request.get())?));
        Self {
            path,
            texts,
            params,
            request,
            loaded,
            loading,
            fields: |_| Vec::new(),
        }
    }
}

impl<P: PageParams, L: 'static> UrlList<P, L> {
    /// Returns the list without an indication of pending requests.
    pub(crate) fn quiet(self) -> Self {
        Self {
            loading: Loading::new(),
            ..self
        }
    }

    /// Returns the list with these fields in its filter form.
    pub(crate) fn with_fields(self, fields: fn(&P) -> Vec<FilterField>) -> Self {
        Self { fields, ..self }
    }

    /// Renders the link to the dialog that creates an object, with the state of the list.
    pub(crate) fn new_link(&self, label: &'static str) -> AnyView {
        let (path, params) = (self.path, self.params);
        let href = move || over(&format!("{path}/new"), &*params.read());
        row_link::new_link(Signal::derive(href), label)
    }

    /// Renders the filter form, whose link to remove the filter leads to the list without parameters.
    pub(crate) fn filter_form(
        &self,
        label: &'static str,
        fields: fn(&P) -> Vec<FilterField>,
    ) -> AnyView {
        let params = self.params;
        let fields = Memo::new(move |_| fields(&params.read()));
        filter_form(label, self.path, fields)
    }

    /// Renders the page. `beside` is beside the title, `above` above the list. `table` returns the table without its rows, `shown`
    /// renders the rows or the empty state.
    pub(crate) fn render(
        self,
        beside: AnyView,
        above: AnyView,
        table: fn(&P) -> DataTable,
        shown: fn(&P, L) -> AnyView,
    ) -> AnyView {
        let Self {
            path,
            texts,
            params,
            loaded,
            loading,
            fields,
            ..
        } = self;
        let screen = ListScreen {
            title: (texts.title)(),
            header: "page-head",
            beside,
            above,
            label: (texts.label)(),
            loading,
            skeleton: (move || table(&params.get_untracked()).skeleton()).into(),
        };
        screen.render(loaded, move |result| {
            let params = params.get_untracked();
            match result {
                Ok(list) => shown(&params, list),
                Err(problem) => {
                    let again = over(path, &params);
                    failed(path, texts, again, problem, fields(&params))
                }
            }
        })
    }
}

/// Renders the form. It is compiled once for all lists.
fn filter_form(label: &'static str, path: &'static str, fields: Memo<Vec<FilterField>>) -> AnyView {
    let cleared = Signal::stored(path.to_owned());
    view! { <FilterForm label=label path=path fields=fields cleared=cleared /> }.into_any()
}

/// Renders the error of loading. `again` is the URL of the list with its filter, `fields` are those of the filter form.
fn failed(
    path: &'static str,
    texts: &'static ListTexts,
    again: String,
    problem: Problem,
    fields: Vec<FilterField>,
) -> AnyView {
    let (title, label) = ((texts.load_failed)(), (texts.show_all)());
    view! {
        <ListErrorNotice
            title=title
            problem=problem
            again=again
            all=path.to_owned()
            label=label
            fields=fields
        />
    }
    .into_any()
}

/// Renders the rows of a page with the pager. Without rows it renders the empty state, for the number of rows on all pages.
pub(crate) fn paged<P: PageParams, R>(
    path: &'static str,
    params: &P,
    page: Page<R>,
    table: DataTable,
    row: impl FnMut(R) -> KeyedRow,
    empty: fn(&P, Total) -> AnyView,
) -> AnyView {
    if page.rows.is_empty() {
        return empty(params, page.page_info.total);
    }
    let pages = Pages::of(params, &page, |params| over(path, params));
    let rows = page.rows.into_iter().map(row).collect();
    with_pager(table.with_rows(rows), pages)
}

/// Renders a table and its pager. It is compiled once for all lists.
fn with_pager(table: AnyView, pages: Pages) -> AnyView {
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}
