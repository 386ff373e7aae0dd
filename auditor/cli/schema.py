"""`auditor schema`: the JSON Schema of report.json."""

from __future__ import annotations

import click


@click.command
def schema() -> None:
    """Print the JSON Schema (2020-12) of report.json.

    Example: auditor schema > report.schema.json
    """
    import msgspec

    from auditor import wire

    made = msgspec.json.format(msgspec.json.encode(wire.schema()), indent=2)
    click.echo(made.decode())
