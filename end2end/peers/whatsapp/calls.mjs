// whatsapp-api-js, from npm: a client that is used by bots. `tests/it/simulator_peers.rs` starts it with a stage, as the
// clients of PyPI (__main__.py), and holds what must come of each call:
//
//   node end2end/peers/whatsapp/calls.mjs send STAGE
import { WhatsAppAPI } from "whatsapp-api-js";
import {
  ActionButtons, ActionCallPermission, ActionCatalog, ActionCTA, ActionDataExchangeFlow, ActionList, ActionLocation,
  ActionNavigateFlow, ActionProduct, ActionProductList, Audio, Body, BodyComponent, BodyParameter, Button, CatalogProduct,
  Contacts, Document, Footer, Header, Image, Interactive, ListSection, Location, Name, PayloadComponent, Phone, Product,
  ProductSection, Reaction, Row, Sticker, Template, Text, Video,
} from "whatsapp-api-js/messages";

const stage = JSON.parse(process.argv[3]);
const ADDRESS = "https://example.com";
// A picture as far as its first bytes say.
const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Array(64).fill(0)]);

const tell = (facts) => console.log(JSON.stringify({ client: "whatsapp-api-js", ...facts }));

/** A client whose host is the simulator: the library's own is fixed. */
function connect(token) {
  const there = (url, options) => fetch(String(url).replace("https://graph.facebook.com", stage.base), options);
  return new WhatsAppAPI({ token, v: "v26.0", secure: false, ponyfill: { fetch: there } });
}

const wa = connect(stage.token);
const number = stage.phone_number_id;
const send = (message, ...more) => wa.sendMessage(number, stage.to, message, ...more);

/** Prints an accepted call with the id of its message, or with another id. */
async function accept(call, answer, id) {
  const told = await answer;
  if (told.error) throw new Error(`${call}: ${JSON.stringify(told.error)}`);
  tell({ call, id: id ?? told.messages?.[0].id ?? told.id });
  return told;
}

/** Prints what the client shows of a refused call. */
async function refuse(call, answer) {
  tell({ call, code: (await answer).error?.code ?? null });
}

function form(type) {
  const form = new FormData();
  form.set("file", new Blob([PICTURE], { type }), "a.png");
  return form;
}

const contact = () => new Contacts([new Name("Ada Example", "Ada"), new Phone("+1", "WORK")]);
const template = (name, ...parts) => new Template(name, "en_US", ...parts);
const value = (text, name) => new BodyParameter(text, name);
const rows = (count) => Array.from({ length: count }, (_, n) => new Row(`r${n}`, `Row ${n}`));
const list = (...sections) => new Interactive(new ActionList("Open", ...sections), new Body("Which?"));
const buttons = () => new ActionButtons(new Button("yes", "Yes"), new Button("no", "No"));

async function messages() {
  const text = (await accept("text", send(new Text("Hello", true), undefined, '{"row":1}'))).messages[0].id;
  await accept("text to a user id", wa.sendMessage(number, stage.user_id, new Text("Hello")));
  await accept("text to a recipient", wa.sendMessage(number, { phone: stage.to, bsuid: stage.user_id }, new Text("Hello")));
  await accept("quote", send(new Text("Hello"), text));
  await accept("broadcast", wa.broadcastMessage(number, [stage.to], new Text("Hello"), 1, 0)[0]);
  await accept("reaction", send(new Reaction(text, "👍")));
  await accept("no reaction", send(new Reaction(text)));
  await accept("image by address", send(new Image(`${ADDRESS}/a.png`, false, "A picture")));
  const { id } = await accept("upload", wa.uploadMedia(number, form("image/png")));
  await accept("image by id", send(new Image(id, true)));
  const file = await accept("file", wa.retrieveMedia(id, number));
  const bytes = new Uint8Array(await (await wa.fetchMedia(file.url)).arrayBuffer());
  if (String(bytes) !== String(PICTURE)) throw new Error("not the file that was uploaded");
  tell({ call: "download", id });
  await accept("delete", wa.deleteMedia(id, number), id);
  await accept("video", send(new Video(`${ADDRESS}/a.mp4`, false, "A video")));
  await accept("audio", send(new Audio(`${ADDRESS}/a.mp3`)));
  await accept("voice", send(new Audio(`${ADDRESS}/a.ogg`, false, true)));
  await accept("document", send(new Document(`${ADDRESS}/a.pdf`, false, "Read", "a.pdf")));
  await accept("sticker", send(new Sticker(`${ADDRESS}/a.webp`)));
  await accept("location", send(new Location(13.2, 52.1, "Office", "Street 1")));
  // The client writes the list of cards as a text.
  await accept("contact", send(contact()));
  await accept("template", send(template("we_are_back")));
  await accept("template with a button", send(template("we_are_back", new PayloadComponent("on"))));
  await accept("template with values", send(template("order_update", new BodyComponent(value("Ada"), value("4711")))));
  const named = new BodyComponent(value("Ada", "first_name"), value("Friday", "day"));
  await accept("template with names", send(template("appointment", named)));
}

async function interactive() {
  const ask = (action, body, header, footer) => send(new Interactive(action, new Body(body), header, footer));
  await accept("buttons", ask(buttons(), "Sure?", new Header("Order"), new Footer("Acme")));
  await accept("buttons below a picture", ask(buttons(), "This one?", new Header(new Image(`${ADDRESS}/a.png`))));
  await accept("list", send(list(new ListSection("All", new Row("one", "One", "the first"), new Row("two", "Two")))));
  await accept("link button", ask(new ActionCTA("Open", ADDRESS), "Look", new Header("Order")));
  await accept("location request", ask(new ActionLocation(), "Where are you?"));
  await accept("call permission", ask(new ActionCallPermission(), "May we call?"));
  await accept("catalog", ask(new ActionCatalog(new Product("MUG")), "Our catalog"));
  await accept("product", send(new Interactive(new ActionProduct(new CatalogProduct("MUG", "600")))));
  const mugs = new ProductSection("Mugs", new Product("MUG"), new Product("CUP"));
  await accept("products", ask(new ActionProductList("600", mugs), "For you", new Header("Kitchen")));
  await accept("flow", ask(new ActionNavigateFlow("t", "1", "Sign up", "START"), "Sign up"));
  await accept("flow with data", ask(new ActionDataExchangeFlow("t", "1", "Sign up"), "Sign up"));
}

async function others() {
  await accept("read", wa.markAsRead(number, stage.wamid), "read");
  await accept("typing", wa.markAsRead(number, stage.wamid, "text"), "typing");
  // Without a version in the path, and a user id in a field of its own.
  const blocked = await accept("block", wa.blockUser(number, stage.nuisance, stage.user_id), "blocked");
  const ids = blocked.block_users.added_users.map((user) => user.user_id ?? user.input);
  if (String(ids) !== String([stage.nuisance, stage.user_id])) throw new Error(`blocked ${ids}`);
  await accept("unblock", wa.unblockUser(number, stage.nuisance, stage.user_id), "unblocked");
}

async function refusals() {
  const hello = new Text("Hello");
  const say = (to) => wa.sendMessage(number, to, hello);
  await refuse("wrong token", connect("wrong").sendMessage(number, stage.to, hello));
  await refuse("wrong number id", wa.sendMessage("1", stage.to, hello));
  await refuse("empty", send(new Text("")));
  await refuse("to itself", say(stage.own));
  await refuse("no number", say("+12"));
  await refuse("unknown user id", say("IN.1"));
  await refuse("to a group", wa.sendMessage(number, { group: "g1" }, hello));
  await refuse("rows too many", send(list(new ListSection("One", ...rows(6)), new ListSection("Two", ...rows(6)))));
  await refuse("unknown file", send(new Image("1", true)));
  await refuse("no address", send(new Image("ftp://example.com/a.png")));
  await refuse("no upload", wa.uploadMedia(number, form("image/bmp"), false));
  await refuse("file gone", wa.retrieveMedia("1"));
  await refuse("not on this planet", send(new Location(13.2, 91)));
  await refuse("unknown template", send(template("nobody_knows")));
  await refuse("pending template", send(template("spring_sale")));
  await refuse("missing value", send(template("order_update", new BodyComponent(value("Ada")))));
  await refuse("unknown message", wa.markAsRead(number, "wamid.unknown"));
  await refuse("block of nobody", wa.blockUser(number, "IN.1"));
  await refuse("call", wa.initiateCall(number, stage.to, "v=0"));
  await refuse("call accepted", wa.acceptCall(number, "wacid.1", "v=0"));
  await refuse("new code", wa.createQR(number, "Hello"));
  await refuse("codes", wa.retrieveQR(number));
  await refuse("code", wa.retrieveQR(number, "AB"));
  await refuse("code changed", wa.updateQR(number, "AB", "Hello"));
  await refuse("code gone", wa.deleteQR(number, "AB"));
  for (const [to, code] of Object.entries(stage.faults)) await refuse(`fault ${code}`, say(to));
}

await messages();
await interactive();
await others();
await refusals();
