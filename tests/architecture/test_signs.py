"""Signs, sizes, names: what a newcomer counts on in every file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import PRODUCT, ROOT, committed, module_of, product_modules, python_files

MOST_LINES = 350
LEAST_WORDS_OF_A_SIGN = 12
CODE = {".py", ".js", ".css", ".html", ".php"}
# Piccolo finds the members of these by their names, not by an import.
LOADED_BY_NAME = re.compile(r"store/migrations/gateway_\w+\.py$")
# A letter in brackets keeps this file from naming what it looks for.
REGISTRIES = re.compile(r"[p]ypi\.|[p]ythonhosted|[n]pmjs\.|[a]rtifactory|[s]onatype")
HOMES = re.compile(r"/[h]ome/\w|/[U]sers/\w|(?<![\w.}])/[r]oot\b|(?<![\w.}])/[w]ork/")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_package_has_a_sign() -> None:
    """Each folder with code has an `__init__` that says what lives there."""
    folders = {path.parent for path in product_modules()}
    assert folders >= {ROOT / package for package in PRODUCT}
    poor = []
    for folder in folders:
        sign = folder / "__init__.py"
        told = ast.get_docstring(module_of(sign)) if sign.exists() else None
        if len((told or "").split()) < LEAST_WORDS_OF_A_SIGN:
            poor.append(_named(folder))
    assert sorted(poor) == []


def _tests() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (f"{_named(path)}:{node.lineno} {node.name}", node)
        for path in python_files("tests")
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def test_every_test_says_its_behaviour_in_one_sentence() -> None:
    """A test's docstring is one line, one sentence, with a full stop."""
    tests = _tests()
    assert tests
    poor = []
    for name, node in tests:
        told = ast.get_docstring(node) or ""
        if not told.endswith(".") or "\n" in told or re.search(r"[.!?] +[A-ZА-ЯЁ]", told):
            poor.append(name)
    assert poor == []


def test_no_file_is_long() -> None:
    """No file of code has more than 350 lines."""
    lengths = {
        _named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in committed()
        if path.suffix in CODE and "vendor" not in path.parts
    }
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def _rank(name: str) -> tuple[int, str]:
    """Constants first, then classes, then functions, each by the alphabet."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def _exported(path: Path) -> list[str] | None:
    for node in module_of(path).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def _defined(path: Path) -> set[str]:
    """Name what a module makes itself at its top level."""
    names: set[str] = set()
    for node in module_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def test_every_module_lists_its_public_names_in_order() -> None:
    """A module that makes public names has a sorted `__all__`, unless it is private, a door or loaded by name."""
    poor = []
    for path in product_modules():
        if path.stem.startswith("_") and path.stem != "__init__":
            continue
        exported = _exported(path)
        if exported is None:
            if _defined(path) and not LOADED_BY_NAME.search(path.as_posix()):
                poor.append(f"{_named(path)} has none")
        elif exported != sorted(exported, key=_rank):
            poor.append(f"{_named(path)} is not in order")
    assert poor == []


def test_every_module_postpones_its_annotations() -> None:
    """Each module with code begins with the same import from the future."""
    wanted = "from __future__ import annotations"
    poor = [
        _named(path)
        for path in product_modules()
        if any(not isinstance(node, ast.Expr | ast.Assign) for node in module_of(path).body)
        and wanted not in {ast.unparse(node) for node in module_of(path).body if isinstance(node, ast.ImportFrom)}
    ]
    assert poor == []


def test_no_text_names_a_machine() -> None:
    """No committed text names a package registry or somebody's folder."""
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRIES.search(line) or HOMES.search(line):
                found.append(f"{_named(path)}:{number} {line.strip()[:80]}")
    assert found == []
