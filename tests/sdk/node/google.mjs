// @google/genai: its own parameters are only the contents; the rest of the recorded body goes
// through as it is. Its getters read each chunk, as an application does.

import { GoogleGenAI } from "@google/genai";

import { all, doJobs } from "./jobs.mjs";

await doJobs(async ({ base, model, body, stream }) => {
  const client = new GoogleGenAI({ apiKey: "playhead", httpOptions: { baseUrl: base } });
  const config = { httpOptions: { extraBody: body } };
  const asked = { model, contents: body.contents, config };
  const chunks = stream
    ? await all(noted(await client.models.generateContentStream(asked)))
    : await all(noted([await client.models.generateContent(asked)]));
  const last = chunks.at(-1);
  return {
    events: chunks.map(({ chunk }) => chunk),
    text: chunks.map(({ text }) => text).join(""),
    calls: chunks.flatMap(({ calls }) => calls),
    finish: last.chunk.candidates?.[0].finishReason,
    usage: [last.chunk.usageMetadata?.promptTokenCount, last.chunk.usageMetadata?.candidatesTokenCount],
  };
});

async function* noted(chunks) {
  for await (const chunk of chunks) {
    const { sdkHttpResponse: _, ...recorded } = chunk;
    const calls = (chunk.functionCalls ?? []).map(({ name, args: input }) => ({ name, input }));
    yield { chunk: recorded, text: chunk.text ?? "", calls };
  }
}
