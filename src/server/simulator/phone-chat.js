// The chat: messages of every kind, each redrawn when it changes.

import { $, KINDS, PATHS, act, call, clock, day, h, openDialog, stale, state, svg, tick } from "./phone-kit.js";
import { PLACE, more, say } from "./phone-say.js";

// An image that loads late must not scroll the last line out of view.
let stuck = true;
$("lines").addEventListener("load", () => { if (stuck) $("lines").scrollTop = $("lines").scrollHeight; }, true);
$("lines").addEventListener("scroll", () => { stuck = $("lines").scrollHeight - $("lines").scrollTop - $("lines").clientHeight < 80; });

const drawn = new Map();

// Clears the chat before another one is opened.
export function clearTalk() {
  drawn.clear();
  $("lines").replaceChildren();
}
let typingEnds;

export function drawTalk(person) {
  $("face").textContent = "A";
  const typing = person.typing_ms > 0;
  $("under").textContent = typing ? "typing…" : `as ${person.name} · ${person.phone ? `+${person.phone}` : `@${person.username}`}`;
  $("under").toggleAttribute("data-typing", typing);
  clearTimeout(typingEnds);
  if (typing) typingEnds = setTimeout(stale, person.typing_ms + 50);
  $("receipts").checked = person.read_receipts;
  const box = $("lines");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const wanted = [];
  let lastDay = "";
  for (const line of state.lines) {
    if (line.kind === "reaction") continue;
    const today = day.format(line.at);
    if (today !== lastDay) wanted.push([`day ${today}`, today, () => h("p", { class: "day", text: today })]);
    lastDay = today;
    wanted.push([line.id, JSON.stringify(line), () => drawLine(line)]);
  }
  if (typing) wanted.push(["typing", "", () => h("div", { class: "dots", role: "img", "aria-label": "The business is typing" }, h("i"), h("i"), h("i"))]);
  const keep = new Set(wanted.map(([key]) => key));
  for (const [key, known] of drawn) if (!keep.has(key)) { known.node.remove(); drawn.delete(key); }
  wanted.forEach(([key, content, make], index) => {
    let known = drawn.get(key);
    if (!known || known.content !== content) {
      const node = make();
      if (known) known.node.replaceWith(node);
      known = { content, node };
      drawn.set(key, known);
    }
    if (box.children[index] !== known.node) box.insertBefore(known.node, box.children[index] || null);
  });
  if (atEnd) { box.scrollTop = box.scrollHeight; stuck = true; }
}

function drawLine(line) {
  const own = line.author === "customer";
  if (line.failed) {
    return h("div", { class: "line ghost", role: "article", "data-wamid": line.id }, h("div", { class: "bubble" }, h("p", { text: `A message of the business did not reach this phone (${line.failed}).` })));
  }
  const bubble = h("div", { class: "bubble" });
  if (line.forwarded) bubble.append(h("p", { class: "mark", text: line.forwarded === "often" ? "Forwarded many times" : "Forwarded" }));
  if (line.author === "staff") bubble.append(h("p", { class: "mark", text: "From the WhatsApp Business app" }));
  if (line.author === "partner") bubble.append(h("p", { class: "mark", text: "From another app on this number" }));
  const quoted = line.quote && state.lines.find((other) => other.id === line.quote);
  if (line.quote) bubble.append(h("p", { class: "quote", dir: "auto", text: quoted ? words(quoted) : "An earlier message" }));
  const taps = [];
  if (line.revoked) bubble.append(h("p", { class: "gone", text: "This message was deleted" }));
  else bubble.append(...content(line, taps));
  const meta = h("span", { class: "meta" }, line.edited ? h("span", { text: "edited" }) : null, h("time", { text: clock.format(line.at) }), own ? tick(line.tick) : null);
  bubble.append(meta, h("button", { type: "button", class: "icon more", "aria-label": "More", onclick: () => more(line) }, svg(PATHS.more)));
  const reactions = [line.business_reaction, line.customer_reaction].filter(Boolean).join(" ");
  return h("div", { class: own ? "line own" : "line", role: "article", "aria-label": own ? "You" : "Business", "data-wamid": line.id, "data-kind": line.kind }, bubble,
    reactions ? h("span", { class: "reactions", text: reactions }) : null,
    taps.length ? h("div", { class: "taps" }, ...taps) : null);
}

// The text of a line, for quotes and previews.
export function words(line) {
  const body = line.body || {};
  const text = typeof body.body === "string" ? body.body : body.body?.text;
  return text || body.text || body.caption || body.button_reply?.title || body.list_reply?.title || body.filename || KINDS[line.kind] || line.kind;
}

const p = (text, kind) => (text ? h("p", { class: kind, dir: "auto", text }) : null);

// The URL of a file: by its id here, or the link that the business sent.
function source(body) {
  if (body.id) return `/sim/media/${encodeURIComponent(body.id)}`;
  return /^https?:\/\//i.test(body.link || "") ? body.link : null;
}

// A linked file that does not load is replaced by its link.
function failing(node, body) {
  if (body.link) node.addEventListener("error", () => node.replaceWith(web(body.link)), { once: true });
  return node;
}

function web(address, label) {
  const safe = /^https?:\/\//i.test(address || "");
  return safe ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: label || address }) : p(label || address);
}

function media(kind, body) {
  const src = source(body);
  if (!src) return web(body.link);
  switch (kind) {
    case "image": return failing(h("img", { src, alt: body.caption || "Photo", loading: "lazy" }), body);
    case "sticker": return failing(h("img", { src, alt: "Sticker", class: "sticker", loading: "lazy" }), body);
    case "video": return failing(h("video", { src, controls: true, preload: "metadata" }), body);
    default: return h("a", { class: "file", href: src, download: body.filename || "document", target: body.link ? "_blank" : null, rel: "noopener noreferrer" }, h("span", { text: body.filename || "Document" }));
  }
}

function content(line, taps) {
  const body = line.body || {};
  switch (line.kind) {
    case "text": return [p(body.body)];
    case "image": case "video": case "document": case "sticker": return [media(line.kind, body), p(body.caption)].filter(Boolean);
    case "audio": {
      const src = source(body);
      const player = src ? failing(h("audio", { src, controls: true, preload: "metadata" }), body) : web(body.link);
      if (src) player.addEventListener("ended", () => act(() => call("/sim/played", "POST", { message_id: line.id })));
      return [body.voice ? p("Voice message", "mark") : null, player].filter(Boolean);
    }
    case "location": return [p(body.name || "Location", "head"), p(body.address), p(`${body.latitude}, ${body.longitude}`, "mark")].filter(Boolean);
    case "contacts": return (Array.isArray(body) ? body : []).flatMap((card) => [p(card.name?.formatted_name || "Contact", "head"), ...(card.phones || []).map((phone) => p(phone.phone || phone.wa_id)), ...(card.emails || []).map((mail) => p(mail.email)), p(card.org?.company, "mark")]).filter(Boolean);
    case "interactive": return interactive(line, body, taps);
    case "button": return [p(body.text)];
    case "template": {
      for (const label of body.quick_replies || []) taps.push(h("button", { type: "button", class: "tap", text: label, onclick: () => say({ kind: "template_button", payload: label, text: label, reply_to: line.id }) }));
      const { file } = body;
      const head = !file ? p(body.header, "head") : file.type === "location" ? p(file.location?.name || "Location", "head") : media(file.type, file[file.type] || {});
      return [head, p(body.text || body.template?.name), p(body.footer, "foot"), ...(body.buttons || []).map((label) => p(label || "Copy code", "mark"))].filter(Boolean);
    }
    case "order": return [p("Order", "head"), ...(body.product_items || []).map((item) => p(`${item.quantity} × ${item.product_retailer_id}`)), p(body.text)].filter(Boolean);
    case "unsupported": return [p(`Sent a ${String(body.type || "message").replaceAll("_", " ")}`, "gone")];
    default: return [p(line.kind, "gone")];
  }
}

function interactive(line, body, taps) {
  if (body.button_reply) return [p(body.button_reply.title)];
  if (body.list_reply) return [p(body.list_reply.title), p(body.list_reply.description, "mark")].filter(Boolean);
  if (body.nfm_reply) return [p("Form sent", "mark")];
  const header = body.header || {};
  const parts = [header.type === "text" ? p(header.text, "head") : header.type ? media(header.type, header[header.type] || {}) : null, p(body.body?.text), p(body.footer?.text, "foot")];
  const action = body.action || {};
  const tap = (text, onclick) => taps.push(h("button", { type: "button", class: "tap", text, onclick }));
  switch (body.type) {
    case "button":
      for (const { reply } of action.buttons || []) tap(reply.title, () => say({ kind: "button_reply", id: reply.id, title: reply.title, reply_to: line.id }));
      break;
    case "list": tap(action.button, () => choose(line, action)); break;
    case "cta_url": {
      const link = web(action.parameters?.url, action.parameters?.display_text);
      link.className = "tap";
      taps.push(link);
      break;
    }
    case "location_request_message": tap("Send location", () => say({ ...PLACE, reply_to: line.id })); break;
    case "request_contact_info": tap("Share my number", () => say({ kind: "contacts", contacts: own(), reply_to: line.id })); break;
    case "flow": tap(action.parameters?.flow_cta || "Open form", () => say({ kind: "flow_reply", response_json: JSON.stringify({ flow_token: action.parameters?.flow_token || "none", answer: "yes" }), reply_to: line.id })); break;
    default: parts.push(p(String(body.type).replaceAll("_", " "), "mark"));
  }
  return parts.filter(Boolean);
}

function own() {
  const person = state.customers.find((customer) => customer.id === state.open) || {};
  return [{ name: { formatted_name: person.name, first_name: person.name }, phones: person.phone ? [{ phone: `+${person.phone}`, wa_id: person.phone, type: "CELL" }] : [], origin: "contact_request" }];
}

function choose(line, action) {
  const groups = (action.sections || []).map((section) => h("section", { class: "choices" }, section.title ? h("h3", { text: section.title }) : null,
    ...(section.rows || []).map((row) => h("button", { type: "button", class: "choice", onclick: () => {
      $("dialog").close();
      say({ kind: "list_reply", id: row.id, title: row.title, description: row.description || null, reply_to: line.id });
    } }, h("span", { text: row.title }), row.description ? h("small", { text: row.description }) : null))));
  openDialog(action.button, groups);
}
