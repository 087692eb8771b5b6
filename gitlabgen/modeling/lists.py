"""`ListOf`: the type of lists in annotations, so that type checkers refuse a string where GitLab and AWS expect a list."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol, TypeAlias, TypeVar, overload

    _T = TypeVar("_T")
    _Item_co = TypeVar("_Item_co", covariant=True)

    class _Items(Protocol[_Item_co]):
        """A sequence other than a string: strings are sequences of strings, but they contain only strings."""

        def __contains__(self, value: object, /) -> bool: ...
        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[_Item_co]: ...
        def __reversed__(self) -> Iterator[_Item_co]: ...
        @overload
        def __getitem__(self, index: int, /) -> _Item_co: ...
        @overload
        def __getitem__(self, index: slice, /) -> Sequence[_Item_co]: ...

    # The tuple lets mypy check the words in a tuple.
    ListOf: TypeAlias = tuple[_T, ...] | _Items[_T]
else:
    ListOf = Sequence

__all__ = ["ListOf"]
