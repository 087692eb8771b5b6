// Reads a JSON array of YAML texts from stdin, and prints the values that a JavaScript parser returns for them.
// Usage: node read.cjs js-yaml | yaml-1.1 | yaml-1.2
const fs = require("node:fs");

function typed(value) {
  if (value === null || value === undefined) return ["null"];
  if (typeof value === "string") return ["str", value];
  if (typeof value === "boolean") return ["bool", value];
  if (typeof value === "number" || typeof value === "bigint") return ["num", String(value)];
  if (Array.isArray(value)) return ["seq", value.map(typed)];
  if (value instanceof Map) return ["map", [...value].map(([key, item]) => [typed(key), typed(item)])];
  if (Object.getPrototypeOf(value) === Object.prototype || Object.hasOwn(value, "__proto__")) {
    return ["map", Object.keys(value).map((key) => [typed(key), typed(value[key])])];
  }
  return ["other", value.constructor.name, String(value)];
}

function parser(name) {
  if (name === "js-yaml") return require("js-yaml").load;
  const { parse } = require("yaml");
  const options = { version: name.replace("yaml-", ""), mapAsMap: true, logLevel: "error" };
  return (text) => parse(text, options);
}

const read = parser(process.argv[2]);
const answers = JSON.parse(fs.readFileSync(0, "utf8")).map((text) => {
  try {
    return typed(read(text));
  } catch (error) {
    return ["error", String(error.message)];
  }
});
process.stdout.write(JSON.stringify(answers));
