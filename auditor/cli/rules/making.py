"""`auditor rules new`: a rule or a pack to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import click

from auditor import endorsed
from auditor.errors import AuditorError
from auditor.host.this import this_machine
from auditor.keys import fingerprint
from auditor.keys import load as load_key
from auditor.rulebook import load, making
from auditor.rulebook.rules import AREAS
from auditor.shipped import shipped

_BY_LETTERS = {
    "DRV": "drives", "REM": "media", "BAK": "backups", "FIL": "files", "ACC": "access",
    "CLD": "cloud", "GOV": "governance",
}  # fmt: skip


@click.command
@click.argument("name")
@click.option("--title", default="Say what should be so", help="What should be so.")
@click.option("--in", "folder", default="my-rules", show_default=True, help="Your folder of rules.")
@click.option("--area", type=click.Choice(AREAS), help="Which part of the report it belongs to.")
@click.option(
    "--about",
    type=click.Choice(making.KINDS),
    default="school",
    show_default=True,
    help="What it looks at; school makes a question.",
)
@click.option("--pack", "is_pack", is_flag=True, help="Make a pack of that name instead of a rule.")
def new(name: str, title: str, folder: str, area: str | None, about: str, is_pack: bool) -> int:
    """Write a rule or a pack to fill in; nothing that is there is overwritten.

    \b
    Examples:
      auditor rules new kent-2026 --pack --title "Kent, 2026" --in kent
      auditor rules new KCC-01 --title "Sticks are numbered" --area media --in kent
      auditor rules new KCC-02 --about volume --area drives --in kent
    """
    top = Path(folder)
    if is_pack:
        today = this_machine().now().date().isoformat()
        _put(top / "packs" / f"{_pack(name)}.yaml", making.pack(name, title, folder))
        _put(top / "guidance" / f"{name}.yaml", making.sources(name, today))
    else:
        where = area or _BY_LETTERS.get(name[:3], "governance")
        _put(top / where / f"{_rule(name)}.yaml", making.rule(name, title, about, folder))
    click.echo(f"Fill it in, then: auditor rules check {folder}")
    return 0


@click.command
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--key", required=True, type=click.Path(dir_okay=False), help="The signing key.")
def sign(folder: str, key: str) -> int:
    """Sign your folder of rules, so that schools can tell that nobody changed it.

    Every report says by whom its rules were signed; changed rules are refused. Make a key with
    `auditor keys new`.

    Example: auditor rules sign kent --key kent.key
    """
    made = load_key(Path(key))
    click.echo(f"wrote {endorsed.sign(Path(folder), made)}")
    click.echo(f"Reports will say: signed by {fingerprint(made.public)}")
    return 0


def _rule(name: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}-\d{2}", name):
        hint = "three capital letters of your own, a hyphen and two digits, such as KCC-01"
        raise AuditorError(f"'{name}' cannot be the id of a rule", hint=hint)
    if name in {r.id for r in load(shipped("rules")).every}:
        raise AuditorError(f"'{name}' is a shipped rule", hint="use letters of your own")
    return name


def _pack(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        hint = "small letters, digits and hyphens, such as kent-2026"
        raise AuditorError(f"'{name}' cannot be the name of a pack", hint=hint)
    return name


def _put(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as e:
        hint = "choose another name, or edit the file"
        raise AuditorError("this file is there already", where=str(file), hint=hint) from e
    except OSError as e:
        hint = "name a folder that you may write to: --in FOLDER"
        raise AuditorError(f"cannot write: {e.strerror}", where=str(file), hint=hint) from e
    click.echo(f"wrote {file}")
