// The AI SDK makes its own request of a prompt; it asks the same in every job. What it received is
// in its raw chunks.

import { generateText, jsonSchema, streamText, tool } from "ai";

import { doJobs, failed } from "./jobs.mjs";

const MODELS = {
  "@ai-sdk/openai": ({ createOpenAI }, call, options) => createOpenAI(options)[call]("gpt-4o"),
  "@ai-sdk/openai-compatible": ({ createOpenAICompatible }, _, options) =>
    createOpenAICompatible({ ...options, name: "any", includeUsage: true })("gpt-4o"),
  "@ai-sdk/anthropic": ({ createAnthropic }, _, options) =>
    createAnthropic(options)("claude-haiku-4-5"),
  "@ai-sdk/google": ({ createGoogleGenerativeAI }, _, options) =>
    createGoogleGenerativeAI(options)("gemini-2.5-flash"),
};

globalThis.AI_SDK_LOG_WARNINGS = false;

await doJobs(async ({ base, package: name, call, prompt, stream }) => {
  const asked = {
    // Only the package that is asked for need be there.
    model: MODELS[name](await import(name), call, { baseURL: `${base}/v1`, apiKey: "playhead" }),
    prompt,
    tools: { weather: tool({ inputSchema: jsonSchema({ type: "object" }) }) },
  };
  if (!stream) {
    const result = await generateText(asked);
    return { events: [result.response.body], ...saidBy(result) };
  }
  const result = streamText({ ...asked, includeRawChunks: true, onError() {} });
  const parts = [];
  for await (const part of result.fullStream) parts.push(part);
  const error = parts.find(({ type }) => type === "error")?.error;
  if (error) return failed(error);
  const events = parts.filter(({ type }) => type === "raw").map(({ rawValue }) => rawValue);
  const [text, toolCalls, finishReason, usage] = await Promise.all([
    result.text,
    result.toolCalls,
    result.finishReason,
    result.usage,
  ]);
  return { events, ...saidBy({ text, toolCalls, finishReason, usage }) };
});

function saidBy({ text, toolCalls, finishReason: finish, usage }) {
  const calls = toolCalls.map(({ toolName: name, input }) => ({ name, input }));
  return { text, calls, finish, usage: [usage.inputTokens, usage.outputTokens] };
}
