"""Random documents that look like pipelines and templates: known keys in wrong places, odd tags, aliases, and large copies."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.codec.strategies import KEYS

CORPUS: Final = Path(__file__).parents[1] / "corpus"
GITLAB: Final = sorted(KEYS)
SAM: Final = (
    *("Type", "Properties", "Resources", "Outputs", "Globals", "Parameters", "Conditions", "Mappings", "Metadata", "DependsOn"),
    *("Function", "CodeUri", "Handler", "Runtime", "Timeout", "Role", "Events", "Path", "Method", "ApiId", "Value", "Export"),
    *("AutoPublishAlias", "DeploymentPreference", "Alarms", "Hooks", "Enabled", "Environment", "Variables", "Policies", "Tags"),
    *(
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::If",
        "Fn::Join",
        "Fn::Transform",
        "Fn::ForEach::A",
        "Dimensions",
        "Period",
        "Schedule",
    ),
)
TYPES: Final = ("Function", "Api", "HttpApi", "StateMachine", "SimpleTable", "LayerVersion")
NAMES: Final = ("a", "b", "build", "test", "deploy", ".base", "e\u0301", "x y", "$V", "$[[ inputs.v ]]", "<<", "1", "true")
WORDS: Final = (
    *("x", "", "main", "on_success", "manual", "always", "never", "1 hour", "30%", "/^a(b|c)*$/", '$A == "x"', "$A =~ /x/ && $B"),
    *("echo $V", "aws s3 ls", "sam deploy --stack-name $S", "$[[ inputs.v | upper ]]", "${A.B}", "*.yml", "**/*", "a/../b"),
    *(
        "0755",
        "3.10",
        "12:30",
        "1e3",
        "null",
        "true",
        "~",
        "2024-01-01",
        ".nan",
        "0x1F",
        "=",
        "!",
        "\ud7ff",
        "\U0001f600",
        "x" * 300,
    ),
)
TAGS: Final = ("!reference", "!Ref", "!Sub", "!GetAtt", "!x", "!!str", "!!int", "!!binary", "!!set", "!If")


class Documents:
    """Makes the same documents for the same seed.

    Args:
        seed: The seed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._left = 0
        self._corpus = [path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.y*ml"))]

    def make(self) -> str:
        """Return the next document."""
        self._left = self._random.choice((5, 20, 60, 200))
        kinds: tuple[Callable[[], str], ...] = (
            self._pipeline,
            self._pipeline,
            self._component,
            self._template,
            self._mutant,
            self._large,
        )
        return self._random.choice(kinds)()

    def _pipeline(self) -> str:
        entries = [f"{self._name()}: {self._job()}" for _ in range(self._random.randint(1, 8))]
        entries += [f"{self._key(GITLAB)}: {self._tree(GITLAB)}" for _ in range(self._random.randint(0, 4))]
        self._random.shuffle(entries)
        return "\n".join(entries) + "\n"

    def _component(self) -> str:
        return f"spec: {{inputs: {{v: {self._tree(GITLAB)}, w: {self._tree(GITLAB)}}}}}\n---\n{self._pipeline()}"

    def _template(self) -> str:
        rows = [f"  {self._random.choice('ABCD')}{index}: {self._resource()}" for index in range(self._random.randint(1, 5))]
        more = [f"{self._key(SAM)}: {self._tree(SAM)}" for _ in range(self._random.randint(0, 3))]
        return "\n".join(["Resources:", *rows, *more]) + "\n"

    def _resource(self) -> str:
        return f"{{Type: AWS::Serverless::{self._random.choice(TYPES)}, Properties: {self._map(SAM)}}}"

    def _mutant(self) -> str:
        """Return a real file in which some lines are removed, repeated, moved or have another value."""
        lines = self._random.choice(self._corpus).split("\n")
        for _ in range(self._random.randint(1, 6)):
            at = self._random.randrange(len(lines))
            match self._random.randrange(4):
                case 0:
                    del lines[at]
                case 1:
                    lines.insert(self._random.randrange(len(lines) + 1), lines[at])
                case 2:
                    lines[at] = f"  {lines[at]}"
                case _:
                    lines[at] = f"{lines[at].partition(':')[0]}: {self._tree(GITLAB)}"
            lines = lines or [""]
        return "\n".join(lines)

    def _large(self) -> str:
        """Return a document in which one part is repeated often."""
        count = self._random.choice((50, 500, 2000))
        job = self._job()
        match self._random.randrange(3):
            case 0:
                return "".join(f"j{index}: {job}\n" for index in range(count))
            case 1:
                needs = ", ".join(f"k{index}" for index in range(count))
                return f"a: {{script: [{', '.join([self._scalar()] * count)}], needs: [{needs}]}}\n"
            case _:
                variables = ", ".join(f"V{index}: [a, b]" for index in range(count))
                return f"a: {{script: [x], parallel: {{matrix: [{{{variables}}}]}}}}\n"

    def _job(self) -> str:
        return self._random.choice(
            ("{script: [x]}", "{script: [x], " + self._map(GITLAB)[1:], self._map(GITLAB), self._tree(GITLAB))
        )

    def _name(self) -> str:
        return json.dumps(self._random.choice(NAMES), ensure_ascii=False)

    def _key(self, keys: tuple[str, ...] | list[str]) -> str:
        return json.dumps(self._random.choice(keys)) if self._random.random() < 0.9 else self._name()

    def _map(self, keys: tuple[str, ...] | list[str]) -> str:
        return f"{{{', '.join(f'{self._key(keys)}: {self._tree(keys)}' for _ in range(self._random.randint(0, 4)))}}}"

    def _tree(self, keys: tuple[str, ...] | list[str]) -> str:
        self._left -= 1
        kind = self._random.random()
        if self._left < 0 or kind < 0.4:
            return self._scalar()
        if kind < 0.5:
            return (
                f"{self._random.choice(TAGS)} {self._tree(keys)}"
                if kind < 0.47
                else f"!reference [{self._name()}, {self._key(keys)}]"
            )
        if kind < 0.75:
            return f"[{', '.join(self._tree(keys) for _ in range(self._random.randint(0, 4)))}]"
        return self._map(keys)

    def _scalar(self) -> str:
        text = self._random.choice(WORDS)
        if self._random.random() < 0.2:
            return str(self._random.choice((0, 1, -1, 200, 10**9, 10**30, 1.5)))
        return json.dumps(text, ensure_ascii=False) if self._random.random() < 0.7 or not text.isalnum() else text
