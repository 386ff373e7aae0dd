"""The definitions made ready: one automaton for all patterns, a table for all headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from auditor.content.detect.checksums import CHECKS
from auditor.personal import Datum, Definitions, Role

NEAR = 40
"""Bytes of one line that may stand between a context word and the number it announces."""

_MARKS = {0x27: None, 0x2019: None, ord("%"): " percentage "}
