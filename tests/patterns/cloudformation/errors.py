"""What the emulator answers if it does not do what was asked."""

from __future__ import annotations


class RefusedError(Exception):
    """An error of AWS's API.

    Args:
        message: AWS's words.
        code: The code of the error.
        status: The HTTP status.
    """

    def __init__(self, message: str, code: str = "ValidationError", status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


def invalid(value: object, name: str, rule: str) -> RefusedError:
    """Return the refusal of a value of a request."""
    return RefusedError(
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must {rule}"
    )


class BrokenError(Exception):
    """A resource or an operation failed, for the reason in the message."""


class FailedError(BrokenError):
    """Resources failed.

    Args:
        names: Their logical ids.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class NotEmulatedError(RefusedError):
    """Something that the emulator does not know, which it must not answer by guessing.

    Args:
        what: What was asked.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"The emulator does not know {what}", "NotImplemented", 501)
