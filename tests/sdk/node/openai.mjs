// openai: the body is sent as it was recorded. A job with `said` goes through the helpers.

import OpenAI from "openai";

import { all, doJobs } from "./jobs.mjs";

await doJobs(async ({ base, call, body, said }) => {
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: "playhead" });
  const api = call === "responses" ? client.responses : client.chat.completions;
  if (!said) {
    const answer = await api.create(body);
    if (body.stream) return { events: await all(answer) };
    const { output_text: _, ...received } = answer; // the client's own addition
    return { events: [received] };
  }
  if (call === "responses") {
    return saidByResponse(await (body.stream ? api.stream(body).finalResponse() : api.create(body)));
  }
  return saidByChat(await (body.stream ? api.stream(body).finalChatCompletion() : api.create(body)));
});

function saidByChat({ choices: [{ message, finish_reason: finish }], usage }) {
  return {
    text: message.content ?? "",
    calls: (message.tool_calls ?? []).map(({ function: called }) => callOf(called)),
    finish,
    usage: [usage.prompt_tokens, usage.completion_tokens],
  };
}

function saidByResponse({ output, output_text: text, status: finish, usage }) {
  const calls = output.filter(({ type }) => type === "function_call").map(callOf);
  return { text, calls, finish, usage: [usage.input_tokens, usage.output_tokens] };
}

function callOf({ name, arguments: input }) {
  return { name, input: JSON.parse(input) };
}
