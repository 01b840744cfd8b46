// Shared helpers of the phone's page: its state, calls to /sim, and DOM nodes. Text is set as text; HTML is never
// parsed.

export const $ = (id) => document.getElementById(id);
export const state = { customers: [], suggestions: [], open: null, lines: [], quote: null, edit: null, next: { forwarded: "", ad: false, late: 0 } };

export async function call(path, method = "GET", body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(reason(text) || `The simulator answered ${answer.status}.`);
  return text ? JSON.parse(text) : null;
}

export function reason(text) {
  try { return JSON.parse(text).error; } catch { return text; }
}

// Runs a user's action and shows its error.
export function act(action) {
  return action().catch((error) => toast(error.message));
}

let toasting;
export function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { $("toast").hidden = true; }, 5000);
}

// The path of a resource of the open customer.
export const at = (room) => `/sim/customers/${encodeURIComponent(state.open)}/${room}`;

// Makes the page reload its data.
export const stale = () => document.dispatchEvent(new Event("stale"));

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "text") node.textContent = value;
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const PATHS = {
  back: "M15 5l-7 7 7 7", plus: "M12 5v14M5 12h14", close: "M6 6l12 12M18 6L6 18", send: "M4 12l16-8-6 16-3-6z",
  tools: "M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M6 14v6", more: "M6 12h.01M12 12h.01M18 12h.01",
};

export function svg(path, box = "0 0 24 24", kind = "") {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", box);
  root.setAttribute("aria-hidden", "true");
  if (kind) root.setAttribute("class", kind);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of [["d", path], ["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "1.8"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]]) {
    line.setAttribute(key, value);
  }
  root.append(line);
  return root;
}

export function tick(level) {
  const words = { accepted: "sending", sent: "sent", delivered: "delivered", read: "read" };
  const path = level === "accepted" || level === "sent" ? "M4 6l3 3 6-7" : "M1 6l3 3 6-7M8 9l6-7";
  const mark = svg(path, "0 0 17 12", "tick");
  mark.dataset.tick = level;
  mark.removeAttribute("aria-hidden");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", words[level]);
  return mark;
}

export const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
export const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export function openDialog(title, body, drawer = false) {
  $("dialog-title").textContent = title;
  $("dialog-body").replaceChildren(...body);
  $("dialog").classList.toggle("drawer", drawer);
  if (!$("dialog").open) $("dialog").showModal();
}

export const field = (label, input) => h("label", { class: "field" }, h("span", { text: label }), input);
export const check = (label, checked, onchange) => h("label", { class: "check" }, h("input", { type: "checkbox", checked, onchange: (event) => onchange(event.target.checked) }), h("span", { text: label }));

export function select(options, value, onchange) {
  const node = h("select", {}, ...options.map(([key, label]) => h("option", { value: key, text: label })));
  node.value = value;
  if (onchange) node.addEventListener("change", () => onchange(node.value));
  return node;
}

export const KINDS = { image: "Photo", video: "Video", audio: "Voice message", document: "Document", sticker: "Sticker", location: "Location", contacts: "Contact", order: "Order", unsupported: "Poll", template: "Message", interactive: "Message" };
