"""A fake `aws` command: it returns the answers in `answers.json`, and records each call in `calls.jsonl`."""

import json
import os
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RULES, CALLS = FOLDER / "answers.json", FOLDER / "calls.jsonl"

rules = json.loads(RULES.read_text())
call = {"arguments": sys.argv[1:], "region": os.environ["AWS_DEFAULT_REGION"], "pager": os.environ["AWS_PAGER"]}
if "--body" in sys.argv:
    call["body"] = Path(sys.argv[sys.argv.index("--body") + 1]).read_text()
with CALLS.open("a") as stream:
    stream.write(json.dumps(call) + "\n")

rule = next((rule for rule in rules if set(rule["words"]) <= set(sys.argv)), None)
if rule is None:
    sys.exit(f"no answer is planned for {sys.argv[1:]}")
# The last answer is repeated.
answer = rule["answers"][0] if len(rule["answers"]) == 1 else rule["answers"].pop(0)
RULES.write_text(json.dumps(rules))
if "error" in answer:
    sys.exit(answer["error"])
if "file" in answer:
    Path(sys.argv[-3]).write_text(answer["file"])
sys.stdout.write(answer.get("raw", json.dumps(answer.get("json", {}))))
