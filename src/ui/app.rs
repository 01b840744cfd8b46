//! The document, the routes, and the layout of every signed-in page.
//!
//! To add a page: its component in a folder of `ui/`, one `<Route>` here, its link in `components/shell.rs`. Pages that
//! agents rarely open are `Lazy`, as the admin's are.

use leptos::{nonce::use_nonce, prelude::*, reactive::owner::Owner};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{Outlet, ParentRoute, Redirect, Route, Router, Routes},
    hooks::use_location,
    location::RequestUrl,
    path,
};

use super::{
    account::AccountRoute,
    admin::{
        AdminRoute, FIRST_PAGE, audit::AuditRoute, bot::BotRoute, flows::FlowsRoute, hours::HoursRoute,
        keywords::KeywordsRoute, messages::MessagesRoute, numbers::NumbersRoute, outcomes::OutcomesRoute,
        prices::PricesRoute, security::SecurityRoute, targets::TargetsRoute, team::TeamRoute,
    },
    alerts::MineAlerts,
    browser::{after_dry_resolves, load_pages_while},
    components::shell::{Banner, Leave, Rail},
    conversations::{
        call_strip::{Claims, InvitationState},
        composer::ReplyMemory,
        outbound::OutboundRoute,
        page::DeskRoute,
        pane_focus::PaneFocus,
    },
    cost::{CostRoute, list::CostListRoute},
    extras::{
        Extra, ExtraPiece, ExtrasCode, PageExtras, code_at_once,
        requests::{read_calls, read_viewer},
    },
    flow_editor::FlowEditorRoute,
    format::Zone,
    keyboard::Keyboard,
    live,
    page_styles::{PAGE_STYLES, are_needed_at},
    pages::{
        link::LinkRoute,
        not_found::NotFoundPage,
        second_factor::{SecondFactorRoute, second_factor_address},
        sign_in::{SignInRoute, sign_in_address},
        sign_in_code::SignInCodeRoute,
    },
    palette::{Palette, PaletteDialog},
    render_environment::RenderEnvironment,
    reports::{definitions::DefinitionsRoute, list::ReportListRoute, page::ReportRoute, staffing::StaffingRoute},
    saved_replies::SavedRepliesRoute,
    snapshot::{Json, LayoutSnapshot, snapshot},
    state::AppState,
    wall::WallRoute,
};
use crate::{
    contract::{ApiError, desk::Calls, session::Viewer},
    domain::time::Timestamp,
};

/// The HTML document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let environment = use_context::<RenderEnvironment>().unwrap_or_default();
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let page_styles = url
        .is_none_or(|url| are_needed_at(url.path()))
        .then(|| view! { <link rel="stylesheet" href=PAGE_STYLES nonce=use_nonce() /> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=environment.theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                // A browser that paints what has arrived so far would move it when the rest comes.
                <link rel="expect" href="#page-end" blocking="render" />
                // Before the styles, for which a script after them would wait.
                <script src="/panes.js" nonce=use_nonce()></script>
                <link rel="stylesheet" href="/pkg/handoff.css" nonce=use_nonce() />
                {page_styles}
                <script src="/stopped.js" defer nonce=use_nonce()></script>
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
                <span id="page-end" hidden></span>
            </body>
        </html>
    }
}

/// Everything inside the body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let environment = use_context::<RenderEnvironment>().unwrap_or_else(RenderEnvironment::from_browser);
    Zone::provide(&environment);
    provide_context(environment);
    let shared = Owner::current_shared_context();
    load_pages_while(move || shared.as_ref().is_some_and(|context| context.during_hydration()));

    // Whole pages, not streamed ones: they are readable without any script, and a redirect is a real one.
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=|| view! { <Redirect path="/conversations" /> } ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view={Lazy::<SignInCodeRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/second-factor") view={Lazy::<SecondFactorRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/join/:token") view={Lazy::<LinkRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/new-password/:token") view={Lazy::<LinkRoute>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=path!("/conversations/:id?") view={Lazy::<DeskRoute>::new()} />
                    <Route path=path!("/new-conversation") view={Lazy::<OutboundRoute>::new()} />
                    <Route path=path!("/reports") view={Lazy::<ReportRoute>::new()} />
                    <Route path=path!("/reports/list") view={Lazy::<ReportListRoute>::new()} />
                    <Route path=path!("/reports/definitions") view={Lazy::<DefinitionsRoute>::new()} />
                    <Route path=path!("/reports/staffing") view={Lazy::<StaffingRoute>::new()} />
                    <Route path=path!("/reports/cost") view={Lazy::<CostRoute>::new()} />
                    <Route path=path!("/reports/cost/list") view={Lazy::<CostListRoute>::new()} />
                    <Route path=path!("/account") view={Lazy::<AccountRoute>::new()} />
                    <Route path=path!("/saved-replies") view={Lazy::<SavedRepliesRoute>::new()} />
                    <Route path=path!("/wall") view={Lazy::<WallRoute>::new()} />
                    <ParentRoute path=path!("/admin") view={Lazy::<AdminRoute>::new()}>
                        <Route path=path!("") view=|| view! { <Redirect path=FIRST_PAGE /> } />
                        <Route path=path!("flows") view={Lazy::<FlowsRoute>::new()} />
                        <Route path=path!("flows/:id") view={Lazy::<FlowEditorRoute>::new()} />
                        <Route path=path!("keywords") view={Lazy::<KeywordsRoute>::new()} />
                        <Route path=path!("messages") view={Lazy::<MessagesRoute>::new()} />
                        <Route path=path!("bot") view={Lazy::<BotRoute>::new()} />
                        <Route path=path!("outcomes") view={Lazy::<OutcomesRoute>::new()} />
                        <Route path=path!("hours") view={Lazy::<HoursRoute>::new()} />
                        <Route path=path!("targets") view={Lazy::<TargetsRoute>::new()} />
                        <Route path=path!("numbers") view={Lazy::<NumbersRoute>::new()} />
                        <Route path=path!("prices") view={Lazy::<PricesRoute>::new()} />
                        <Route path=path!("team") view={Lazy::<TeamRoute>::new()} />
                        <Route path=path!("security") view={Lazy::<SecurityRoute>::new()} />
                        <Route path=path!("audit") view={Lazy::<AuditRoute>::new()} />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The layout of every signed-in page. Without a session it redirects to the sign-in page, and without a second factor
/// that the tenant requires to the page that sets one up; both lead back.
#[component]
fn SignedIn() -> impl IntoView {
    let viewer = snapshot(|| (), |()| read_viewer());
    let calls = snapshot(|| (), |()| read_calls());
    provide_context(LayoutSnapshot(calls));
    // The server's time is sent with the page, so that both first renders compute the same "2:08" and "Today".
    let now = SharedValue::<_, Json>::new_with_encoding(|| {
        use_context::<RenderEnvironment>().and_then(|environment| environment.now).unwrap_or_default()
    })
    .into_inner();
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };

    // A transition: a route whose data is still read would otherwise take the layout out of the document for a moment, and
    // with it the focus.
    view! {
        <Transition fallback=|| view! { <main class="page" aria-busy="true"></main> }>
            // Not in a closure: the boundary runs closures at each dry resolve, and each run would build the whole page
            // again, with new resources.
            {Suspend::new(async move {
                let read = match viewer.await {
                    Ok(None) | Err(ApiError::SignedOut) => Err(ApiError::SignedOut),
                    Ok(Some(viewer)) => calls.await.map(|calls| (viewer, calls)),
                    Err(error) => Err(error),
                };
                after_dry_resolves().await;
                match read {
                    Ok((viewer, calls)) => {
                        let code = code_at_once().await;
                        view! { <Workplace viewer calls now code /> }.into_any()
                    }
                    Err(ApiError::SignedOut) => view! { <Redirect path=sign_in_address(&here()) /> }.into_any(),
                    Err(ApiError::SecondFactorNeeded) => {
                        view! { <Redirect path=second_factor_address(&here()) /> }.into_any()
                    }
                    Err(error) => view! { <Unreachable error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The banner, the rail, the strip of calls, the page, and what can lie over every page: dialogs and toasts.
#[component]
fn Workplace(
    viewer: Viewer,
    calls: Calls,
    now: Timestamp,
    /// The code of the extras, where it must be there at once.
    code: Option<ExtrasCode>,
) -> impl IntoView {
    // A page that was not rendered on the server, after signing in, has the time of the calls. If the clock is behind
    // the newest row, that row's time counts: no row may seem to be in the future.
    let newest = calls.waiting.iter().map(|row| row.last_at).max().unwrap_or_default();
    let now = now.max(calls.at).max(newest);
    let asides = calls.asides.clone();
    let app = AppState::new(viewer, calls, now);
    provide_context(app);
    Zone::settle();
    // The zone may have another offset on another day.
    Effect::new(move |_| {
        app.today.track();
        Zone::store_offset(app.now.get_untracked());
    });
    Keyboard::provide();
    let extras = PageExtras::provide(app, asides, code);
    Claims::provide();
    InvitationState::provide();
    PaneFocus::provide();
    Palette::provide();
    Leave::provide();
    ReplyMemory::provide();
    live::follow(app, extras);
    let missed = MineAlerts::provide(app).missed;

    let path = use_location().pathname;
    let class = move || {
        path.with(|path| match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            ["admin", "flows", _] => "app admin editing",
            ["admin", ..] => "app admin",
            ["account" | "saved-replies" | "new-conversation"] => "app account",
            ["wall"] => "app",
            ["reports", ..] => "app reports",
            ["conversations", _] => "app desk has-thread",
            _ => "app desk no-thread",
        })
    };
    let density = move || app.viewer.with(|viewer| viewer.compact_list.then_some("compact"));
    let title = move |page: String| {
        // On the server the head is written last, when the page's signals may already be disposed.
        let waiting = app.desk.try_with(|desk| desk.counts.waiting).unwrap_or_default();
        let count = waiting + missed.try_get().unwrap_or_default();
        if count > 0 { format!("({count}) {page} · Handoff") } else { format!("{page} · Handoff") }
    };

    view! {
        <Title formatter=title text="Conversations" />
        // `external`: the router would handle the fragment, and the focus would not move.
        <a class="skip" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class=class data-density=density>
            <Banner />
            <Rail />
            <Extra piece=ExtraPiece::CallStrip />
            <Outlet />
        </div>
        <Extra piece=ExtraPiece::Overlays />
        <PaletteDialog />
        // Always in the document, so that screen readers announce what is added.
        <div class="toasts" role="status" aria-live="polite">
            <Extra piece=ExtraPiece::Notices />
        </div>
    }
}

/// The layout's data could not be read.
#[component]
fn Unreachable(error: ApiError) -> impl IntoView {
    view! {
        <Title text="Unavailable · Handoff" />
        // Here, because the desk's document does not name it.
        <link rel="stylesheet" href=PAGE_STYLES />
        <main class="auth" id="main">
            <div class="card">
                <h1>"Couldn't load this page"</h1>
                <p role="alert">{error.to_string()}</p>
                <a class="btn primary" href="" rel="external">
                    "Try again"
                </a>
            </div>
        </main>
    }
}
