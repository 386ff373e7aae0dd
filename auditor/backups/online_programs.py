"""Programs that send files to a service on the internet or to another computer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.backups.jobs import OFF, UNKNOWN, Job, Reader, options
from auditor.backups.lines import Piece
from auditor.copies import BackupKind


def _rclone(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    words = p.plain(
        options(
            "--config --log-file --log-level --exclude --exclude-from --include --include-from "
            "--filter --filter-from --files-from --bwlimit --transfers --checkers --max-age "
            "--min-age --max-size --min-size --backup-dir --suffix --retries "
            "--timeout --contimeout --stats --tpslimit --max-delete --password-command "
            "--user-agent --buffer-size "
            "--drive-chunk-size --compare-dest --copy-dest --max-transfer --multi-thread-streams"
        )
    )
    if len(words) != 3 or words[0] not in {"sync", "copy"} or p.has("--dry-run", "-n"):
        return None
    if ":" in words[1] and not ("/" in words[1].partition(":")[0] or words[1][1:2] == ":"):
        return None  # fetched from a service
    local = words[2].startswith("/") or words[2][1:3] in {":\\", ":/"}
    target = words[2] if local else f"rclone:{words[2]}"
    return Job("rclone", BackupKind.COPY, target, (words[1],), OFF if local else UNKNOWN)


_STORES = re.compile(r"^(?:s3|gs|b2|az|https?)://", re.IGNORECASE)
_TAKE = options(
    "--profile --region --endpoint-url --exclude --include --storage-class --acl -c --config -x "
    "--sse-kms-key-id --access_key --secret_key --host --host-bucket -p --project --cache-control"
)


def _store(name: str, *verbs: str) -> Reader:
    """A program of one storage service; whether the service encrypts, its line does not say."""

    def reader(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
        words = p.plain(_TAKE)
        rest = [w for w in words if w not in {"s3", "storage", "-m"}]
        if p.has("--dryrun", "--dry-run", "-n") or not rest or rest[0] not in verbs:
            return None
        if len(rest) < 3 or not _STORES.match(rest[-1]) or _STORES.match(rest[1]):
            return None
        return Job(name, BackupKind.COPY, rest[-1], tuple(rest[1:-1]), UNKNOWN)

    return reader


def _lftp(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """lftp: `mirror -R` and `put` send to the computer of the line or of `open`."""
    said = p.value("-e", "-c")
    sends = re.search(r"\bmirror\b[^;]*(?:\s-\w*R|--reverse)|\bm?put\b", said)
    words = p.plain(options("-e -c -u -p"))
    opened = re.search(r"\bopen\s+(?:-\S+\s+)*(\S+)", said)
    where = words[0] if words else opened[1] if opened else ""
    if not sends or not where:
        return None
    return Job("lftp", BackupKind.COPY, where if "://" in where else f"ftp://{where}", (), OFF)


def _winscp(p: Piece, env: Mapping[str, str]) -> Job | None:  # noqa: ARG001
    """WinSCP: what its commands `open` and `put` say."""
    said = " ".join(p.arguments)
    where = re.search(r"\bopen\s+(?:-\S+\s+)*\"?(\w+://\S+)", said)
    if not where or not re.search(r"\b(?:put|synchronize\s+remote)\b", said):
        return None
    return Job("WinSCP", BackupKind.COPY, where[1].strip('"'), (), OFF)


PROGRAMS: Mapping[str, Reader] = {
    "rclone": _rclone, "aws": _store("AWS", "sync", "cp", "mv"), "lftp": _lftp,
    "gsutil": _store("gsutil", "rsync", "cp"), "gcloud": _store("gcloud", "rsync", "cp"),
    "s3cmd": _store("s3cmd", "sync", "put"), "s5cmd": _store("s5cmd", "sync", "cp"),
    "azcopy": _store("AzCopy", "sync", "copy", "cp"), "b2": _store("Backblaze B2", "sync"),
    "winscp": _winscp,
}  # fmt: skip
"""By the name of the program."""
