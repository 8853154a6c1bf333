//! Icons: one path each, on a 20-unit grid, drawn with the stroke of the style sheet.

use leptos::prelude::*;

/// An icon, named by its drawing or its meaning.
#[expect(missing_docs, reason = "the names describe the drawings")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Users,
    User,
    Group,
    Shield,
    ShieldCheck,
    Building,
    Search,
    X,
    Check,
    Alert,
    Info,
    Help,
    ChevronLeft,
    ChevronRight,
    ChevronDown,
    SortUp,
    SortDown,
    Sun,
    Moon,
    Monitor,
    RowsRoomy,
    RowsTight,
    PanelCollapse,
    PanelExpand,
    SignOut,
    Eye,
    EyeOff,
    Reload,
    Bin,
    Gauge,
    Key,
    Record,
    Sliders,
    Cube,
    Toggle,
    Chat,
    Bars,
    Levels,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Users => {
                "M5 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0zM2.5 16.5c0-3 2.4-4.75 5.5-4.75s5.5 1.75 5.5 4.75M13 4.3a3 3 0 0 1 0 5.4M15 12.2c1.6.7 2.5 2.2 2.5 4.3"
            }
            Self::User => {
                "M6.75 6.75a3.25 3.25 0 1 0 6.5 0a3.25 3.25 0 1 0 -6.5 0zM3.75 17c0-3.4 2.8-5.25 6.25-5.25S16.25 13.6 16.25 17"
            }
            Self::Group => {
                "M7.75 5.25a2.25 2.25 0 1 0 4.5 0a2.25 2.25 0 1 0 -4.5 0zM2.25 14a2.25 2.25 0 1 0 4.5 0a2.25 2.25 0 1 0 -4.5 0zM13.25 14a2.25 2.25 0 1 0 4.5 0a2.25 2.25 0 1 0 -4.5 0zM8.75 7.25l-3 4.75M11.25 7.25l3 4.75M6.75 14h6.5"
            }
            Self::Shield => "M10 2.5 16 4.75V9.5c0 3.8-2.4 6.6-6 8-3.6-1.4-6-4.2-6-8V4.75z",
            Self::ShieldCheck => {
                "M10 2.5 16 4.75V9.5c0 3.8-2.4 6.6-6 8-3.6-1.4-6-4.2-6-8V4.75zM7.25 9.75l2 2 3.5-3.75"
            }
            Self::Building => {
                "M4.5 17V4.5a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1V17M12.5 8.5H15a1 1 0 0 1 1 1V17M2.5 17h15M7.5 7h2M7.5 10h2M7.5 13h2"
            }
            Self::Search => {
                "M3.5 8.75a5.25 5.25 0 1 0 10.5 0a5.25 5.25 0 1 0 -10.5 0zM12.75 12.75l4 4"
            }
            Self::X => "M5.5 5.5l9 9M14.5 5.5l-9 9",
            Self::Check => "M4 10.5l4 4 8-9",
            Self::Alert => "M10 3 17.5 16.25h-15zM10 8.25v3.5M10 14v.01",
            Self::Info => "M3 10a7 7 0 1 0 14 0a7 7 0 1 0 -14 0zM10 9.5v4M10 6.75v.01",
            Self::Help => {
                "M3 10a7 7 0 1 0 14 0a7 7 0 1 0 -14 0zM7.9 8a2.15 2.15 0 1 1 3.2 1.9c-.7.4-1.1.8-1.1 1.6M10 13.75v.01"
            }
            Self::ChevronLeft => "M12 5l-5 5 5 5",
            Self::ChevronRight => "M8 5l5 5-5 5",
            Self::ChevronDown => "M5 8l5 5 5-5",
            Self::SortUp => "M10 16V4.5M5.5 9 10 4.5 14.5 9",
            Self::SortDown => "M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5",
            Self::Sun => {
                "M6.75 10a3.25 3.25 0 1 0 6.5 0a3.25 3.25 0 1 0 -6.5 0zM10 2.25v1.5M10 16.25v1.5M2.25 10h1.5M16.25 10h1.5M4.5 4.5l1.1 1.1M14.4 14.4l1.1 1.1M4.5 15.5l1.1-1.1M14.4 5.6l1.1-1.1"
            }
            Self::Moon => "M16.75 11.75A7 7 0 1 1 8.25 3.25a5.6 5.6 0 0 0 8.5 8.5z",
            Self::Monitor => {
                "M4.25 3.5h11.5a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1 -1.5 1.5h-11.5a1.5 1.5 0 0 1 -1.5 -1.5v-7a1.5 1.5 0 0 1 1.5 -1.5zM7 17h6M10 13.5V17"
            }
            Self::RowsRoomy => {
                "M4.25 3.5h11.5a1.25 1.25 0 0 1 1.25 1.25v2.5a1.25 1.25 0 0 1 -1.25 1.25h-11.5a1.25 1.25 0 0 1 -1.25 -1.25v-2.5a1.25 1.25 0 0 1 1.25 -1.25zM4.25 11.5h11.5a1.25 1.25 0 0 1 1.25 1.25v2.5a1.25 1.25 0 0 1 -1.25 1.25h-11.5a1.25 1.25 0 0 1 -1.25 -1.25v-2.5a1.25 1.25 0 0 1 1.25 -1.25z"
            }
            Self::RowsTight => "M3 4h14M3 8h14M3 12h14M3 16h14",
            Self::PanelCollapse => {
                "M4.75 3.5h10.5a2 2 0 0 1 2 2v9a2 2 0 0 1 -2 2h-10.5a2 2 0 0 1 -2 -2v-9a2 2 0 0 1 2 -2zM7.75 3.5v13M13.5 8l-2 2 2 2"
            }
            Self::PanelExpand => {
                "M4.75 3.5h10.5a2 2 0 0 1 2 2v9a2 2 0 0 1 -2 2h-10.5a2 2 0 0 1 -2 -2v-9a2 2 0 0 1 2 -2zM7.75 3.5v13M11.5 8l2 2-2 2"
            }
            Self::SignOut => {
                "M8 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h3M13 6.5l3.5 3.5-3.5 3.5M16 10H8"
            }
            Self::Eye => {
                "M2 10c1.8-3.4 4.6-5.25 8-5.25S16.2 6.6 18 10c-1.8 3.4-4.6 5.25-8 5.25S3.8 13.4 2 10zM7.5 10a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z"
            }
            Self::EyeOff => {
                "M8 5c.65-.17 1.3-.25 2-.25 3.4 0 6.2 1.85 8 5.25a12 12 0 0 1-2 2.75M5.4 6.5C4 7.35 2.9 8.5 2 10c1.8 3.4 4.6 5.25 8 5.25 1.7 0 3.2-.45 4.5-1.3M3 3l14 14"
            }
            Self::Bin => {
                "M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.75 11h8.5l.75-11M8.25 8.75v4.5M11.75 8.75v4.5"
            }
            Self::Gauge => "M3.5 15.5a7.5 7.5 0 1 1 13 0M10 11.5l3.25-3.75M10 11.5v.01",
            Self::Key => {
                "M3 13a4 4 0 1 0 8 0a4 4 0 1 0 -8 0zM9.9 10.1l6.6-6.6M13.25 6.75l2.75 2.75"
            }
            Self::Record => "M5 3h7l3 3v11H5zM8 9.5h4M8 13h4",
            Self::Sliders => {
                "M3 6.5h8M15 6.5h2M3 13.5h2M9 13.5h8M11 6.5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0zM5 13.5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z"
            }
            Self::Cube => "M10 2.75 16.5 6v8L10 17.25 3.5 14V6zM3.5 6 10 9.25 16.5 6M10 9.25v8",
            Self::Toggle => {
                "M6.5 5.5h7a4.5 4.5 0 0 1 0 9h-7a4.5 4.5 0 0 1 0-9zM11.25 10a2.25 2.25 0 1 0 4.5 0a2.25 2.25 0 1 0-4.5 0z"
            }
            Self::Chat => {
                "M4.5 4h11a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1 -1.5 1.5H9.5l-4 3v-3h-1a1.5 1.5 0 0 1 -1.5 -1.5v-7a1.5 1.5 0 0 1 1.5 -1.5zM6.75 7.5h6.5M6.75 10.5h4"
            }
            Self::Bars => "M3 16.5h14M5.5 16.5v-5M10 16.5v-12M14.5 16.5v-8",
            Self::Levels => "M3.5 6h13M3.5 10h9M3.5 14h5M15.5 12v5M12.5 12v5",
            Self::Reload => "M16.5 10a6.5 6.5 0 1 1-2-4.7L16.5 7.25M16.5 3v4.25h-4.25",
        }
    }
}

/// Renders an icon. Icons are decorative: the meaning is always given in text too.
#[component]
pub fn Glyph(
    /// Icon to draw.
    icon: Icon,
    /// `true` for 20 px instead of 16 px.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "icon icon-20" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
