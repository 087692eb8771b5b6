import assert from "node:assert/strict";
import { test } from "node:test";

import { handler } from "../src/index.mjs";

test("answers with a greeting and the version", async () => {
  const answer = await handler();

  assert.equal(answer.statusCode, 200);
  assert.deepEqual(JSON.parse(answer.body), { message: "Hello World", version: "local" });
});
