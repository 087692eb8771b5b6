"""What functions do with an argument of another kind than they take."""

from __future__ import annotations

from gitlabgen.errors import ArgumentError, Finding
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.wording import short

__all__: list[str] = []


def check_argument(value: object, what: str, *kinds: type) -> None:
    """Check the kind of an argument.

    Args:
        value: The argument.
        what: What it is, for the message, such as `the path`.
        kinds: The kinds that are accepted.

    Raises:
        ArgumentError: If it is of another kind.
    """
    if not isinstance(value, kinds):
        names = {"str": "a string", "Mapping": "a mapping", "NoneType": "None"}
        expected = " or ".join(names.get(kind.__name__, kind.__name__) for kind in kinds)
        found = Finding("wrong-argument", f"{what} should be {expected}, got {short(value)}")
        raise ArgumentError(located(found, position(caller())))
