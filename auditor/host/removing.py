"""Passwords, tokens and keys taken out of configurations, schedules and scripts.

A recording holds what a machine said, and machines say passwords: in tasks, crontabs, scripts and
settings. What is taken out is known by what stands before it; too much is taken rather than too
little, as long as program, source and target stay.
"""

from __future__ import annotations

import re

_QUOTE = r"(\\*[\"']?)"
_WORD = r"(?:pass(?:word|phrase|wd)?|pwd|secret|token|credential|api.?key|access.?key)"
_PLACE = r"(?![/~.$\\-]|[A-Za-z]:\\|\d{1,5}\b)"
"""What begins no password but a path, an option or a port."""
_VALUE = r"(?:\\*[\"'][^\"'\n]*[\"']|[^\s\"'\\]+)"
_OTHERS = r"ass|wd|w\b|ath|s\b|ro|rint|rune|reserve|art|cap|dm"
"""Options that only begin as -p does: -print0, -path, -pcap, cpio -pdm."""
_ANY = re.IGNORECASE | re.MULTILINE

SECRET: tuple[tuple[re.Pattern[str], str], ...] = (
    # password: x, "secretAccessKey": "x", RESTIC_PASSWORD=x, <Password>x, also within JSON
    (
        re.compile(
            rf"([\w.-]*{_WORD}[\w.-]*\\*[\"'>]?[ \t]*[:=>][ \t]*)"
            rf"(?!(?:true|false|null|yes|no|\d{{1,3}})\b)(?!\{{){_QUOTE}"
            r"[^\s,}<\"'\\][^,}<\"'\n\\]*?(?=[\s,}<\"'\n\\]|$)",
            _ANY,
        ),
        r"\1\2[removed]",
    ),
    # Proxmox and .netrc write a key and its value without a sign between them.
    (
        re.compile(
            r"^([ \t]*[\w-]*(?:pass(?:word|phrase|wd)|secret|token|api-?key)[ \t]+)(?![=:])\S.*$",
            _ANY,
        ),
        r"\1[removed]",
    ),
    # --passphrase x, aws_secret_access_key x, ConvertTo-SecureString x
    (re.compile(rf"(--?{_WORD}[ \t]+){_QUOTE}(?!-)[^\s\"'\\]+", _ANY), r"\1\2[removed]"),
    (re.compile(r"(\w*(?:secret|access|account)_\w*key[ \t]+)[^\s\"'\\]+", _ANY), r"\1[removed]"),
    (
        re.compile(
            rf"(ConvertTo-SecureString[ \t]+(?:-String[ \t]+)?){_QUOTE}(?!-)[^\s\"'\\]+", _ANY
        ),
        r"\1\2[removed]",
    ),
    # …?sig=x, AccountKey=x;
    (re.compile(r"([?&](?:sig|sas|key|code|[\w-]*token)=)[^&\s\"'\\]+", _ANY), r"\1[removed]"),
    (
        re.compile(r"((?:account|sharedaccess)(?:key|signature)=)[^;\s\"'\\]+", _ANY),
        r"\1[removed]",
    ),
    (
        re.compile(
            r"(<key>[^<]*(?:pass|pwd|secret|token|credential|serial|autologinuser)[^<]*</key>\s*"
            r"<(?:string|data)>)[^<]+",
            _ANY,
        ),
        r"\1",
    ),  # a property list; what is left empty is one still
    (
        re.compile(
            r"(serial[\w. ]*[\"']?[ \t]*[:=][ \t]*[\"']?)(?!(?:true|false|null)\b)[\w.+/-]+", _ANY
        ),
        r"\1[removed]",
    ),  # "serial_number": "x", SerialNumber: x
    (re.compile(r"(://)[^/\s@\"']+@"), r"\1[removed]@"),  # https://user:x@host
    (
        re.compile(
            r"(?<![\w/.-])(?!(?:sftp|ssh|scp|rclone|rest|s3):)[\w.-]+:[^\s:@/\"']+@(?=[\w.-])"
        ),
        "[removed]@",
    ),  # user:x@host
    # mysqldump -px, 7z -px, rar -hpx; zip -P x, openssl -k x, dar -K x; sshpass -p x, plink -pw x
    (re.compile(rf"(?<=[\s\"'])(-h?p(?!{_OTHERS})){_VALUE}"), r"\1[removed]"),
    (re.compile(rf"(?<=[\s\"'])(-[PkK][ \t]+)(?!-){_VALUE}"), r"\1[removed]"),
    (re.compile(rf"(?<=[\s\"'])((?:-p|-pw|/rp)[ \t]+){_PLACE}[^\s\"'\\]+"), r"\1[removed]"),
    # sqlcmd -U sa -Px, curl -u user:x, lftp -u user,x, smbclient -U user%x
    (re.compile(r"(-U[ \t]*[^\s\"']+[ \t]+-P)[ \t]*[^\s\"'\\]+"), r"\1[removed]"),
    (re.compile(r"((?:-u|--user)[ \t=]+[^\s:,\"'/]+[:,])[^\s\"'\\]+"), r"\1[removed]"),
    (re.compile(r"(-U[ \t]+[^\s%\"']+%)[^\s\"'\\]+"), r"\1[removed]"),
    (re.compile(r"(net\s+use\s[^\n]*?/user:\S+[ \t]+)(?![/\"])[^\s\"'\\]+", _ANY), r"\1[removed]"),
    (re.compile(r"(net\s+use\s+\S+\s+\\\\\S+)[ \t]+[^\s/]\S*", _ANY), r"\1 [removed]"),
    # A command that nobody can read may hold anything.
    (re.compile(r"([-/]e(?:c|nc\w*)?[ \t]+)[A-Za-z0-9+/=]{24,}", _ANY), r"\1[removed]"),
    (re.compile(r"^(key = ).*(?:\n\t.*)*", re.MULTILINE), r"\1[removed]"),  # a repository of Borg
)
"""What stands before a secret, with what is left of it."""


def without_secrets(text: str) -> str:
    """A configuration or command line without the passwords, tokens and keys in it.

    >>> without_secrets("rclone sync a b --password hunter2")
    'rclone sync a b --password [removed]'
    """
    for shape, left in SECRET:
        text = shape.sub(left, text)
    return text
