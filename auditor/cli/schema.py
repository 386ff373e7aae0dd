"""`auditor schema`: the JSON Schema of what the commands write."""

from __future__ import annotations

import click


@click.command
@click.option(
    "--of",
    type=click.Choice(["report", "comparison", "site"]),
    default="report",
    show_default=True,
    help="report.json, the JSON of auditor compare, or site.json.",
)
def schema(of: str) -> None:
    """Print the JSON Schema (2020-12) of report.json, or of another document.

    Example: auditor schema > report.schema.json
    """
    import msgspec

    from auditor import wire
    from auditor.across import compare, site
    from auditor.record import Record

    documents: dict[str, tuple[type[Record], str, int]] = {
        "report": (wire.Written, wire.FORMAT, wire.VERSION),
        "comparison": (compare.Comparison, compare.FORMAT, compare.VERSION),
        "site": (site.Site, site.FORMAT, site.VERSION),
    }
    made = wire.schema_of(*documents[of])
    click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
