//! The parts that every page is built from: tables, forms, dialogs, and how a page reads and sends. A file per part;
//! each says at its top how it is used.
//!
//! A part knows no noun of the product: content belongs to the pages, rules and bounds to `domain`. The layout must not
//! use a part that only the admin's pages or the extras need, because its code would be loaded with the first page.

pub mod chart;
mod checkbox_field;
mod copy_button;
mod date_range;
mod debounced_query;
mod dialog;
mod dom_value;
mod edit_form;
mod edit_state;
mod empty_state;
mod field;
mod field_error;
mod formatted_text;
mod icon_button;
mod language_select;
mod lazy_route;
mod live_resource;
mod menu;
mod page_head;
mod phone_preview;
mod row;
mod save_bar;
mod select;
mod submit;
mod switch;
mod table;
mod toast;

pub use self::{
    checkbox_field::CheckboxField,
    copy_button::CopyButton,
    date_range::DateRange,
    debounced_query::{QueryAnswer, debounced_query},
    dialog::Dialog,
    dom_value::adopt_dom_value,
    edit_form::EditForm,
    edit_state::{EditState, Progress},
    empty_state::EmptyState,
    field::{FieldKind, FocusOrder, Part, TextBinding, TextField, TextInput},
    field_error::{FieldError, fault_of, show_field_error},
    formatted_text::FormattedText,
    icon_button::IconButton,
    language_select::{LANGUAGES, LanguageSelect, language_name, language_options},
    live_resource::{RefreshTrigger, live_resource, live_resource_by},
    menu::{Menu, close_from_outside},
    page_head::PageHead,
    phone_preview::PhonePreview,
    row::{EditableRow, RowControl},
    save_bar::{ConflictNotice, SaveBar},
    select::{Select, SelectField, SelectOption, options},
    submit::{Submit, SubmitButton, send_optimistic},
    switch::{Switch, SwitchField},
    table::{Column, Table},
    toast::PageToasts,
};
pub(crate) use self::{field::part, lazy_route::lazy_route};
pub use super::state::{ToastEnd, ToastTone};
