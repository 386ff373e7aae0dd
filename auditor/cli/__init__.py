"""The commands. Each is a module that is imported only when it is called.

The table below holds the one-line helps, so that `auditor --help` imports nothing but click.
"""

from __future__ import annotations

import click

from auditor import __version__

COMMANDS = {
    "scan": "Audit this machine and write the report.",
    "visit": "Audit one machine after another, each into its own folder on your stick.",
    "answer": "Answer the questions that no machine can answer.",
    "report": "Write a saved audit in another format.",
    "compare": "Say what has changed between two audits of a machine.",
    "site": "Put the machines of a visit or a school into one report.",
    "judge": "Judge a saved audit again, by other or newer rules.",
    "explain": "Say why a file counts as personal data (masked, on the terminal only).",
    "record": "Write down this machine's answers, without names, for the makers of auditor.",
    "keys": "Make signing keys; seal and verify reports by hand.",
    "send": "Sign, encrypt and send a report to the authority.",
    "central": "Collect reports from schools, see the picture, and chase what is open.",
    "rules": "List, show and check the rules.",
    "portable": "Put the program on a stick, to run where nothing may be installed.",
    "schema": "Print the JSON Schema of report.json.",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of the table, most used first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now."""
        return _command(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table, without importing what it names."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _command(name: str) -> click.Command | None:  # noqa: C901, PLR0912 - one case a command
    """Imports stand here in full: a frozen program holds only what it can see imported."""
    match name:
        case "scan":
            from auditor.cli.scan import scan as found
        case "visit":
            from auditor.cli.visit import visit as found
        case "portable":
            from auditor.cli.portable import portable as found
        case "answer":
            from auditor.cli.answer import answer as found
        case "report":
            from auditor.cli.report import report as found
        case "compare":
            from auditor.cli.compare import compare as found
        case "site":
            from auditor.cli.site import site as found
        case "judge":
            from auditor.cli.judge import judge as found
        case "explain":
            from auditor.cli.explain import explain as found
        case "record":
            from auditor.cli.record import record as found
        case "rules":
            from auditor.cli.rules import rules as found
        case "schema":
            from auditor.cli.schema import schema as found
        case _:
            return _sharing(name)
    return found


def _sharing(name: str) -> click.Command | None:
    """The commands that hand reports on; they need the extras `send` and `central`."""
    found: click.Command
    match name:
        case "keys":
            from auditor.cli.keys import keys as found
        case "send":
            from auditor.cli.send import send as found
        case "central":
            from auditor.cli.central import central as found
        case _:
            return None
    return found


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: auditor scan --school 'Name of the school' --open",
)
@click.version_option(__version__, prog_name="auditor")
def auditor() -> None:
    """Tells a school where its records about children and staff could be lost or read.

    It only reads: nothing on the machine is changed, nothing is sent anywhere, and no report
    contains a pupil's data.
    """
