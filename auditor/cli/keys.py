"""`auditor keys`: signing keys, and sealing and verifying by hand."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.errors import SealError


@click.group
def keys() -> None:
    """Make signing keys; seal and verify reports by hand.

    \b
    Examples:
      auditor keys new school.key --name "Hill Top Primary"
      auditor keys seal auditor-report/report.json --key school.key --to age1...
      auditor keys verify report.audit --identity authority.key
    """


@keys.command
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--name", default="", help="Who signs with it, for the end of the public line.")
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase that closes the key.")
@click.option("--authority", is_flag=True, help="A key pair that reports are encrypted to.")
def new(file: str, name: str, passphrase: bool, authority: bool) -> None:
    """Make a new key in FILE, readable by you alone, and show its public part.

    Example: auditor keys new school.key --name "Hill Top Primary"
    """
    from auditor import keys as made

    if authority:
        identity = made.new_identity()
        made.write_private(Path(file), identity.encode() + b"\n")
        click.echo(f"Secret key: {file} (keep it: without it no report can be read)")
        click.echo(f"Public key, for the schools: {made.recipient_of(identity)}")
        return
    key = made.new_signing_key()
    word = (
        click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
    )
    public = made.save(key, Path(file), name, word)
    click.echo(f"Private key: {file} (never give it away)")
    click.echo(f"Public key, for the authority: {public}")
    click.echo(f"Fingerprint: {made.fingerprint(key.public)}")


@keys.command
@click.argument("report", type=click.Path())
@click.option("--key", required=True, type=click.Path(dir_okay=False), help="The signing key.")
@click.option("--to", default="", help="The authority's public key, age1...; empty to sign only.")
@click.option("--output", type=click.Path(dir_okay=False), help="Default: report.audit beside it.")
def seal(report: str, key: str, to: str, output: str | None) -> None:
    """Sign a report.json and encrypt it, for handing over on a stick or by mail.

    Example: auditor keys seal auditor-report/report.json --key school.key --to age1...
    """
    from auditor import keys as kept
    from auditor import seal as sealing
    from auditor import wire
    from auditor.cli.saved import read
    from auditor.cli.writing import put_bytes
    from auditor.host.this import this_machine

    audit = read(report)
    at = Path(report) if Path(report).is_dir() else Path(report).parent
    out = Path(output) if output else at / f"report{sealing.SUFFIX}"
    made = sealing.seal(
        wire.encode(audit), kept.load(Path(key)), urn=audit.urn, now=this_machine().now(), to=to
    )
    put_bytes(out, made)
    click.echo(f"Sealed: {out}")


@keys.command
@click.argument("sealed", type=click.Path(dir_okay=False))
@click.option("--identity", type=click.Path(dir_okay=False), help="Your secret key, if encrypted.")
@click.option("--output", type=click.Path(dir_okay=False), help="Write the report.json here.")
def verify(sealed: str, identity: str | None, output: str | None) -> None:
    """Open a sealed report, and say who signed it and when.

    Example: auditor keys verify report.audit --identity authority.key
    """
    from auditor import keys as kept
    from auditor import seal as sealing
    from auditor import wire
    from auditor.cli.writing import put_bytes
    from auditor.words import moment

    mine = (_text(identity),) if identity else ()
    opened = sealing.unseal(_bytes(sealed), mine, where=sealed)
    audit = wire.decode(opened.report, where=sealed)
    click.echo(f"The signature is right: signed by {kept.fingerprint(opened.signer)}")
    click.echo(f"Sealed {moment(opened.header.sealed)} (UTC) for school {opened.header.urn or '?'}")
    click.echo(f"Machine {audit.evidence.machine.name}, {moment(audit.evidence.machine.taken)}")
    click.echo(f"Digest of the report: {opened.header.sha256}")
    if output:
        put_bytes(output, opened.report)


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as e:
        raise SealError(f"cannot read this file: {e.strerror}", where=path) from e


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8", "replace").strip()
