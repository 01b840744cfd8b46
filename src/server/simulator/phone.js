// The phone's page: a list of customers beside one chat. It uses the control API under /sim and redraws what changed.
// Modules: phone-kit (calls, nodes), phone-chat (messages), phone-say (actions), phone-tools (the drawer).

import { clearTalk, drawTalk } from "./phone-chat.js";
import { $, KINDS, PATHS, act, at, call, clock, field, h, openDialog, select, state, svg, tick, toast } from "./phone-kit.js";
import { about, menu, suggest } from "./phone-say.js";
import { workshop } from "./phone-tools.js";

// One reload at a time; a change during a reload causes one more.
let reading = false, again = false;
async function refresh() {
  if (reading) { again = true; return; }
  reading = true;
  try {
    do {
      again = false;
      const list = await call("/sim/customers");
      state.customers = list.customers;
      state.suggestions = list.suggestions;
      suggest();
      $("business").textContent = `Acme · ${list.business}`;
      drawPeople();
      if (state.open) await readThread();
    } while (again);
  } catch (error) {
    toast(error.message);
  } finally {
    reading = false;
  }
}

async function readThread() {
  const id = state.open;
  const thread = await call(at("thread"));
  if (state.open !== id) return;
  state.lines = thread.lines;
  drawTalk(thread.customer);
  const shown = document.visibilityState === "visible";
  // A line may be delivered after it was shown; its `read` is still pending then.
  const owed = (line) => line.author === "business" && !line.failed && line.kind !== "reaction" && (line.tick === "sent" || line.tick === "delivered");
  if (shown && (thread.customer.unread > 0 || (thread.customer.read_receipts && thread.lines.some(owed)))) {
    const { read } = await call(at("seen"), "POST");
    if (read > 0 || thread.customer.unread > 0) again = true;
  }
}

const events = new EventSource("/sim/events");
events.addEventListener("changed", refresh);
events.addEventListener("open", () => { $("link").textContent = ""; refresh(); });
events.addEventListener("error", () => { $("link").textContent = "no connection"; });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") refresh(); });
document.addEventListener("stale", refresh);

function initials(name) {
  const letters = name.replace(/^\+/, "").split(/\s+/).map((word) => [...word][0]).filter(Boolean);
  return letters.length > 1 ? letters[0] + letters[letters.length - 1] : letters[0] || "?";
}

const rows = new Map();
function drawPeople() {
  state.customers.forEach((person, index) => {
    const key = JSON.stringify([person, state.open === person.id]);
    const known = rows.get(person.id);
    if (known && known.key === key) return;
    const item = personRow(person);
    if (known) known.item.replaceWith(item);
    else $("people").insertBefore(item, $("people").children[index] || null);
    const focused = known && known.item.contains(document.activeElement);
    rows.set(person.id, { key, item });
    if (focused) item.firstElementChild.focus();
  });
}

function personRow(person) {
  const face = h("span", { class: "face", "aria-hidden": "true", text: initials(person.name) });
  face.style.setProperty("--hue", String((Number(person.id.slice(1)) * 137 + 20) % 360));
  const last = person.last;
  const line = h("span", { class: "last" });
  if (person.typing_ms > 0) line.append(h("span", { class: "typing", text: "typing…" }));
  else if (last) line.append(...[last.own ? tick(last.tick) : null, h("span", { dir: "auto", text: last.text || KINDS[last.kind] || last.kind })].filter(Boolean));
  else line.append(h("span", { text: person.phone ? `+${person.phone}` : `@${person.username || "hidden number"}` }));
  return h("li", {}, h("button", { type: "button", class: "person", "aria-current": state.open === person.id ? "true" : null, "data-customer": person.id, onclick: () => open(person.id) },
    face,
    h("b", { dir: "auto", text: person.name }),
    last ? h("time", { text: clock.format(last.at) }) : h("span"),
    line,
    person.unread > 0 ? h("span", { class: "badge", "aria-label": `${person.unread} unread`, text: String(person.unread) }) : h("span")));
}

function open(id) {
  if (state.open !== id) {
    state.open = id;
    state.quote = state.edit = null;
    clearTalk();
    about();
  }
  $("phone").toggleAttribute("data-open", Boolean(id));
  $("talk").hidden = !id;
  $("nobody").hidden = Boolean(id);
  history.replaceState(null, "", id ? `#${id}` : "#");
  drawPeople();
  if (id) {
    refresh();
    if (matchMedia("(hover: hover)").matches) $("text").focus();
  }
}

function addPerson() {
  const name = h("input", { required: true, maxLength: 100, autocomplete: "off" });
  const phone = h("input", { type: "tel", placeholder: "+49 151 2345678", autocomplete: "off" });
  const identity = select([["both", "Number and user ID"], ["hidden_phone", "Hidden number (user ID only)"], ["phone_only", "Number only (before user IDs)"]], "both");
  const form = h("form", { class: "form" }, field("Name", name), field("Number (generated if empty)", phone), field("The business sees", identity), h("button", { class: "do", text: "Add" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      const person = await call("/sim/customers", "POST", { name: name.value.trim(), phone: phone.value.trim() || null, identity: identity.value });
      $("dialog").close();
      open(person.id);
    });
  });
  openDialog("Add a customer", [form]);
}

for (const [id, path] of [["back", PATHS.back], ["add", PATHS.plus], ["attach", PATHS.plus], ["workshop", PATHS.tools], ["send", PATHS.send], ["about-end", PATHS.close], ["dialog-end", PATHS.close]]) $(id).append(svg(path));
$("back").addEventListener("click", () => open(null));
$("add").addEventListener("click", addPerson);
$("attach").addEventListener("click", () => menu($("menu").hidden));
$("workshop").addEventListener("click", () => act(workshop));
$("dialog-end").addEventListener("click", () => $("dialog").close());
$("about-end").addEventListener("click", () => { state.quote = state.edit = null; about(); });
$("receipts").addEventListener("change", (event) => act(() => call(`/sim/customers/${encodeURIComponent(state.open)}`, "PATCH", { read_receipts: event.target.checked })));
if (location.hash.length > 1) open(decodeURIComponent(location.hash.slice(1)));
