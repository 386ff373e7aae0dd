"""`auditor rules`: what is checked and why, and the tools of those who write rules."""

from __future__ import annotations

import click

from auditor.cli.rules.checking import check
from auditor.cli.rules.comparing import diff
from auditor.cli.rules.making import new, sign
from auditor.cli.rules.showing import catalogue, coverage, list_, show


@click.group
def rules() -> None:
    """List, show, check, write and compare the rules.

    \b
    Examples:
      auditor rules list
      auditor rules show REM-03
      auditor rules new KCC-01 --title "Sticks are numbered" --in kent
      auditor rules check kent
    """


for _command in (list_, show, check, new, sign, diff, catalogue, coverage):
    rules.add_command(_command)
