"""The walls of the house: layers, module length, no absolute paths, errors instead of prints."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "trialwright"
MODULES = sorted(SOURCE.rglob("*.py"))
_TEXT_SUFFIXES = {".py", ".jinja", ".j2", ".html", ".css", ".yaml", ".yml", ".toml", ".txt", ".md"}
PRODUCT_FILES = sorted(
    path for path in SOURCE.rglob("*") if path.is_file() and path.suffix in _TEXT_SUFFIXES
)
#: The root of a file system in quotes, or a parent folder that lies outside a checkout.
_ABSOLUTE = re.compile(r"""["'`](?:/(?:home|work|root|tmp|usr|opt|mnt|Users|etc|var)/|[A-Z]:\\)""")
_OUTSIDE = re.compile(r"""["'`/](?:\.\./)?shared/""")


def _name(path):
    return str(path.relative_to(ROOT))


def test_imports_go_one_way():
    """The contract stands in pyproject.toml; the linter says which import breaks it."""
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_package_stands_in_the_layer_contract():
    contract = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = [path.parent.name for path in SOURCE.glob("*/__init__.py")]
    assert packages
    absent = [name for name in packages if f"trialwright.{name}" not in contract]
    assert absent == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_stay_short(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines < 400, f"{_name(path)} has {lines} lines"


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=_name)
def test_the_product_knows_no_place_outside_itself(path):
    text = path.read_text("utf-8")
    assert _ABSOLUTE.search(text) is None
    assert _OUTSIDE.search(text) is None


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_our_own_modules_are_imported_at_the_top(path):
    """An import inside a function hides a dependency from the contract; **kwargs hide a form."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        inner = [
            ast.unparse(n) for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom))
        ]
        assert not [line for line in inner if "trialwright" in line], node.name
        assert node.args.kwarg is None, f"{node.name} takes **{node.args.kwarg.arg}"
