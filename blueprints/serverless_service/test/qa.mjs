// Asks a deployed stack; API_URL comes from its outputs.
import assert from "node:assert/strict";

const url = process.env.API_URL;
assert.ok(url, "API_URL is not set: run this behind a deployment");
const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
assert.equal(answer.status, 200, `${url} answers ${answer.status}`);
const body = await answer.json();
assert.equal(body.message, "Hello World");
console.log(`${url} runs version ${body.version}`);
