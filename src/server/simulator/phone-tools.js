// The drawer: injected faults, settings of statuses and webhooks, and rare actions of a customer.

import { $, act, at, call, check, clock, field, h, openDialog, select, state } from "./phone-kit.js";
import { extrasLine, say } from "./phone-say.js";

export function special() {
  const late = select([["0", "Now"], ["1", "One hour ago"], ["30", "30 hours ago"]], String(state.next.late), (value) => { state.next.late = Number(value); extrasLine(); });
  const forwarded = select([["", "Not forwarded"], ["once", "Forwarded"], ["often", "Forwarded many times"]], state.next.forwarded, (value) => { state.next.forwarded = value; extrasLine(); });
  const echo = h("input", { placeholder: "We're on it" });
  const number = h("input", { type: "tel", placeholder: "+49 160 5550199" });
  const other = h("input", { placeholder: "I am another app" });
  const partner = (body) => act(() => call(at("partner"), "POST", body));
  const button = (text, then) => h("button", { type: "button", class: "plain", text, onclick: () => { $("dialog").close(); then(); } });
  openDialog("Advanced", [
    h("section", { class: "group" }, h("h3", { text: "The next message" }), field("Written", late), field("Forwarded", forwarded), check("From an ad", state.next.ad, (on) => { state.next.ad = on; extrasLine(); })),
    h("section", { class: "group" }, h("h3", { text: "Staff reply from the WhatsApp Business app" }), field("Text", echo), button("Send", () => say({ kind: "staff_echo", text: echo.value || "We're on it" }))),
    h("section", { class: "group" }, h("h3", { text: "Another app on this number" }), field("Text", other),
      button("Hold the customer", () => partner({ act: "hold" })), button("Send", () => partner({ act: "say", text: other.value || "I am another app" })),
      button("Take the customer", () => partner({ act: "take" })), button("Pass the customer", () => partner({ act: "pass", note: other.value || null })),
      button("Refuse takes", () => partner({ act: "refuse_takes" })), button("Allow takes", () => partner({ act: "allow_takes" }))),
    h("section", { class: "group" }, h("h3", { text: "Customer changes their number" }), field("New number", number), button("Change", () => say({ kind: "number_change", phone: number.value || "+49 160 5550199" }))),
  ]);
}

export async function workshop() {
  const [settings, faults, deliveries, codes] = await Promise.all([call("/sim/settings"), call("/sim/faults"), call("/sim/deliveries"), call("/sim/codes")]);
  const save = () => act(() => call("/sim/settings", "PUT", settings));
  const turn = (room, key) => (value) => { room[key] = value; save(); };
  const count = (room, key, label) => field(label, h("input", { type: "number", min: "0", value: String(room[key]), onchange: (event) => { room[key] = Math.max(0, Math.trunc(Number(event.target.value) || 0)); save(); } }));
  const { status, webhook } = settings;
  openDialog("Faults and settings", [
    faultRoom(faults, codes),
    deliveryRoom(deliveries, webhook, turn),
    h("section", { class: "group" }, h("h3", { text: "Statuses" }),
      field("Messages are read", select([["when_open", "when this page shows the chat"], ["auto", "automatically"], ["never", "never"]], settings.reads, turn(settings, "reads"))),
      field("Order", select([["natural", "sent, delivered, read"], ["shuffled", "shuffled"]], status.order, turn(status, "order"))),
      check("Skip “delivered”", status.skip_delivered, turn(status, "skip_delivered")),
      check("“sent” arrives before the send's response", status.before_answer, turn(status, "before_answer")),
      h("div", { class: "pair" }, count(status, "copies", "Copies of each"), count(status, "delivered_ms", "Time to delivered (ms)"))),
    h("section", { class: "group" }, h("h3", { text: "Webhooks" }),
      h("div", { class: "pair" }, count(webhook, "batch", "Events in one POST"), count(webhook, "copies", "Copies of each POST"), count(webhook, "connections", "Concurrent POSTs"), count(webhook, "batch_ms", "Batch delay (ms)")),
      check("Non-ASCII as \\uXXXX", webhook.escape_unicode, turn(webhook, "escape_unicode"))),
    h("section", { class: "group" }, h("h3", { text: "Limits" }),
      field("Outside the 24-hour window", select([["open", "everything is accepted"], ["http", "refused with 131047"], ["status", "fails later with 131047"]], settings.window, turn(settings, "window"))),
      field("Templates", select([["accepted", "are sent"], ["held", "are held for a quality assessment"]], settings.templates, turn(settings, "templates"))),
      check("Pair limit (131056)", settings.pair_limit, turn(settings, "pair_limit"))),
  ], true);
}

function faultRoom(faults, codes) {
  const names = [["*", "Everyone"], ["media", "Media endpoints"], ...state.customers.map((person) => [person.id, person.name])];
  const to = select(names, state.open || "*");
  const kind = select([["http", "Refuse the send"], ["error", "Refuse with another HTTP status"], ["status", "Fail later"], ["silent", "Never report the outcome"], ["hang", "Never respond"], ["drop", "Cut the connection"], ["garbage", "Respond with HTML"], ["latency", "Respond slowly"]], "http", () => shape());
  const known = codes.map((row) => [String(row.code), `${row.code} ${row.title}`]);
  const code = select(known, "131056");
  const odd = select([["", "none: an empty body"], ...known], "");
  const status = h("input", { type: "number", min: "400", max: "599", value: "503" });
  const transient = select([["", "left out"], ["true", "true"], ["false", "false"]], "");
  const ms = h("input", { type: "number", min: "0", value: "2000" });
  const moment = select([["before", "before the message is accepted"], ["after", "after it is accepted"]], "before");
  const times = h("input", { type: "number", min: "0", value: "1" });
  const fields = { code: field("Code", code), status: field("HTTP status", status), odd: field("Code", odd), transient: field("is_transient", transient), ms: field("Milliseconds", ms), moment: field("The response is lost", moment) };
  const shape = () => {
    fields.code.hidden = !["http", "status"].includes(kind.value);
    for (const own of [fields.status, fields.odd, fields.transient]) own.hidden = kind.value !== "error";
    fields.ms.hidden = kind.value !== "latency";
    fields.moment.hidden = !["hang", "drop", "garbage"].includes(kind.value);
  };
  shape();
  const list = h("div", { class: "choices" });
  const draw = (rows) => list.replaceChildren(...rows.map(({ to: target, fault }) => {
    const name = names.find(([id]) => id === target)?.[1] || target;
    const detail = [fault.kind, fault.status, fault.code, fault.is_transient !== undefined && `is_transient: ${fault.is_transient}`, fault.ms && `${fault.ms} ms`, fault.moment === "after" && "after it is accepted", fault.times ? `${fault.times} times` : "until removed"].filter(Boolean).join(" · ");
    return h("p", { class: "fault" }, h("span", { text: `${name}: ${detail}` }), h("button", { type: "button", class: "plain", text: "Remove", onclick: () => act(async () => draw(await call(`/sim/faults?to=${encodeURIComponent(target)}`, "DELETE"))) }));
  }));
  draw(faults);
  const form = h("form", { class: "form" }, field("For", to), field("What", kind), fields.code, fields.ms, fields.moment, field("Times (0 = until removed)", times), h("button", { class: "do", text: "Add fault" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = { kind: kind.value };
    if (!fields.code.hidden) fault.code = Number(code.value);
    if (kind.value === "error") fault.status = Number(status.value);
    if (kind.value === "error" && odd.value) fault.code = Number(odd.value);
    if (kind.value === "error" && transient.value) fault.is_transient = transient.value === "true";
    if (!fields.ms.hidden) fault.ms = Number(ms.value);
    if (!fields.moment.hidden) fault.moment = moment.value;
    if (Number(times.value) > 0) fault.times = Number(times.value);
    act(async () => draw(await call("/sim/faults", "POST", { to: to.value, fault })));
  });
  return h("section", { class: "group" }, h("h3", { text: "Faults" }), form, list);
}

function deliveryRoom({ traffic, undelivered }, webhook, turn) {
  const words = `${traffic.delivered} delivered, ${traffic.pending} pending, ${traffic.undelivered} failed`;
  return h("section", { class: "group" }, h("h3", { text: "Webhooks to the business" }), h("p", { id: "traffic", text: words }),
    ...undelivered.slice(-3).map((post) => h("p", { class: "soft", text: `${clock.format(post.at)} after ${post.tries} tries: ${post.error}` })),
    check("Cut the network to the business", webhook.paused, turn(webhook, "paused")),
    undelivered.length ? h("button", { type: "button", class: "plain", text: "Retry failed webhooks", onclick: () => act(async () => { await call("/sim/deliveries/retry", "POST"); await workshop(); }) }) : null);
}
