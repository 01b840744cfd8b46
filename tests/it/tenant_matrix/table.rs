//! The table: a route, the request, and the answer for each caller. `{conversation}` and others stand for ids of the
//! first tenant, for every caller.

/// The callers. The foreign ones belong to another tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Anonymous,
    Agent,
    Lead,
    Admin,
    ForeignAgent,
    ForeignAdmin,
}

/// The expected answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Exactly this status.
    Status(u16),
    /// A redirect (302) to an address that begins so.
    To(&'static str),
}

pub type Answers = [Answer; 6];

pub const FINE: Answer = Answer::Status(200);
pub const SIGNED_OUT: Answer = Answer::Status(401);
const FORBIDDEN: Answer = Answer::Status(403);
pub const NOT_FOUND: Answer = Answer::Status(404);
const CONFLICT: Answer = Answer::Status(409);
pub const INVALID: Answer = Answer::Status(422);
pub const TO_SIGN_IN: Answer = Answer::To("/sign-in");
const TO_ACCOUNT: Answer = Answer::To("/account");
const TO_FLOWS: Answer = Answer::To("/admin/flows");

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// The path with values filled in.
    pub target: &'static str,
    pub form: &'static str,
    /// Anonymous, agent, lead, admin, foreign agent, foreign admin.
    answers: Answers,
}

impl Route {
    pub fn expects(&self, caller: Caller) -> Answer {
        let [anonymous, agent, lead, admin, foreign_agent, foreign_admin] = self.answers;
        match caller {
            Caller::Anonymous => anonymous,
            Caller::Agent => agent,
            Caller::Lead => lead,
            Caller::Admin => admin,
            Caller::ForeignAgent => foreign_agent,
            Caller::ForeignAdmin => foreign_admin,
        }
    }
}

pub const fn get(path: &'static str, target: &'static str, answers: Answers) -> Route {
    Route { method: "GET", path, target, form: "", answers }
}

pub const fn call(path: &'static str, form: &'static str, answers: Answers) -> Route {
    call_at(path, path, form, answers)
}

pub const fn call_at(path: &'static str, target: &'static str, form: &'static str, answers: Answers) -> Route {
    Route { method: "POST", path, target, form, answers }
}

/// Accessible to everybody.
const OPEN: Answers = [FINE; 6];
/// A page for signed-in callers; it shows their own tenant's data.
pub const PAGE: Answers = page(FINE);
/// A call for signed-in callers, about their own tenant.
pub const OWN: Answers = own(FINE);
/// A call about one item of the first tenant.
pub const ONE: Answers = one(FINE, FINE);
/// A call with a template that nobody has.
pub const NEVER_A_TEMPLATE: Answers = one(CONFLICT, CONFLICT);
/// A call for admins, about their own tenant.
pub const ADMIN: Answers = admin(FINE);
/// A call for admins, about one item of the first tenant.
pub const ADMIN_ONE: Answers = admin_one(FINE);

/// As [`PAGE`], with this answer for signed-in callers.
const fn page(answer: Answer) -> Answers {
    [TO_SIGN_IN, answer, answer, answer, answer, answer]
}

/// As [`OWN`], with this answer for signed-in callers.
const fn own(answer: Answer) -> Answers {
    [SIGNED_OUT, answer, answer, answer, answer, answer]
}

/// As [`ONE`], with these answers for the agent of the first tenant, and for its lead and its admin, who call later.
const fn one(agent: Answer, later: Answer) -> Answers {
    [SIGNED_OUT, agent, later, later, NOT_FOUND, NOT_FOUND]
}

/// As [`ADMIN`], with this answer for admins.
const fn admin(answer: Answer) -> Answers {
    [SIGNED_OUT, FORBIDDEN, FORBIDDEN, answer, FORBIDDEN, answer]
}

/// As [`ADMIN_ONE`], with this answer for the admin of the first tenant.
const fn admin_one(answer: Answer) -> Answers {
    [SIGNED_OUT, FORBIDDEN, FORBIDDEN, answer, FORBIDDEN, NOT_FOUND]
}

/// As [`admin`], for leads as well.
const fn lead(answer: Answer) -> Answers {
    [SIGNED_OUT, FORBIDDEN, answer, answer, FORBIDDEN, answer]
}

/// As [`admin_one`], for the lead of the first tenant as well.
const fn lead_one(answer: Answer) -> Answers {
    [SIGNED_OUT, FORBIDDEN, answer, answer, FORBIDDEN, NOT_FOUND]
}

const COMPOSED: &str =
    r#"{"id":"{conversation}","client_id":"four","form":{"location":{"place":"52.5, 13.4"}},"quote":"{message}"}"#;
const SCHEDULED: &str =
    r#"{"id":"{conversation}","reply":{"client_id":"5","kind":"text","body":"Hi","choice":"after_undo"}}"#;
const TEMPLATE: &str = r#"{"id":"{conversation}","send":{"client_id":"6","template":"t","revision":1,"values":{}}}"#;

pub const ROUTES: &[Route] = &[
    // Endpoints.
    // A webhook is authenticated by its signature; sessions do not matter.
    get("/webhooks/whatsapp/{app}", "/webhooks/whatsapp/acme-app", [FORBIDDEN; 6]),
    call_at("/webhooks/whatsapp/{app}", "/webhooks/whatsapp/acme-app", "{}", [SIGNED_OUT; 6]),
    get("/live", "/live?after=0", OWN),
    get("/media/{id}", "/media/{media}", ONE),
    // A photo is no voice note.
    get("/media/{id}", "/media/{media}?as=webm", own(NOT_FOUND)),
    // A customer's file.
    Route { method: "DELETE", path: "/media/{id}", target: "/media/{media}", form: "", answers: own(NOT_FOUND) },
    call_at("/uploads/{id}", "/uploads/{conversation}?name=a.txt", "Hello", ONE),
    call_at("/uploads/{id}", "/uploads/{conversation}?name=a.txt&as=document", "", one(INVALID, INVALID)),
    call_at("/uploads/{id}", "/uploads/{conversation}?as=voice", "Hello", one(INVALID, INVALID)),
    get("/flows/{id}/export", "/flows/{flow}/export", ADMIN_ONE),
    get("/saved-replies/export", "/saved-replies/export", OWN),
    // Whoever owes nothing is led away.
    call_at("/second-factor", "/second-factor", "", page(TO_ACCOUNT)),
    get("/reports/export/{file}", "/reports/export/handoffs.csv", OWN),
    get("/reports/export/{file}", "/reports/export/list.json?of=waiting_time&agent={agent}", OWN),
    get("/reports/export/{file}", "/reports/export/cost.csv?month=2026-03&number={channel}", lead(FINE)),
    get("/reports/export/{file}", "/reports/export/agents.csv", own(NOT_FOUND)),
    get("/health", "/health", OPEN),
    // Pages.
    get("/", "/", [Answer::To("/conversations"); 6]),
    get("/sign-in", "/sign-in", OPEN),
    get("/sign-in/code", "/sign-in/code", OPEN),
    get("/second-factor", "/second-factor", page(TO_ACCOUNT)),
    // A link's token is its authorisation, and no link has these.
    get("/join/{token}", "/join/0000", [NOT_FOUND; 6]),
    get("/new-password/{token}", "/new-password/0000", [NOT_FOUND; 6]),
    get("/conversations", "/conversations", PAGE),
    get("/conversations/{id}", "/conversations/{conversation}", [TO_SIGN_IN, FINE, FINE, FINE, NOT_FOUND, NOT_FOUND]),
    get("/reports", "/reports?number={channel}&agent={agent}", PAGE),
    get("/reports/list", "/reports/list?of=handoffs&number={channel}", PAGE),
    get("/reports/definitions", "/reports/definitions", PAGE),
    get("/reports/staffing", "/reports/staffing", PAGE),
    get("/reports/staffing", "/reports/staffing?weeks=2&roster=mon-fri.0900-1700.3", PAGE),
    get("/reports/cost", "/reports/cost?month=2026-03&number={channel}", PAGE),
    get("/reports/cost/list", "/reports/cost/list?month=2026-03&number={channel}&agent={agent}", PAGE),
    get("/account", "/account", PAGE),
    get("/saved-replies", "/saved-replies", PAGE),
    get("/wall", "/wall", PAGE),
    get("/admin", "/admin", [TO_SIGN_IN, FINE, FINE, TO_FLOWS, FINE, TO_FLOWS]),
    get("/admin/flows", "/admin/flows", PAGE),
    get("/admin/flows/{id}", "/admin/flows/{flow}", [TO_SIGN_IN, FINE, FINE, FINE, FINE, NOT_FOUND]),
    get("/admin/keywords", "/admin/keywords", PAGE),
    get("/admin/messages", "/admin/messages", PAGE),
    get("/admin/targets", "/admin/targets", PAGE),
    get("/admin/bot", "/admin/bot", PAGE),
    get("/admin/outcomes", "/admin/outcomes", PAGE),
    get("/admin/hours", "/admin/hours", PAGE),
    get("/admin/numbers", "/admin/numbers", PAGE),
    get("/admin/prices", "/admin/prices", PAGE),
    get("/admin/team", "/admin/team", PAGE),
    get("/admin/security", "/admin/security", PAGE),
    get("/admin/audit", "/admin/audit", PAGE),
    // The session.
    call("/api/sign_in", "email=nobody%40acme.test&password=not-the-password", [INVALID; 6]),
    call("/api/sign_in_code", "code=123456", [CONFLICT; 6]),
    call("/api/read_link", "token=0000", [NOT_FOUND; 6]),
    call("/api/use_link", "token=0000&password=a-good-password", [NOT_FOUND; 6]),
    call("/api/viewer", "", OPEN),
    call("/api/keep_alive", "", OWN),
    call("/api/set_away", "away=false", OWN),
    call("/api/set_muted", "muted=false", OWN),
    call("/api/set_undo_time", "seconds=20", OWN),
    call("/api/set_undo_time", "seconds=9", own(INVALID)),
    call("/api/set_send_delay", "seconds=0", OWN),
    call("/api/set_send_delay", "seconds=8", own(INVALID)),
    call("/api/set_typing_keys", "typing_keys=false", OWN),
    call("/api/set_compact_list", "compact=true", OWN),
    call("/api/set_alert", "kind=customers&heard=false", OWN),
    // The own account.
    call("/api/own_sessions", "", OWN),
    call("/api/session_end", "id={session}", one(FINE, NOT_FOUND)),
    call("/api/other_sessions_end", "", OWN),
    call("/api/dismiss_short_password", "", OWN),
    call("/api/password_confirm", "password=a-test-password", OWN),
    call("/api/password_confirm", "password=not-the-password", own(INVALID)),
    call("/api/password_change", "current=not-the-password&new=four+green+paper+boats", own(INVALID)),
    // Second factors. Nobody has one, so there are no recovery codes, and nothing to remove or require.
    call("/api/second_factor", "", OWN),
    call("/api/second_factor_begin", "", OWN),
    call("/api/second_factor_confirm", "code=none", own(INVALID)),
    call("/api/recovery_codes_renew", "", own(INVALID)),
    call("/api/second_factor_remove", "", OWN),
    call("/api/dismiss_recovery_code", "", OWN),
    call("/api/team_factors", "", ADMIN),
    call("/api/factor_rule_save", "rule=required", admin(INVALID)),
    call("/api/member_factor_remove", "member={agent}", admin_one(INVALID)),
    // The desk.
    call("/api/desk", "filter[agent]={agent}&filter[channel]={channel}", OWN),
    call("/api/desk", "filter[trigger]=keyword&filter[failed]=true&filter[unanswered]=true", OWN),
    call("/api/desk_more", "filter[channel]={channel}&group=waiting&after[rank]=0&after[id]={conversation}", OWN),
    call("/api/calls", "", OWN),
    call("/api/wall", "", OWN),
    // Nobody has a conversation yet.
    call("/api/release_all", "", OWN),
    call("/api/dismiss_returned", r#"{"conversations":["{conversation}"]}"#, OWN),
    call("/api/search", "filter[search]=Zebrafish7431&filter[agent]={agent}", OWN),
    call("/api/search", "filter[search]=status%3Anonsense", OWN),
    call("/api/search_thread", "id={conversation}&typed=Zebrafish7431", ONE),
    // Reports. Ids of another tenant are filters that nobody has.
    call("/api/report", "query=agent%3D{agent}%26number%3D{channel}", OWN),
    call("/api/report_list", "query=of%3Dhandoffs%26agent%3D{agent}", OWN),
    call("/api/report_leave_out", "handoff={handoff}&reason=a+test", lead_one(FINE)),
    call("/api/report_leave_out", "handoff={handoff}&reason=", lead(INVALID)),
    call("/api/report_count_again", "handoff={handoff}", lead_one(FINE)),
    // Staffing.
    call("/api/starting_roster", "", lead(FINE)),
    call("/api/staffing", r#"{"request":{"weeks":4,"roster":"mon-fri.0900-1700.3","concurrency":2}}"#, lead(FINE)),
    call("/api/staffing", r#"{"request":{"weeks":4}}"#, lead(FINE)),
    call("/api/staffing", r#"{"request":{"weeks":4,"roster":"montag.0900-1700.3"}}"#, lead(INVALID)),
    call("/api/staffing", r#"{"request":{"weeks":3,"roster":""}}"#, lead(INVALID)),
    // Costs. The number is the first tenant's: others read the report of their own ones.
    call("/api/cost", "month=2026-03&channel={channel}", lead(FINE)),
    call("/api/cost_list", "query=month%3D2026-03%26number%3D{channel}%26agent%3D{agent}", lead(FINE)),
    // One conversation.
    call("/api/thread", "id={conversation}", ONE),
    call("/api/thread_older", "id={conversation}&at=9000000000000&seq=9000", ONE),
    call("/api/see", "id={conversation}&seen=0", ONE),
    call("/api/report_activity", "id={conversation}&activity=viewing", ONE),
    call("/api/next_price", "id={conversation}", ONE),
    call("/api/save_draft", r#"{"id":"{conversation}","draft":{"version":1,"body":"Hi"}}"#, ONE),
    // Only its author changes a note.
    call("/api/write_note", "id={conversation}&client_id=one&text=A+note", ONE),
    call("/api/write_note", "id={conversation}&client_id=two&text=+", own(INVALID)),
    call("/api/edit_note", "id={conversation}&note={note}&text=Changed", one(FINE, CONFLICT)),
    call("/api/delete_note", "id={conversation}&note={note}", one(FINE, CONFLICT)),
    call("/api/see_mentions", "id={conversation}", ONE),
    call("/api/block", "id={conversation}&reason=spam", ONE),
    call("/api/unblock", "id={conversation}", ONE),
    // The agent has the conversation, then returns it to the bot; after that, the others are refused.
    call("/api/claim", "id={conversation}", one(FINE, CONFLICT)),
    call("/api/reply", "id={conversation}&client_id=one&body=Hello&quote={message}", one(FINE, CONFLICT)),
    call("/api/reply", "id={conversation}&client_id=two&body=Where%3F&kind=location_request", one(FINE, CONFLICT)),
    call("/api/reply", "id={conversation}&client_id=three&body=&file={media}", one(INVALID, CONFLICT)),
    call("/api/send_composed", COMPOSED, one(FINE, CONFLICT)),
    call("/api/react", "id={conversation}&message={message}&emoji=%F0%9F%91%8D", one(FINE, CONFLICT)),
    call("/api/react", "id={conversation}&message={message}", one(FINE, CONFLICT)),
    call("/api/schedule_reply", SCHEDULED, one(FINE, CONFLICT)),
    call("/api/send_scheduled", "id={conversation}&scheduled={scheduled}", one(FINE, NOT_FOUND)),
    call("/api/cancel_scheduled", "id={conversation}&scheduled={scheduled}", one(NOT_FOUND, NOT_FOUND)),
    call("/api/templates", "id={conversation}", ONE),
    call("/api/send_template", TEMPLATE, NEVER_A_TEMPLATE),
    call("/api/retry", "id={conversation}&message={message}", one(INVALID, CONFLICT)),
    call("/api/snooze", r#"{"id":"{conversation}","until":"reply"}"#, one(FINE, CONFLICT)),
    call("/api/unsnooze", "id={conversation}", one(FINE, CONFLICT)),
    call("/api/release", "id={conversation}", one(FINE, CONFLICT)),
    // Nothing that these undo has this epoch.
    call("/api/undo_release", "id={conversation}&epoch=-1", one(CONFLICT, CONFLICT)),
    call("/api/take_over", "id={conversation}", ONE),
    call("/api/undo_take_over", "id={conversation}&epoch=-1", one(CONFLICT, CONFLICT)),
    call("/api/return_to_bot", "id={conversation}", ONE),
    // Messages were sent after the one that was seen.
    call("/api/close", "id={conversation}&seen={message}", one(CONFLICT, CONFLICT)),
    call(
        "/api/schedule_ending",
        r#"{"id":"{conversation}","press":{"kind":"close","seen":"{message}"}}"#,
        one(CONFLICT, CONFLICT),
    ),
    // It is open.
    call("/api/reopen", "id={conversation}", one(CONFLICT, CONFLICT)),
    call("/api/undo_ending", "id={conversation}&ending=end_1", one(CONFLICT, CONFLICT)),
    call("/api/keywords", "", ADMIN),
    call("/api/keyword_add", "phrase=person&matching=contains&channel={channel}", ADMIN_ONE),
    call(
        "/api/keyword_change",
        "rule[id]={keyword}&rule[phrase]=changed&rule[matching]=contains&rule[enabled]=true",
        ADMIN_ONE,
    ),
    call("/api/keyword_try", "message=hello&channel={channel}", ADMIN_ONE),
    call("/api/settings", "", ADMIN),
    call("/api/dismiss_setup", "", ADMIN),
    call("/api/text_save", "name=closing&text=Bye", ADMIN),
    call("/api/text_preview", "name=closing&text=Bye", ADMIN),
    call("/api/targets_save", "waiting_target=60000&reply_target=60000&grace_time=0&zone=UTC&read_policy=never", ADMIN),
    call("/api/gone_agents_save", "gone_agents=release", ADMIN),
    call("/api/automation_save", "daily_messages=100&repeats=3", ADMIN),
    call("/api/joined_texts_save", "join_within=5000&bot_texts=joined", ADMIN),
    call("/api/silence_save", "remind_after=0&close_after=7200000", ADMIN),
    call("/api/keep_open_save", "before=minutes30", ADMIN),
    call(
        "/api/rating_save",
        r#"{"rating":{"rule":"after_close","question":"How was it?","best":"Good","middle":"Fair","worst":"Poor"}}"#,
        ADMIN,
    ),
    call("/api/bot", "", ADMIN),
    call("/api/model_save", r#"{"model": {"model": "m"}, "key": null}"#, ADMIN),
    call("/api/model_key_forget", "", ADMIN),
    // No model is configured, so that no network request is made.
    call("/api/model_try", r#"{"model": {}, "key": null, "question": "hello"}"#, admin(INVALID)),
    call("/api/tool_check", r#"{"tool": {"name": "look_up"}}"#, ADMIN),
    // It has no description.
    call("/api/tool_save", r#"{"was": null, "tool": {"name": "look_up"}}"#, admin(INVALID)),
    // A change of the first tenant's tool; its name alone must not find it.
    call(
        "/api/tool_save",
        r#"{"was": "{tool}", "tool": {"name": "{tool}", "description": "Looks up.", "url": "https://shop.example.com/"}}"#,
        ADMIN_ONE,
    ),
    call("/api/tool_remove", "name={tool}", ADMIN_ONE),
    call("/api/secret_set", "name=OWN&hosts=shop.example.com&value=x", ADMIN),
    call("/api/secret_remove", "name={secret}", ADMIN_ONE),
    call("/api/outcomes", "", ADMIN),
    call("/api/outcome_add", "name=Refunded", ADMIN),
    call("/api/outcome_rename", "id={outcome}&seen={outcome_name}&name=Changed", ADMIN_ONE),
    call("/api/outcome_move", "id={outcome}&way=down", ADMIN_ONE),
    call("/api/outcome_archive", "id={outcome}", ADMIN_ONE),
    call("/api/outcome_rule_save", "rule=optional", ADMIN),
    call("/api/hours", "", ADMIN),
    call("/api/hours_save", r#"{"calendar": {"weekly": [[], [], [], [], [], [], []]}}"#, ADMIN),
    call("/api/numbers", "", ADMIN),
    call("/api/prices", "", ADMIN),
    call(
        "/api/prices_save",
        r#"{"revision":0,"list":{"currency":"EUR","markets":[{"calling_code":"49","utility":50000}]}}"#,
        ADMIN,
    ),
    call("/api/team", "", ADMIN),
    // In the first tenant the address is invited already.
    call(
        "/api/invite",
        "email=dana%40acme.test&name=Dana&role=agent",
        [SIGNED_OUT, FORBIDDEN, FORBIDDEN, INVALID, FORBIDDEN, FINE],
    ),
    call("/api/invitation_renew", "id={invitation}", ADMIN_ONE),
    call("/api/link_revoke", "id={link}", ADMIN_ONE),
    // `{agent}` is the caller of other rows: nothing ends its sessions.
    call("/api/member_set_role", "member={agent}&role=agent", ADMIN_ONE),
    call("/api/member_reactivate", "member={agent}", ADMIN_ONE),
    call("/api/member_password_link", "member={agent}", ADMIN_ONE),
    call("/api/member_deactivate", "member={leaver}", ADMIN_ONE),
    call("/api/audit", "", ADMIN),
    call("/api/keyword_remove", "id={keyword}", ADMIN_ONE),
    call("/api/flows", "", ADMIN),
    call("/api/flow", "id={flow}", ADMIN_ONE),
    call("/api/flow_version", "id={flow}&version=1", ADMIN_ONE),
    call("/api/flow_create", r#"{"new":{"from":"empty","name":"Another"}}"#, ADMIN),
    call("/api/flow_save", r#"{"id":"{flow}","revision":1,"draft":{"name":"Changed"}}"#, ADMIN_ONE),
    // The draft has a newer revision by now, and version 1 is live.
    call("/api/flow_publish", "id={flow}&revision=1", admin_one(CONFLICT)),
    call("/api/flow_revert", "id={flow}&version=1", admin_one(INVALID)),
    call(
        "/api/flow_try",
        r#"{"trial":{"draft":{"name":"Tried"},"position":{"at":"start"},"variables":{},"input":{"input":"begin"},"last_words":"","open":null}}"#,
        ADMIN,
    ),
    call("/api/flow_offline", "id={flow}", ADMIN_ONE),
    call("/api/flow_move", "id={flow}&way=up", ADMIN_ONE),
    call("/api/flow_remove", "id={flow}", ADMIN_ONE),
    // Ends the session, so it comes last.
    call("/api/sign_out", "", [FINE; 6]),
];
