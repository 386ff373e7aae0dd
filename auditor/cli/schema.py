"""`auditor schema`: JSON Schemas of what the commands write, and of the YAML files."""

from __future__ import annotations

from typing import Any

import click

DOCUMENTS = ("report", "comparison", "site")
KINDS = (*DOCUMENTS, "rule", "pack", "sources", "personal-data", "record", "answers")


@click.command
@click.argument("kind", type=click.Choice(KINDS), default="report")
def schema(kind: str) -> None:
    """Print the JSON Schema (2020-12) of report.json, of another document, or of a YAML file.

    Editors complete and check with it, when the first line of a YAML file names it:
    # yaml-language-server: $schema=rule.schema.json

    \b
    Examples:
      auditor schema > report.schema.json
      auditor schema comparison > comparison.schema.json
      auditor schema rule > rule.schema.json
    """
    import msgspec

    from auditor.rulebook.schemas import SCHEMAS

    made = _document(kind) if kind in DOCUMENTS else SCHEMAS[kind]()
    click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())


def _document(kind: str) -> dict[str, Any]:
    from auditor import wire
    from auditor.across import compare, site
    from auditor.record import Record

    documents: dict[str, tuple[type[Record], str, int]] = {
        "report": (wire.Written, wire.FORMAT, wire.VERSION),
        "comparison": (compare.Comparison, compare.FORMAT, compare.VERSION),
        "site": (site.Site, site.FORMAT, site.VERSION),
    }
    return wire.schema_of(*documents[kind])
