// The customer's actions: texts, reactions, attachments.

import { words } from "./phone-chat.js";
import { $, act, at, call, h, openDialog, reason, state } from "./phone-kit.js";
import { special } from "./phone-tools.js";

export const PLACE = { kind: "location", latitude: 45.4642, longitude: 9.19, name: "Café Aurora", address: "Via Torino 12, Milano" };

export function say(what) {
  const next = state.next;
  const extras = {};
  if (next.forwarded) extras.forwarded = next.forwarded;
  if (next.ad) extras.referral = { source_url: "https://example.com/ad/77", source_id: "77", source_type: "ad", headline: "Spring offer", body: "Write to us for 10 % off", media_type: "image", ctwa_clid: "AbC77" };
  if (next.late) extras.at = Date.now() - next.late * 3600000;
  state.next = { forwarded: "", ad: false, late: 0 };
  extrasLine();
  return act(() => call(at("say"), "POST", { ...extras, ...what }));
}

export function about() {
  const line = state.quote || state.edit;
  $("about").hidden = !line;
  if (line) $("about-text").textContent = `${state.edit ? "Edit" : "Reply to"}: ${words(line)}`;
  suggest();
}

export function extrasLine() {
  const { forwarded, ad, late } = state.next;
  const parts = [forwarded && "forwarded", ad && "from an ad", late && `${late} hours late`].filter(Boolean);
  $("extras").hidden = parts.length === 0;
  $("extras").textContent = parts.length ? `The next message goes out ${parts.join(", ")}.` : "";
}

// What the demo understands, as buttons that send it. Hidden while something else is being written.
export function suggest() {
  $("suggestions").hidden = state.suggestions.length === 0 || Boolean($("text").value || state.quote || state.edit);
  if ($("suggestions").childElementCount === state.suggestions.length) return;
  $("suggestions").replaceChildren(...state.suggestions.map(({ label, text }) =>
    h("button", { type: "button", text: label, title: text, onclick: () => say({ kind: "text", text }) })));
}

function grow() {
  $("text").style.height = "auto";
  $("text").style.height = `${Math.min($("text").scrollHeight + 2, 130)}px`;
  suggest();
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  const { edit, quote } = state;
  state.edit = state.quote = null;
  $("text").value = "";
  grow();
  about();
  if (edit) say({ kind: "edit", message_id: edit.id, text });
  else say({ kind: "text", text, reply_to: quote ? quote.id : null });
  $("lines").scrollTop = $("lines").scrollHeight;
  $("text").focus();
});
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  // 229: handled by an input method, which confirms a character with Enter.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("composer").requestSubmit(); }
});

export function more(line) {
  const close = (then) => () => { $("dialog").close(); then(); };
  const mine = line.author === "customer";
  const emoji = ["👍", "❤️", "😂", "😮", "😢", "🙏"].map((sign) => h("button", { type: "button", text: sign, "aria-label": `React with ${sign}`, onclick: close(() => say({ kind: "reaction", message_id: line.id, emoji: sign })) }));
  const choice = (text, then) => h("button", { type: "button", class: "choice", text, onclick: close(then) });
  openDialog("Message", [
    mine ? null : h("div", { class: "emoji" }, ...emoji),
    h("div", { class: "choices" },
      line.customer_reaction ? choice("Remove reaction", () => say({ kind: "reaction", message_id: line.id, emoji: null })) : null,
      choice("Reply", () => { state.quote = line; state.edit = null; about(); $("text").focus(); }),
      mine && line.kind === "text" ? choice("Edit", () => { state.edit = line; state.quote = null; $("text").value = words(line); about(); grow(); $("text").focus(); }) : null,
      mine && !line.revoked ? choice("Delete for everyone", () => say({ kind: "revoke", message_id: line.id })) : null),
    h("p", { class: "soft", text: line.id }),
  ].filter(Boolean));
}

const THINGS = [
  ["Photo", { kind: "image", caption: "The view from here" }], ["Voice note", { kind: "voice" }], ["Document (PDF)", { kind: "document" }], ["Sticker", { kind: "sticker" }],
  ["Video", { kind: "video" }], ["Audio file", { kind: "audio" }], ["Location", PLACE], ["Contact", { kind: "contacts" }], ["Order", { kind: "order" }], ["Poll (unsupported)", { kind: "unsupported" }],
];

export function menu(show) {
  $("menu").hidden = !show;
  $("attach").setAttribute("aria-expanded", String(show));
  if (show) $("menu").firstElementChild.focus();
}

for (const [text, what] of THINGS) {
  $("menu").append(h("button", { type: "button", role: "menuitem", text, onclick: () => { menu(false); say({ ...what }); } }));
}
$("menu").append(h("button", { type: "button", role: "menuitem", text: "File from this device", onclick: () => { menu(false); $("file").click(); } }));
$("menu").append(h("button", { type: "button", role: "menuitem", text: "Advanced…", onclick: () => { menu(false); special(); } }));
$("menu").addEventListener("keydown", (event) => {
  const items = [...$("menu").children];
  const step = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape") { menu(false); $("attach").focus(); }
  if (step) { event.preventDefault(); items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus(); }
});
document.addEventListener("click", (event) => { if (!$("menu").hidden && !$("menu").contains(event.target) && !$("attach").contains(event.target)) menu(false); });

$("file").addEventListener("change", () => act(async () => {
  const file = $("file").files[0];
  if (!file) return;
  $("file").value = "";
  const answer = await fetch(`/sim/upload?filename=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "content-type": file.type || "application/octet-stream" }, body: file });
  const text = await answer.text();
  if (!answer.ok) throw new Error(reason(text));
  const group = file.type.split("/")[0];
  const kind = ["image/jpeg", "image/png"].includes(file.type) ? "image" : ["video", "audio"].includes(group) ? group : "document";
  await say({ kind, media: JSON.parse(text).media });
}));
