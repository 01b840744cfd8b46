//! The list of tools, each with its request and its missing secrets.

use leptos::prelude::*;

use super::{ADD, Mode};
use crate::{
    api::tools::tool_remove,
    contract::bot::{BotSettings, ToolRow},
    ui::{
        admin::password_prompt::PasswordPrompt,
        browser,
        components::icon::Icon,
        kit::{Column, EditableRow, EmptyState, IconButton, RefreshTrigger, RowControl, Table},
    },
};

const COLUMNS: [Column; 3] = [Column::new("Tool"), Column::optional("Request"), Column::actions("Edit or remove")];

#[component]
pub fn ToolList(bot: RwSignal<BotSettings>, refresh: RefreshTrigger, mode: RwSignal<Mode>) -> impl IntoView {
    let rows = Memo::new(move |_| bot.with(|bot| bot.tools.clone()));
    let empty = || {
        view! {
            <EmptyState icon="tool" title="No tools yet">
                "The model can talk, save what it learns and call an agent. Add a tool to let it look something up in your own systems."
            </EmptyState>
        }
    };
    view! {
        <p class="note">
            "Each tool is one HTTP request. The model decides when to call it and with which arguments; the address and the rest are set here."
        </p>
        <Table
            columns=&COLUMNS
            rows
            key=|row: &ToolRow| row.tool.name.clone()
            empty
            row=move |tool| view! { <ToolLine bot tool refresh mode/> }
        />
    }
}

#[component]
fn ToolLine(
    bot: RwSignal<BotSettings>,
    tool: Memo<ToolRow>,
    refresh: RefreshTrigger,
    mode: RwSignal<Mode>,
) -> impl IntoView {
    let (row, prompt) = (RowControl::new(refresh), PasswordPrompt::expect());
    let name = Signal::derive(move || tool.with(|row| row.tool.name.clone()));
    let request = move || tool.with(|row| format!("{} {}", row.tool.method.as_str(), row.tool.url));
    let missing = move || {
        let warning = |secret| {
            view! {
                <span class="warn">
                    <Icon name="warn"/>
                    <span>{format!("The secret {secret} is not set, so calls will fail.")}</span>
                </span>
            }
        };
        tool.get().missing.into_iter().map(warning).collect_view()
    };
    let edit = move |_| mode.set(Mode::Edit(tool.get_untracked().tool));
    let remove = move |()| {
        let removed = name.get_untracked();
        row.remove(prompt.confirmed(move || tool_remove(removed.clone())), move || {
            bot.try_update(|bot| bot.tools.retain(|row| row.tool.name != name.get_untracked()));
            browser::focus(ADD);
        });
    };
    let label = Signal::derive(move || format!("Edit “{}”", name.get()));
    let buttons = move || view! { <IconButton icon="pencil" label press=edit/> };
    let effect = "The model can no longer call it, also in flows that use it.";
    view! {
        <EditableRow row columns=COLUMNS.len() noun="tool" name effect remove buttons>
            <td>
                <code><b>{name}</b></code>
                <div class="hint" dir="auto">{move || tool.with(|row| row.tool.description.clone())}</div>
                {missing}
            </td>
            <td class="opt"><code class="long">{request}</code></td>
        </EditableRow>
    }
}
