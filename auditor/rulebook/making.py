"""New rules and packs to fill in: a scaffold that passes its own check, but for the sentences."""

from __future__ import annotations

from auditor.rulebook.facts import AROUND

RULE = """\
# {id}: fill in every line, then run: auditor rules check {folder}
id: {id}
title: {title}
do: {title}
{asks}severity: medium            # critical, high, medium, low or info
why: Say in one or two sentences what can happen otherwise.
remedy:
  any:                      # or windows:, macos: and linux:, each with its own steps
    - Say the first step.
    - Say the second step.
done: Say what it looks like when it is done.
who: IT support
takes: 30 minutes
because:
  - {{source: uk-gdpr, section: Art 32(1)(b)}}
{examples}"""

MUST = """\
for each: {kind}
# where: {{…}}              # leave it out to look at every one
must: {{{field}: {good}}}
say:
  fail: "{says} is not as it should be."
  pass: "{says} is as it should be."
  unknown: "Could not tell how it is with {name}."
"""
ASK = """\
ask:
  question: Is it as it should be?
  look: Say where the answer is found.
  choices: {yes: pass, no: fail}
# date within: 12 months    # instead, when a day is asked for
"""
EXAMPLES = """\
examples:
  - {{given: {{{kind}: {{{field}: {good}}}}}, verdict: pass}}
  - {{given: {{{kind}: {{{field}: {bad}}}}}, verdict: fail}}
  - {{given: {{{kind}: {{{field}: unknown}}}}, verdict: unknown}}
"""
_FIELDS = {
    "volume": ("encryption.state", "on", "off"),
    "file": ("protected", "yes", "no"),
    "setting": ("on", "yes", "no"),
    "machine": ("elevated", "yes", "no"),
    "scan": ("complete", "yes", "no"),
}
"""A field of each kind to begin with, a good value and a bad one."""

PACK = """\
# {id}: which rules judge, and how strictly. Then run: auditor rules check {folder}
id: {id}
title: {title}
for: Say which schools it is meant for
publisher: Say who publishes it
extends: school-default
because: [{{source: {id}-policy}}]
# leave out:                # by id, with the reason, which every report prints
#   REM-06: Our machines have no disc writers.
# severity: {{GOV-06: high}}
# thresholds: {{retention: 3 years, yearly: 12 months}}
# answers good for: 6 months
"""
SOURCES = """\
publisher: Say who publishes it
documents:
  {id}-policy:
    title: Say the title of your policy
    url: https://www.example.org/policy
    basis: sector standard   # law, regulator guidance, insurance condition, good practice
    read on: {today}
    status: seen             # seen, second-hand or unverified
"""


def rule(name: str, title: str, kind: str, folder: str) -> str:
    """A rule to fill in; with a question where the kind is `school`."""
    if kind == "school":
        return RULE.format(id=name, title=title, asks=ASK, examples="", folder=folder)
    field, good, bad = _FIELDS.get(kind, _FIELDS["machine"])
    said = "{volume.name}" if kind == "volume" else f"This {kind}"
    name_ = said if kind == "volume" else f"this {kind}"
    asks = MUST.format(kind=kind, field=field, good=good, says=said, name=name_)
    return RULE.format(
        id=name, title=title, asks=asks, folder=folder,
        examples=EXAMPLES.format(kind=kind, field=field, good=good, bad=bad),
    )  # fmt: skip


def pack(name: str, title: str, folder: str) -> str:
    """A pack to fill in."""
    return PACK.format(id=name, title=title, folder=folder)


def sources(name: str, today: str) -> str:
    """A file of sources to fill in."""
    return SOURCES.format(id=name, today=today)


KINDS = ("school", *sorted(_FIELDS.keys() - AROUND), *sorted(_FIELDS.keys() & AROUND))
"""What a scaffold can be about."""
