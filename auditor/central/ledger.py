"""Who did or looked at what, for the authority's own accountability (UK GDPR Art 5(2))."""

from __future__ import annotations

import sqlalchemy as sa

from auditor.central.clock import now
from auditor.central.tables import look


def note(
    connection: sa.Connection, who: str, what: str, about: str = "", address: str = ""
) -> None:
    """Writes a line.

    Args:
        connection: The line stands or falls with its transaction.
        who: An account's address, or `command line`.
        what: What was done, in a few words in the past tense.
        about: The school, report, account or file; never a secret.
        address: Where the request came from.
    """
    connection.execute(
        look.insert().values(
            at=now(), who=who[:254], what=what[:100], about=about[:500], address=address[:64]
        )
    )
