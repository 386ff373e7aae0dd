"""The budgets that keep the code readable: a file, a function, a docstring."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "auditor").rglob("*.py"))
BROAD = {
    "auditor/survey.py",
    "auditor/content/source.py",
    "auditor/content/looking.py",
    "auditor/content/opening.py",
    "auditor/content/pool.py",
}
"""The borders at which a bug of ours costs one probe, one file or one member: nowhere else."""


def functions() -> list[tuple[str, int]]:
    return [
        (
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
            (node.end_lineno or 0) - node.lineno + 1,
        )
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_module_is_longer_than_400_lines_and_the_median_is_short() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in MODULES}

    assert not {k: v for k, v in lengths.items() if v > 400}
    assert statistics.median(lengths.values()) <= 150


def test_no_function_is_longer_than_60_lines_and_nine_in_ten_have_at_most_35() -> None:
    lengths = functions()

    assert not [f for f in lengths if f[1] > 60]
    assert sorted(n for _, n in lengths)[int(len(lengths) * 0.9)] <= 35


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_are_documented_and_well_named(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    refused = {
        "utils",
        "helpers",
        "common",
        "core",
        "base",
        "manager",
        "service",
        "handler",
        "misc",
    }

    assert ast.get_docstring(tree), "a module says what it is"
    assert path.stem not in refused


def test_broad_excepts_stand_only_at_the_borders() -> None:
    found = {
        str(path.relative_to(ROOT)).replace("\\", "/")
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    }

    assert found <= BROAD
