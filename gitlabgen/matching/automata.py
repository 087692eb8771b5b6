"""Finite automata whose transitions are computed when a text first needs them, and kept in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import chain
from typing import Final, Generic, TypeVar

__all__: list[str] = []

Key = TypeVar("Key", bound=Hashable)

_MEMORY: Final = 1 << 20
_BYTES_OF_A_TRANSITION: Final = 300
_END: Final = ("",)


class _State(dict[str, "_State"]):
    """The known transitions of a state, by character."""

    __slots__ = ("key",)
    key: Hashable


class Automaton(Generic[Key]):
    """A deterministic automaton.

    A text costs one look-up for each of its characters, and one step for each transition that is not known yet.

    Args:
        start: The key of the state at the beginning of a text.
        step: A function that returns the key of the next state from a key and a character, or None if the text matches whatever
            follows. The character is empty at the end of the text.
        size: How many bytes a key has, about.
    """

    def __init__(self, start: Key, step: Callable[[Key, str], Key | None], size: int) -> None:
        self._start = start
        self._step = step
        self._found = _State()
        self._states: dict[Key, _State] = {}
        self._most = max(_MEMORY // (size + _BYTES_OF_A_TRANSITION), 2)
        self._transitions = 0

    def matches(self, text: str) -> bool:
        """Return whether a text matches."""
        state = self._state(self._start)
        for char in chain(text, _END):
            following = state.get(char)
            if following is None:
                following = self._following(state, char)
            if following is self._found:
                return True
            state = following
        return False

    def _following(self, state: _State, char: str) -> _State:
        key = self._step(state.key, char)  # type: ignore[arg-type]  # only keys are put into states
        if self._transitions >= self._most:
            self._states.clear()
            state.clear()
            self._transitions = 0
        self._transitions += 1
        state[char] = following = self._found if key is None else self._state(key)
        return following

    def _state(self, key: Key) -> _State:
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _State()
            state.key = key
        return state
