// A hook of CodeDeploy: calls the new version once, and always tells the result; a silent hook blocks for an hour.
// Variables: NEW_VERSION, the ARN of the new version; PAYLOAD, the event that it is called with, {} if not given.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

// Milliseconds that are kept for telling the result.
const RESERVE = 10_000;

export async function handler(event, context) {
  let works = false;
  try {
    works = await check(process.env.NEW_VERSION, context.getRemainingTimeInMillis() - RESERVE);
  } catch (problem) {
    console.error(problem);
  }
  await new CodeDeployClient({}).send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: event.DeploymentId,
      lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
      status: works ? "Succeeded" : "Failed",
    }),
  );
}

// Returns whether a version answers in time, without an error and without a status from 500 on.
async function check(version, milliseconds) {
  const command = new InvokeCommand({ FunctionName: version, Payload: process.env.PAYLOAD ?? "{}" });
  const abortSignal = AbortSignal.timeout(Math.max(1000, milliseconds));
  const answer = await new LambdaClient({ maxAttempts: 1 }).send(command, { abortSignal });
  const text = new TextDecoder().decode(answer.Payload);
  console.log(text);
  if (answer.FunctionError !== undefined) return false;
  const body = JSON.parse(text || "null");
  return !(Number(body?.statusCode ?? 200) >= 500);
}
