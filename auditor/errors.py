"""Every error the package raises on purpose.

    AuditorError                 shown to the user in three lines: what, where, what to do
    ├── RulebookError            a rule, source, pack or personal-data file is wrong
    ├── HostError                the machine did not answer; caught once a probe, becomes a Gap
    │   ├── AccessDenied
    │   ├── ToolMissing
    │   ├── NotThere
    │   └── TimedOut
    ├── ContentError             a file could not be read; caught once a file, becomes a Gap
    │   ├── Unreadable
    │   ├── TooLarge
    │   ├── TimedOutReading
    │   └── Damaged
    ├── WireError                a report file is not one of ours, damaged, or of a newer version
    ├── SealError                a key cannot be used, or a sealed report does not verify
    ├── SendError                the authority did not take a report
    └── CentralError             the authority's own store is not set up, or refuses

No message ever carries the contents of a file.
"""

from __future__ import annotations


class AuditorError(Exception):
    """Something the user can act on.

    Args:
        problem: What is wrong, beginning small, naming the thing.
        where: The file, line or path it is about; empty when there is none.
        hint: What to do about it.
    """

    exit_code = 2

    def __init__(self, problem: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross from worker processes, so that they pickle with their keywords."""
        return (_again, (type(self), self.problem, self.where, self.hint))


def _again(kind: type[AuditorError], problem: str, where: str, hint: str) -> AuditorError:
    return kind(problem, where=where, hint=hint)


class RulebookError(AuditorError):
    """A file under rules/ is wrong; `where` is file:line:column."""


class WireError(AuditorError):
    """A report file cannot be read back."""


class SealError(AuditorError):
    """A key cannot be used, or a sealed report does not verify."""


class SendError(AuditorError):
    """The authority did not take a report; the sealed report stays where it is."""

    exit_code = 3


class CentralError(AuditorError):
    """The authority's store is not set up, cannot be reached, or refuses what was asked."""


class CannotAudit(AuditorError):
    """No probe knows this platform, or nothing at all could be looked at."""

    exit_code = 3


class HostError(AuditorError):
    """The machine did not answer a question."""


class AccessDenied(HostError):
    """The question needs rights that the audit does not have."""


class ToolMissing(HostError):
    """The program that would answer is not installed."""


class NotThere(HostError):
    """The file, folder or registry value does not exist."""


class TimedOut(HostError):
    """The machine took longer than the time limit."""


class ContentError(AuditorError):
    """A file's contents could not be had."""


class Unreadable(ContentError):
    """The system refused to give the file, or it went away."""


class TooLarge(ContentError):
    """Reading on would take more time or memory than a file is allowed."""


class TimedOutReading(ContentError):
    """Reading took longer than a file is given."""


class Damaged(ContentError):
    """The file is not what its type promises."""
