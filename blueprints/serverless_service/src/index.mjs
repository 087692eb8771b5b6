// Answers with the version that runs, so that a shift can be watched from outside.
export async function handler() {
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: "Hello World", version: process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "local" }),
  };
}
