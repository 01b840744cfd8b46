//! The customers of a fixture, each in a state that an upgrade has to carry over, and what was said to them.

/// Digits of a phone, and the name in the list.
pub type Customer = (&'static str, &'static str);

/// The flow served this one to its end.
pub const SERVED: Customer = ("4915550101", "Served Sam");
/// The flow asked for the order number and waits for it: this one answers, the next one never does.
pub const ASKED: Customer = ("4915550102", "Asked Ada");
pub const PATIENT: Customer = ("4915550103", "Patient Pia");
/// A request of the flow is due; of the next one it was under way when the server was killed.
pub const FETCHING: Customer = ("4915550104", "Fetching Fay");
pub const CUT_CALL: Customer = ("4915550105", "Cut Carl");
/// An agent has just returned the conversation to the flow.
pub const RETURNED: Customer = ("4915550106", "Returned Rob");
/// The flow is at its model step.
pub const ADVISED: Customer = ("4915550107", "Advised Al");
/// Answered by the model, without a flow.
pub const CHATTING: Customer = ("4915550108", "Chatting Cho");
/// A turn of the model is due; of the next one it was under way when the server was killed.
pub const THINKING: Customer = ("4915550109", "Thinking Thea");
pub const CUT_MODEL: Customer = ("4915550110", "Cut Cora");
/// The bot has not looked at this one's message.
pub const WRITTEN: Customer = ("4915550111", "Written Will");
pub const WAITING: Customer = ("4915550112", "Waiting Walt");
/// One reply was delivered, another one is queued.
pub const CLAIMED: Customer = ("4915550113", "Claimed Cleo");
/// The response to a reply's request was lost.
pub const UNCLEAR: Customer = ("4915550114", "Unclear Uma");
pub const FAILED: Customer = ("4915550115", "Failed Finn");
/// A message of the bot's, and one of an agent's, were being sent when the server was killed.
pub const LEASED_BOT: Customer = ("4915550116", "Leased Lea");
pub const LEASED_AGENT: Customer = ("4915550117", "Leased Lou");
/// Staff replied from the WhatsApp Business app.
pub const PHONED: Customer = ("4915550118", "Phoned Phil");
pub const CLOSED: Customer = ("4915550119", "Closed Cam");
pub const RETURNING: Customer = ("4915550120", "Returning Rita");
/// Known by number and by user id, until a message had both.
pub const MERGED: Customer = ("4915550121", "Merged Max");
/// From the number's history, which has no names.
pub const IMPORTED: Customer = ("4915550122", "+4915550122");
/// One picture was given up, one is kept, one is to be fetched.
pub const PICTURED: Customer = ("4915550123", "Pictured Pam");
/// The message is in the journal only.
pub const UNREAD: Customer = ("4915550124", "Unread Udo");
/// Wrote to the other tenant, whose number cannot send.
pub const STOPPED: Customer = ("4915550190", "Stopped Stella");

pub const QUESTION: &str = "What is your order number?";
pub const GREETING_OF_MODEL: &str = "Good morning! How can I help?";
pub const ADVICE: &str = "Which size do you wear?";
pub const READ_REPLY: &str = "Hello Cleo, I look into it.";
pub const QUEUED_REPLY: &str = "It ships today.";
pub const UNCLEAR_REPLY: &str = "Shall I order it again?";
pub const FAILED_REPLY: &str = "Here is your invoice.";
pub const LEASED_REPLY: &str = "One moment, please.";
pub const CLOSING: &str = "Goodbye {{ customer.name }}.";
pub const SHOP_SECRET: &str = "shop-secret-4711";
pub const MODEL_KEY: &str = "sk-key-of-acme";
