// @anthropic-ai/sdk: the body is sent as it was recorded. A job with `said` goes through the helpers.

import Anthropic from "@anthropic-ai/sdk";

import { all, doJobs } from "./jobs.mjs";

await doJobs(async ({ base, body, said }) => {
  // Without a timeout the client refuses a large max_tokens by itself.
  const client = new Anthropic({ baseURL: base, apiKey: "playhead", timeout: 60_000 });
  if (said) {
    const streamed = () => client.messages.stream(body).finalMessage();
    return saidBy(await (body.stream ? streamed() : client.messages.create(body)));
  }
  const answer = await client.messages.create(body);
  return { events: body.stream ? await all(answer) : [answer] };
});

function saidBy({ content, stop_reason: finish, usage }) {
  const texts = content.filter(({ type }) => type === "text").map(({ text }) => text);
  const calls = content.filter(({ type }) => type === "tool_use");
  return {
    text: texts.join(""),
    calls: calls.map(({ name, input }) => ({ name, input })),
    finish,
    usage: [usage.input_tokens, usage.output_tokens],
  };
}
