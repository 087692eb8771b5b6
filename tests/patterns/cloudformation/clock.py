"""The emulator's own time: everything that takes time is a task that the clock resumes at each tick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping

from tests.patterns.cloudformation.errors import BrokenError, FailedError

Task = Generator[None, None, None]
TICK = 5.0  # seconds
START = 1_800_000_000.0  # 2027-01-15


class Clock:
    """A clock that only moves when it is advanced."""

    def __init__(self) -> None:
        self.now = START
        self._tasks: list[Task] = []
        self._later: list[tuple[float, Callable[[], object]]] = []

    def start(self, task: Task) -> None:
        """Begin a task at the next tick."""
        self._tasks.append(task)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call an action when some seconds have passed."""
        self._later.append((self.now + seconds, action))

    def advance(self, seconds: float) -> None:
        """Let time pass, tick by tick."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, (self.now // TICK + 1) * TICK)
            self._tick()

    def _tick(self) -> None:
        due = [action for time, action in self._later if time <= self.now]
        self._later = [each for each in self._later if each[0] > self.now]
        for action in due:
            action()
        for task in list(self._tasks):
            try:
                next(task)
            except StopIteration:
                self._tasks.remove(task)

    def wait(self, seconds: float) -> Task:
        """Wait within a task."""
        end = self.now + seconds
        while self.now < end:
            yield


def in_order(
    names: list[str],
    needs: Mapping[str, Collection[str]],
    task: Callable[[str], Task],
    *,
    stop: bool,
    halted: Callable[[], bool] = lambda: False,
) -> Task:
    """Run a task for each name when those that it needs are done, at the same time where possible.

    Args:
        names: What to run.
        needs: What each name needs; other names than those to run are ignored.
        task: Makes the task of a name. It raises `BrokenError` if it fails.
        stop: Whether a failure stops the tasks that run. Otherwise they continue to their end.
        halted: Whether no more tasks begin.

    Raises:
        FailedError: If tasks failed.
    """
    running: dict[str, Task] = {}
    failed: list[str] = []
    waiting = list(names)
    try:
        while running or (waiting and not failed and not halted()):
            busy = {*waiting, *running}
            ready = [] if failed or halted() else [name for name in waiting if not ({*needs[name]} - {name}) & busy]
            for name in ready:
                waiting.remove(name)
                running[name] = task(name)
            failed += _step(running)
            if failed and stop:
                break
            yield
    finally:
        for each in running.values():
            each.close()
    if failed:
        raise FailedError(failed)


def _step(running: dict[str, Task]) -> list[str]:
    """Resume tasks, remove those that end, and return those that fail."""
    failed = []
    for name, each in list(running.items()):
        try:
            next(each)
        except StopIteration:
            del running[name]
        except BrokenError:
            del running[name]
            failed.append(name)
    return failed
