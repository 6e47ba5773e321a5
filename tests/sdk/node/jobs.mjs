// What the programs share: jobs come in on stdin, their outcomes go out on stdout, both as JSON.

import { text } from "node:stream/consumers";

/** Do the jobs one after the other, since a server counts the repetitions of a request. */
export async function doJobs(ask) {
  const outcomes = [];
  for (const job of JSON.parse(await text(process.stdin))) {
    outcomes.push(await ask(job).catch(failed));
  }
  process.stdout.write(JSON.stringify(outcomes));
}

/** An exception as a test runner shows it. */
export function failed(error) {
  return { error: { name: error.constructor.name, text: String(error) } };
}

/** All that a stream yields, written down at once: a client may go on to change its objects. */
export async function all(stream) {
  const events = [];
  for await (const event of stream) events.push(JSON.stringify(event));
  return events.map((event) => JSON.parse(event));
}
