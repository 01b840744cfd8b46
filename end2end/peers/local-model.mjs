// A real language model on this machine's processor, behind the part of OpenAI's API that Handoff uses. The model and what
// runs it (npm's node-llama-cpp) are in the folder that MODEL_TOOLS names; `cargo xtask test-model` puts them there.
//
//   MODEL_TOOLS=target/tools/model node end2end/peers/local-model.mjs
//
// It prints its address in one line and ends when its standard input does. The requested model's name says what its output
// is constrained to: `form` to the schema of the answer, `calls` to a call of an offered tool and after its result to the
// schema, any other name to nothing.
import { createServer } from "node:http";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const tools = resolve(process.env.MODEL_TOOLS ?? "target/tools/model");
const entry = createRequire(join(tools, "package.json")).resolve("node-llama-cpp");
const { getLlama, LlamaChat } = await import(pathToFileURL(entry).href);
const file = readdirSync(tools).find((name) => name.endsWith(".gguf"));

// One thread: several spin while they wait for each other, which takes forever on a machine that also compiles.
const llama = await getLlama({ gpu: false, maxThreads: 1, build: "never", progressLogs: false, logLevel: "error" });
const model = await llama.loadModel({ modelPath: join(tools, file) });
const context = await model.createContext({ contextSize: 4096, threads: 1 });
const sequence = context.getSequence();

const item = ({ role, content }) => {
  const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
  if (role === "system") return { type: "system", text };
  return role === "assistant" ? { type: "model", response: [text] } : { type: "user", text };
};

// One of the offered calls, with arguments that fit its schema, as OpenAI does when a call is required.
const aCall = (list) => ({
  oneOf: list.map(({ function: { name, parameters } }) => ({
    type: "object",
    properties: { name: { const: name }, arguments: parameters },
  })),
});

async function answer(question, say, signal) {
  const chat = new LlamaChat({ contextSequence: sequence });
  const calls = question.model === "calls" && !question.messages.some(({ role }) => role === "tool");
  const form = question.response_format?.json_schema?.schema;
  const held = calls ? aCall(question.tools) : ["form", "calls"].includes(question.model) ? form : undefined;
  const options = { maxTokens: question.max_tokens, temperature: question.temperature ?? 0, signal };
  if (held) options.grammar = await llama.createGrammarForJsonSchema(held);
  if (!calls) options.onTextChunk = (content) => say({ content });
  const history = [...question.messages.map(item), { type: "model", response: [] }];
  try {
    const { response, metadata } = await chat.generateResponse(history, options);
    if (calls) {
      const { name, arguments: given } = JSON.parse(response);
      const call = { name, arguments: JSON.stringify(given ?? {}) };
      say({ tool_calls: [{ index: 0, id: "call_of_it", type: "function", function: call }] });
      return "tool_calls";
    }
    return metadata.stopReason === "maxTokens" ? "length" : "stop";
  } finally {
    chat.dispose();
  }
}

let last = Promise.resolve();
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const stop = new AbortController();
  response.on("close", () => stop.abort());
  const frame = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  const say = (delta) => frame({ choices: [{ index: 0, delta }] });
  // One request at a time, because there is one model.
  last = last.then(async () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    try {
      const question = JSON.parse(body);
      const before = sequence.tokenMeter.getState();
      const finish_reason = await answer(question, say, stop.signal);
      frame({ choices: [{ index: 0, delta: {}, finish_reason }] });
      const { usedInputTokens: prompt_tokens, usedOutputTokens: completion_tokens } = sequence.tokenMeter.diff(before);
      frame({ choices: [], usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens } });
      response.end("data: [DONE]\n\n");
    } catch (error) {
      console.error(error);
      frame({ error: { message: String(error), type: "server_error" } });
      response.end();
    }
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/v1`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
