"""`auditor schema`: JSON Schemas of report.json and of the YAML files."""

from __future__ import annotations

import click

KINDS = ("report", "rule", "pack", "sources", "personal-data", "answers")


@click.command
@click.argument("kind", type=click.Choice(KINDS), default="report")
def schema(kind: str) -> None:
    r"""Print the JSON Schema (2020-12) of report.json, or of a kind of YAML file.

    Editors complete and check with it, when the first line of a YAML file names it:
    # yaml-language-server: $schema=rule.schema.json

    \b
    Examples:
      auditor schema > report.schema.json
      auditor schema rule > rule.schema.json
    """
    import msgspec

    from auditor import wire
    from auditor.rulebook.schemas import SCHEMAS

    made = wire.schema() if kind == "report" else SCHEMAS[kind]()
    click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
