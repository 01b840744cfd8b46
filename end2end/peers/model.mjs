// A language model's server by others: aimock, with the APIs of OpenAI and of Anthropic. What the customer's message
// contains selects the answer or the fault. `tests/it/model_peer.rs` starts it (`cargo xtask test-server model_peer`); by
// hand:
//
//   node end2end/peers/model.mjs
//
// It prints its address in one line and ends when its standard input does. With MODEL_PORT, as the browser tests start
// it, it listens on that port until it is stopped.
import { LLMock } from "@copilotkit/aimock";

const port = Number(process.env.MODEL_PORT ?? 0);
const mock = new LLMock({ port, host: "127.0.0.1", logLevel: "silent", latency: 0, chunkSize: 8 });
const says = (words, response, options) => mock.on({ userMessage: words }, response, options);
const call = (name, args) => ({ toolCalls: [{ name, arguments: args }] });
const tool = call("order_status", '{"order":"A-17"}');

// About the longest delay that a timer of Node takes.
const NEVER = 2_000_000_000;

says("plain", { content: '{"reply":"It arrives tomorrow.","needs_person":false}' });
says("in words", { content: "It arrives tomorrow." });
says("promise", { content: "Sure, I am connecting you to an agent." });
mock.on({ userMessage: "look it up", hasToolResult: false }, tool);
mock.on({ userMessage: "look it up", hasToolResult: true }, { content: '{"reply":"On its way.","needs_person":false}' });
const found = [...call("order_status", '{"order":"10044"}').toolCalls, ...call("set_variable", '{"name":"article","value":"red bicycle"}').toolCalls];
mock.on({ userMessage: "red bicycle", hasToolResult: false }, { toolCalls: found });
mock.on({ userMessage: "red bicycle", hasToolResult: true }, { content: '{"reply":"Your red bicycle is being packed.","needs_person":false}' });
says("person", call("handoff", '{"reason":"wants a person","summary":"lost parcel","urgency":"high"}'));

says("broken server", { error: { message: "boom", type: "server_error" }, status: 500 });
says("too often", { error: { message: "slow down", type: "rate_limit_error" }, status: 429 });
says("silent", { content: "never" }, { streamingProfile: { ttft: NEVER, tps: 1 } });
// The first words come, and then no more: OpenAI has one frame before them, Anthropic two.
for (const [model, delays] of [["open-model", [1, NEVER]], ["claude-model", [1, 1, NEVER]]]) {
  const recordedTimings = { ttftMs: 1, interChunkDelaysMs: delays, totalDurationMs: NEVER };
  mock.on({ userMessage: "stalls", model }, { content: "It arrives tomorrow, or so they say." }, { recordedTimings });
}
says("hangs up", { content: "It arrives tomorrow, or so they say." }, { truncateAfterChunks: 2 });
says("garbled", { content: "It arrives tomorrow." }, { chaos: { malformedRate: 1 } });
says("half a form", { content: '{"reply":"It arri' });
says("cut", { content: '{"reply":"It arrives","needs_person":false}', finishReason: "length" });
says("no such tool", call("delete_everything", "{}"));
says("wrong arguments", call("order_status", '{"order":17}'));
says("no json", call("order_status", '{"order":'));
says("nothing", { content: "" });
says("in circles", tool);

await mock.start();
console.log(mock.url);
if (port === 0) {
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}
