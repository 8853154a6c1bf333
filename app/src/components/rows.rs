//! Table rows and pages that are identified by ids.

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        ssr::StreamBuilder,
        view::{Mountable, Position, PositionState, RenderFlags, any_view::AnyViewState},
    },
};
use leptos_router::hooks::use_params_map;

/// A table row with the id of its subject. State that the browser stores in the elements (a checkbox, the focus, an open
/// menu) stays with that id: new data for the same id updates the elements, and another id gets new ones.
pub struct KeyedRow {
    id: String,
    view: AnyView,
}

impl KeyedRow {
    /// Returns a row with this id.
    pub fn new(id: impl ToString, view: impl IntoAny) -> Self {
        Self {
            id: id.to_string(),
            view: view.into_any(),
        }
    }
}

/// A mounted row.
pub struct KeyedRowState {
    id: String,
    view: AnyViewState,
}

impl Render for KeyedRow {
    type State = KeyedRowState;

    fn build(self) -> Self::State {
        KeyedRowState {
            id: self.id,
            view: self.view.build(),
        }
    }

    fn rebuild(self, state: &mut Self::State) {
        if self.id == state.id {
            self.view.rebuild(&mut state.view);
            return;
        }
        let mut row = self.build();
        state.insert_before_this(&mut row);
        state.unmount();
        *state = row;
    }
}

impl Mountable for KeyedRowState {
    fn unmount(&mut self) {
        self.view.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.view.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.view.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.view.elements()
    }
}

impl AddAnyAttr for KeyedRow {
    type Output<SomeNewAttr: Attribute> = Self;

    /// Rows retain the attributes that they were created with, so this ignores further ones.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self::Output<NewAttr> {
        self
    }
}

impl RenderHtml for KeyedRow {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.view.dry_resolve();
    }

    async fn resolve(self) -> Self {
        Self {
            id: self.id,
            view: self.view.resolve().await,
        }
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        flags: RenderFlags,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.view
            .to_html_with_buf(buf, position, flags, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        flags: RenderFlags,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.view
            .to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, flags, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        KeyedRowState {
            id: self.id,
            view: self.view.hydrate::<FROM_SERVER>(cursor, position),
        }
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

/// Renders a page for a URL parameter, and a new page for each other value of it. Within a route, the router changes only
/// the parameters: without this, the rows and the typed text of one user would stay on the page of another.
pub fn keyed_by(
    param: &'static str,
    draw: impl Fn(String) -> AnyView + Send + 'static,
) -> impl IntoView {
    let params = use_params_map();
    let value = Memo::new(move |_| params.read().get(param).unwrap_or_default());
    move || {
        let value = value.get();
        KeyedRow::new(&value, untrack(|| draw(value.clone())))
    }
}
