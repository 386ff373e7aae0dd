"""The style, the script, and the lists that can be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from auditor.central import exports
from auditor.central.clock import now
from auditor.central.figures import Slice
from auditor.central.web.rendering import part as file_part
from auditor.central.web.visiting import NotFound, Visiting

_KINDS = {"central.css": "text/css", "central.js": "text/javascript"}


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(name: str) -> Response[bytes]:
    """The style or the script."""
    if name not in _KINDS:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(file_part(name), media_type=_KINDS[name], headers=headers)


@get("/export/{name:str}", include_in_schema=False, sync_to_thread=True)
def export(visit: Visiting, name: str, part: Slice) -> Response[Any]:
    """A list as a file, such as `/export/schools.csv` or `/export/overdue.parquet`."""
    what, _, form = name.partition(".")
    if what not in exports.LISTS or form not in exports.FORMATS:
        raise NotFound
    visit.note("exported", f"{name} {part.query()}".strip())
    days = visit.centre.home.settings.overdue_days

    def pieces() -> Iterator[bytes]:
        with visit.centre.engine.connect() as connection:
            yield from exports.export(connection, what, form, part, visit.person, days)

    return Stream(
        pieces(),
        media_type=exports.FORMATS[form],
        headers={"Content-Disposition": f'attachment; filename="{what}-{now():%Y-%m-%d}.{form}"'},
    )


HANDLERS = (static, export)
