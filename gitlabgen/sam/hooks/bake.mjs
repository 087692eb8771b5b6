// A hook of CodeDeploy: watches alarms once all traffic has moved, and always tells the result; a silent hook blocks for an hour.
// Variables: ALARMS, the names of the alarms, one a line; MINUTES, how long they are watched, 0 for not at all. Lambda ends a run
// after 15 minutes; what is left of the time is watched by another run, which the first one starts.
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

// Milliseconds between two looks; kept for starting the next run or telling the result; after which calls of the old version are
// in no metric that is still to come.
const PAUSE = 20_000;
const RESERVE = 60_000;
const DELAY = 180_000;

export async function handler(event, context) {
  let quiet = false;
  try {
    quiet = await watch(event, context);
  } catch (problem) {
    console.error(problem);
  }
  if (quiet === undefined) return;
  await new CodeDeployClient({}).send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: event.DeploymentId,
      lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
      status: quiet ? "Succeeded" : "Failed",
    }),
  );
}

// Returns whether no alarm fired, or nothing once another run goes on.
async function watch(event, context) {
  if (Number(process.env.MINUTES) === 0) return true;
  const names = process.env.ALARMS.split("\n");
  const began = event.Began ?? Date.now();
  const end = began + 60_000 * Number(process.env.MINUTES);
  if (Number.isNaN(end)) throw new Error("MINUTES is no number");
  // What fires from before the new version had all of the traffic may still mean the old one.
  const seenQuiet = new Set(event.SeenQuiet);
  const client = new CloudWatchClient({});
  for (;;) {
    const { MetricAlarms: alarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: names, MaxRecords: 100 }));
    const now = Date.now();
    const missing = names.filter((name) => !alarms.some((alarm) => alarm.AlarmName === name));
    for (const alarm of alarms) if (alarm.StateValue !== "ALARM") seenQuiet.add(alarm.AlarmName);
    const meant = alarms.filter(
      (alarm) =>
        alarm.StateValue === "ALARM" && (seenQuiet.has(alarm.AlarmName) || now >= Math.min(end, began + memory(alarm))),
    );
    if (missing.length > 0 || meant.length > 0) {
      console.log("missing:", missing, "firing:", meant.map((alarm) => alarm.AlarmName));
      return false;
    }
    if (now >= end) return true;
    if (context.getRemainingTimeInMillis() < PAUSE + RESERVE) {
      const known = { ...event, Began: began, SeenQuiet: [...seenQuiet].sort() };
      const call = { FunctionName: context.invokedFunctionArn, InvocationType: "Event", Payload: JSON.stringify(known) };
      await new LambdaClient({}).send(new InvokeCommand(call));
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE, end - now)));
  }
}

// Returns the milliseconds until an alarm has forgotten what was before.
function memory(alarm) {
  const blocks = [alarm, ...(alarm.Metrics ?? []).map((metric) => metric.MetricStat ?? {})];
  const periods = blocks.map((block) => block.Period ?? 0);
  return DELAY + 1000 * Math.max(...periods) * alarm.EvaluationPeriods;
}
