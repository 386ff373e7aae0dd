"""The definitions of personal data: one YAML file a datum under rules/personal-data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable

from auditor.errors import RulebookError
from auditor.personal import Category, Datum, Definitions, Names, RecordKind, Role
from auditor.rulebook.reading import (
    Node,
    boolean,
    exact,
    fields,
    integer,
    nodes,
    one_of,
    read,
    text,
    texts,
)

FOLDER = "personal-data"
NAMES = "names"
RECORDS = "records"

_KNOWN = Datum.__struct_fields__


def load(rules: Traversable, *, more: Traversable | None = None) -> Definitions:
    """Every definition in the folder `personal-data` of `rules`, in the order of their names.

    Args:
        rules: The shipped rules.
        more: A folder that adds to them, such as an authority's.

    Raises:
        RulebookError: A file is wrong, an id stands in both folders, or there is none.
    """
    digest = hashlib.sha256()
    found: list[Datum] = []
    for file, path in _files(rules, more):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
        made = datum(read(file, path), file.name)
        if any(made.id == other.id for other in found):
            hint = "give yours a name of its own"
            raise RulebookError(f"'{made.id}' is also another datum", where=path, hint=hint)
        found.append(made)
    if not found:
        raise RulebookError(
            "there are no definitions of personal data",
            where=f"rules/{FOLDER}",
            hint="install auditor again, or name a folder of rules that has them",
        )
    records = _records(rules, digest)
    names = _names(rules, digest)
    return Definitions(data=tuple(found), digest=digest.hexdigest(), names=names, records=records)


def _records(rules: Traversable, digest: hashlib._Hash) -> tuple[RecordKind, ...]:
    folder = rules / RECORDS
    found = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name) if folder.is_dir() else ():
        if file.name.endswith(".yaml"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
            found.append(record(read(file, f"rules/{RECORDS}/{file.name}"), file.name))
    return tuple(sorted(found, key=lambda r: (-r.weight, r.id)))


def record(node: Node, file: str) -> RecordKind:
    """One kind of record.

    Raises:
        RulebookError: A field is wrong; `where` names its line.
    """
    f = fields(node, RecordKind.__struct_fields__, needed=("id", "title"))
    name = text(f["id"])
    if f"{name}.yaml" != file:
        raise f["id"].wrong(f"the file is called {file}", f"call the file {name}.yaml")
    return RecordKind(
        id=name,
        title=text(f["title"]),
        document=text(f["document"]) if "document" in f else "",
        who=text(f["who"]) if "who" in f else "",
        weight=integer(f["weight"]) if "weight" in f else 3,
        phrases=_lower(f.get("phrases")),
        least=integer(f["least"]) if "least" in f else 2,
        people=integer(f["people"]) if "people" in f else 1,
        columns=texts(f.get("columns")),
        all_of=texts(f.get("all_of")),
        names=tuple(exact(n) for n in nodes(f.get("names"))),
        formats=texts(f.get("formats")),
        enough="enough" in f and boolean(f["enough"]),
        keep=integer(f["keep"]) if "keep" in f else 0,
        keep_why=text(f["keep_why"]) if "keep_why" in f else "",
    )


def _names(rules: Traversable, digest: hashlib._Hash) -> Names:
    """The lists of forenames and surnames; empty for a rulebook that has none.

    The names after a comment that begins `# Also words` are those that mean something else too.
    """
    lists: dict[str, set[str]] = {"forenames": set(), "surnames": set()}
    words: set[str] = set()
    for kind, names in lists.items():
        file = rules / NAMES / f"{kind}.txt"
        if not file.is_file():
            continue
        raw = file.read_bytes()
        digest.update(raw)
        plain, _, also = raw.decode("utf-8").partition("\n# Also words")
        names.update(_listed(plain))
        names.update(double := _listed(also.partition("\n")[2]))
        words.update(double)
    return Names(
        forenames=frozenset(lists["forenames"]),
        surnames=frozenset(lists["surnames"]),
        words=frozenset(words),
    )


def _listed(text: str) -> list[str]:
    return [w for line in text.splitlines() if not line.startswith("#") for w in line.split()]


def _files(rules: Traversable, more: Traversable | None) -> Iterator[tuple[Traversable, str]]:
    for top, called in ((rules, "rules"), (more, more.name if more else "")):
        folder = top / FOLDER if top is not None else None
        inside = folder.iterdir() if folder and folder.is_dir() else ()
        for file in sorted(inside, key=lambda f: f.name):
            if file.name.endswith(".yaml"):
                yield file, f"{called}/{FOLDER}/{file.name}"


def datum(node: Node, file: str) -> Datum:
    """One definition.

    Raises:
        RulebookError: A field is wrong; `where` names its line.
    """
    f = fields(node, _KNOWN, needed=("id", "title", "category", "role"))
    name = text(f["id"])
    if f"{name}.yaml" != file:
        raise f["id"].wrong(f"the file is called {file}", f"call the file {name}.yaml")
    if not ({"pattern", "headings", "words"} & f.keys()):
        raise node.wrong("nothing shows this datum", "give a pattern, headings or words")
    return Datum(
        id=name,
        title=text(f["title"]),
        category=one_of(f["category"], Category),
        role=one_of(f["role"], Role),
        who=text(f["who"]) if "who" in f else "",
        identifies="identifies" in f and boolean(f["identifies"]),
        pattern=exact(f["pattern"]) if "pattern" in f else "",
        check=text(f["check"]) if "check" in f else "",
        alone="alone" in f and boolean(f["alone"]),
        least=integer(f["least"]) if "least" in f else 1,
        context=_lower(f.get("context")),
        headings=_lower(f.get("headings")),
        values=exact(f["values"]) if "values" in f else "",
        content=exact(f["content"]) if "content" in f else "",
        words=texts(f.get("words")),
        examples=tuple(exact(n) for n in nodes(f.get("examples"))),
        counter_examples=tuple(exact(n) for n in nodes(f.get("counter_examples"))),
        source=text(f["source"]) if "source" in f else "",
    )


def _lower(node: Node | None) -> tuple[str, ...]:
    return tuple(t.lower() for t in texts(node))
