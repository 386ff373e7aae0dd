"""Command lines taken apart: words, what wraps a program, pipes, variables, scripts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

WRAPPERS: Mapping[str, int] = {
    "sudo": 0, "nice": 0, "ionice": 0, "chronic": 0, "cronic": 0, "nohup": 0, "time": 0, "exec": 0,
    "env": 0, "setsid": 0, "timeout": 1, "flock": 1, "chrt": 1, "taskset": 1, "systemd-cat": 0,
    "systemd-inhibit": 0, "runitor": 0, "start": 0, "call": 0, "caffeinate": 0, "doas": 0,
    "anacron": 0, "sshpass": 0, "docker": 2, "podman": 2, "kubectl": 2, "docker-compose": 2,
    "then": 0, "do": 0, "else": 0, "if": 0, "!": 0, "&": 0, "logger": 9, "echo": 9,
}  # fmt: skip
"""Programs that run another, with how many words of their own come first; 9: they run none."""
WITH_VALUE: Mapping[str, frozenset[str]] = {
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "sudo": frozenset({"-u", "-g"}),
    "doas": frozenset({"-u"}),
    "timeout": frozenset({"-k", "-s"}),
    "flock": frozenset({"-w", "-E"}),
    "systemd-cat": frozenset({"-t", "-p"}),
    "env": frozenset({"-u"}),
    "sshpass": frozenset({"-p", "-f", "-d", "-P"}),
    "docker": frozenset({"-u", "--user", "-w", "-e", "--env"}),
    "podman": frozenset({"-u", "--user", "-w", "-e", "--env"}),
    "kubectl": frozenset({"-n", "--namespace", "-c", "--container"}),
}
"""Their options that take a word: `nice -n 19`, `sudo -u backup`."""
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "cmd", "powershell", "pwsh", "su"})
LONGEST = 20_000
"""Characters of a line that are looked at."""

_ASSIGN = re.compile(r"^(?:export\s+|set\s+|SET\s+)?\"?([A-Za-z_]\w*)=(.*?)\"?$")
_POSH_ASSIGN = re.compile(r"^\$(?:env:)?(\w+)\s*=\s*['\"]([^'\"]*)['\"]\s*;?$")
_USE = re.compile(r"\$\{(\w+)\}|\$(?:env:)?(\w+)|%(\w+)%")
_DUPLICATES = re.compile(r"\s\d?>&\d?-?")
_OPERATORS = frozenset({"|", "||", "&&", ";", "&", "|&", ";;"})


class Piece:
    """One program of a line with its words, and where its output goes."""

    def __init__(self, words: list[str]) -> None:
        self.into = ""
        """The file after `>`."""
        self.words = self._without_redirects(words)
        self.environment: dict[str, str] = {}
        self._unwrap()

    @property
    def program(self) -> str:
        r"""The program's name without folder and `.exe`, in small letters."""
        first = self.words[0] if self.words else ""
        name = re.split(r"[\\/]", first.strip("\"'"))[-1].lower()
        return re.sub(r"\.(exe|cmd|bat|com|ps1)$", "", name)

    @property
    def arguments(self) -> list[str]:
        """All words after the program."""
        return self.words[1:]

    def plain(self, with_value: frozenset[str] = frozenset()) -> list[str]:
        """The arguments that are no options, nor the values of options named."""
        found, skip = [], False
        for word in self.arguments:
            if skip:
                skip = False
            elif word in with_value:
                skip = True
            elif not word.startswith("-") or word == "-":
                found.append(word)
        return found

    def value(self, *options: str) -> str:
        """The value of an option, written as the next word or after `=` or `:`."""
        for n, word in enumerate(self.arguments):
            for option in options:
                if word.lower() == option.lower():
                    return self.arguments[n + 1] if n + 1 < len(self.arguments) else ""
                for mark in "=:":
                    if word.lower().startswith(option.lower() + mark):
                        return word[len(option) + 1 :].strip("\"'")
        return ""

    def has(self, *options: str) -> bool:
        """Whether one of these words stands among the arguments."""
        wanted = {o.lower() for o in options}
        return any(w.lower() in wanted for w in self.arguments)

    def _without_redirects(self, words: list[str]) -> list[str]:
        kept: list[str] = []
        rest = iter(words)
        for word in rest:
            if word in {">", ">>", ">|"}:
                self.into = next(rest, "")
            elif match := re.fullmatch(r"(?:\d|&)?>{1,2}(?!&)(.+)", word):
                if word[0] not in "2&":
                    self.into = match[1]
            elif word in {"<", "2>", "2>>", "&>", "&>>", "1>", "1>>"}:
                target = next(rest, "")
                self.into = target if word.startswith("1") else self.into
            elif not re.fullmatch(r"\d?>&\d|<.*", word):
                kept.append(word)
        return kept

    def _unwrap(self) -> None:
        """Takes away assignments before the program, and programs that only run another."""
        for _ in range(12):
            while self.words and (
                found := re.fullmatch(r"([A-Za-z_]\w*)=(.*)", self.words[0], re.DOTALL)
            ):
                self.environment[found[1]] = found[2]
                self.words = self.words[1:]
            own = WRAPPERS.get(self.program)
            if own is None or not self.words:
                return
            if own == 9:
                self.words = []
                return
            taking = WITH_VALUE.get(self.program, frozenset())
            self.words = _after_wrapper(self.words[1:], own, taking)


def _after_wrapper(words: list[str], own: int, taking: frozenset[str]) -> list[str]:
    """The words from the program that a wrapper runs."""
    while words and (words[0].startswith("-") or own):
        if words[0].startswith("-"):
            words = words[2:] if words[0] in taking else words[1:]
        else:
            words, own = words[1:], own - 1
    return words


def pieces(line: str, variables: Mapping[str, str], *, windows: bool) -> Iterator[list[Piece]]:
    """The pipelines of a line: each a list of programs, one feeding the next.

    Args:
        line: A line of a schedule or script.
        variables: Values put in for `$NAME` and `%NAME%`.
        windows: Whether a backslash is a part of a path.
    """
    line = _DUPLICATES.sub(" ", line[:LONGEST]).replace("&>", ">")
    line = re.sub(r"\bdocker compose\b", "docker-compose", line)
    words = split(filled(line, variables), windows=windows)
    pipeline: list[list[str]] = [[]]
    for word in [*words, ";"]:
        if word in {"|", "|&"}:
            pipeline.append([])
        elif word in _OPERATORS:
            made = [Piece(p) for p in pipeline if p]
            if made:
                yield from _inside(made, variables, windows=windows)
            pipeline = [[]]
        else:
            pipeline[-1].append(word)


def _inside(
    made: list[Piece], variables: Mapping[str, str], *, windows: bool
) -> Iterator[list[Piece]]:
    """The pipeline, or what a shell called in it is told to run."""
    first = made[0]
    if len(made) == 1 and first.program in SHELLS:
        words = first.arguments
        for n, word in enumerate(words):
            if word.lower() in {"-c", "/c", "/k", "-command", "-lc", "-ec", "-xc"}:
                rest = words[n + 1 :]
                inner = rest[0] if len(rest) == 1 else " ".join(rest)
                yield from pieces(inner.strip("& {}"), variables, windows=windows)
                return
    yield made


def split(line: str, *, windows: bool) -> list[str]:
    """The words of a line; quotes that never close are taken as they stand."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    lexer.commenters = ""
    if windows:
        lexer.escape = ""
        lexer.quotes = '"'
    try:
        return list(lexer)
    except ValueError:
        return line.split()


def filled(line: str, variables: Mapping[str, str]) -> str:
    """The line with the variables that are known put in."""

    def put(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2] or match[3], match[0])

    return _USE.sub(put, line) if variables else line


def script(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The lines of a shell, batch or PowerShell script, each with the variables set before it."""
    variables: dict[str, str] = {}
    joined = re.sub(r"[\\`^]\r?\n\s*", " ", text)
    for raw in joined.splitlines():
        line = raw.strip().removeprefix("@").strip()
        if not line or line.startswith(("#", "::")) or line.lower().startswith("rem "):
            continue
        found = _POSH_ASSIGN.match(line) or _ASSIGN.match(line)
        if found and (" " not in found[2].strip() or found[2].strip()[:1] in "\"'"):
            variables[found[1]] = filled(found[2].strip().strip("\"'"), variables)
            continue
        yield line, variables
