"""The shape of the house: slices in one written order, doors as leaves, keys downward, short modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT
from app.tables import metadata

ORDER = (
    "settings", "foundation", "i18n", "web", "queue", "activity", "identity", "catalogue",
    "learning", "assessment", "credentials", "studio", "statistics", "duties", "loads", "merges", "interop", "custody", "dossiers", "auditing", "administration", "help", "tables",
)  # fmt: skip
DOORS = {
    "routes", "forms", "jobs", "commands", "reactions", "health", "doctor", "backups", "server",
}  # fmt: skip
SLICE_NOUNS = {("web", "forms"), ("queue", "jobs")}  # nouns here, though doors elsewhere
ABOVE = {"main", "slices", "__main__", "refusing"}
LONGEST = 300
BANNED = {"utils", "util", "helpers", "common", "core", "base", "service", "services", "manager",
          "misc", "schemas", "crud"}  # fmt: skip


def is_door(parts: tuple[str, ...]) -> bool:
    return parts[-1] in DOORS and parts[-2:] not in SLICE_NOUNS


def imports_of(source: str) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("app"):
            for alias in node.names:
                yield (*node.module.split(".")[1:], alias.name)
        elif isinstance(node, ast.Import):
            yield from (tuple(a.name.split(".")[1:]) for a in node.names if a.name[:4] == "app.")


def faults_in(path: Path, source: str, app: Path) -> list[str]:
    own = path.relative_to(app).with_suffix("").parts
    faults = []
    if source.count("\n") > LONGEST:
        faults.append(f"{path}: longer than {LONGEST} lines")
    if own[-1] in BANNED:
        faults.append(f"{path}: named by a pattern, not by a noun")
    for target in imports_of(source):
        module = target if module_exists(app, target) else target[:-1]
        if not module or own[0] in ABOVE:
            continue
        if module[0] in ABOVE:
            faults.append(f"{path}: imports {module[0]}")
        elif is_door(module) and not (is_door(own) and module[0] == own[0]):
            faults.append(f"{path}: imports the door {'.'.join(module)}")
        elif not is_door(own) and ORDER.index(module[0]) > ORDER.index(own[0]):
            faults.append(f"{path}: imports {'.'.join(module)}, which comes later")
    return faults


def module_exists(app: Path, parts: tuple[str, ...]) -> bool:
    place = app.joinpath(*parts)
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def test_every_module_keeps_the_order_the_doors_and_the_length():
    faults = [
        fault
        for path in sorted((ROOT / "app").rglob("*.py"))
        for fault in faults_in(path, path.read_text(), ROOT / "app")
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("place", "source", "fault"),
    [
        ("identity/users.py", "from app.learning.enrolments import Enrolment\n", "comes later"),
        ("learning/results.py", "from app.identity import routes\n", "imports the door"),
        ("learning/routes.py", "from app.identity.forms import SignInForm\n", "imports the door"),
        ("learning/results.py", "from app.main import create_app\n", "imports main"),
        ("learning/results.py", "x = 1\n" * 301, "longer than 300"),
        ("learning/utils.py", "", "named by a pattern"),
    ],
)
def test_a_breach_is_found(place: str, source: str, fault: str):
    path = ROOT / "app" / place
    assert fault in "\n".join(faults_in(path, source, ROOT / "app"))


def upward_keys(owner_of: dict[str, str]) -> list[str]:
    return [
        f"{table.name}.{key.parent.name} points up to {key.column.table.name}"
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if ORDER.index(owner_of[key.column.table.name]) > ORDER.index(owner_of[table.name])
    ]


def owners() -> dict[str, str]:
    return {
        node.value.value: path.relative_to(ROOT / "app").parts[0]
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "__tablename__"
        and isinstance(node.value, ast.Constant)
    }


def test_foreign_keys_point_to_earlier_slices():
    owner_of = owners()
    assert set(owner_of) == set(metadata.tables)
    assert not upward_keys(owner_of)


def test_an_upward_foreign_key_is_found():
    owner_of = owners() | {"users": "statistics"}
    assert upward_keys(owner_of)
