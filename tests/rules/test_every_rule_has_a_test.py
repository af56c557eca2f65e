"""Every rule of response, dates, sets, censoring, endpoints and safety, and every worked case, is
named by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
#: Rules of the sections by their numbers; 017 to 019, 039 do not exist.
RULES = (
    *range(1, 17), *range(20, 39), *range(40, 78), *range(100, 111),
)  # fmt: skip
#: Dates, sets, censoring, endpoints, adverse events and grades; there is no C-19 and no G-47 to G-49.
#: A-12 and A-14 (exposure, liver) are worked in tests/safety.
TIME_RULES = (
    *(f"D-{n:02d}" for n in range(1, 9)), *(f"S-{n}" for n in range(1, 8)),
    *(f"C-{n:02d}" for n in range(1, 22) if n != 19), "C-03b", "C-04b",
    *(f"E-{n:02d}" for n in range(1, 13)),
    *(f"A-{n:02d}" for n in range(1, 17) if n not in {12, 14}),
    *(f"G-{n:02d}" for n in range(1, 61) if n not in {47, 48, 49}),
)  # fmt: skip
CASES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _named(tree: ast.Module) -> list[str]:
    """Name and docstring of every test, and letters of parametrised tables of cases."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.append(f"{node.name}\n{ast.get_docstring(node) or ''}")
        if isinstance(node, ast.Dict):
            keys = [k.value for k in node.keys if isinstance(k, ast.Constant)]
            found += [f"Case {k}:" for k in keys if isinstance(k, str) and k in CASES]
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    return {
        str(path.relative_to(TESTS)): _named(ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(TESTS.rglob("test_*.py"))
    }


@pytest.mark.parametrize("number", RULES)
def test_a_test_has_the_rule_in_its_name(number, texts):
    names = [name for found in texts.values() for name in found]
    assert any(re.match(rf"test_\w*r{number:03d}(_|\n)", name) for name in names), f"R-{number:03d}"


@pytest.mark.parametrize("rule", TIME_RULES)
def test_a_test_names_the_rule(rule, texts):
    here = [t for path, found in texts.items() if path.startswith("rules/") for t in found]
    pattern = rf"\b{rule}\b|test_\w*{rule.replace('-', '').lower()}_"
    assert any(re.search(pattern, text) for text in here), rule


@pytest.mark.parametrize("letter", CASES)
def test_a_test_works_the_case(letter, texts):
    here = [t for path, found in texts.items() if path.startswith("rules/") for t in found]
    pattern = rf"Case {letter}\b|test_case_{letter.lower()}_"
    assert any(re.search(pattern, text) for text in here), letter


def test_the_search_can_fail(texts):
    """R-017, R-018, R-019, R-039 and S-8 are not rules: no test is named after them."""
    names = " ".join(name for found in texts.values() for name in found)
    assert not re.search(r"_r0(17|18|19|39)_", names)
    assert not re.search(r"\bS-8\b|_s8_", names.replace("R-039 and S-8 are not rules", ""))
