"""The docs say what is there: commands, files, settings, events, tables, packages, decisions.

`python -m tests.test_docs` writes the table of events into docs/events.md.
"""

import pkgutil
import re
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import pytest

import app
from app.__main__ import main
from app.activity.events import Happening
from app.settings import ROOT, Settings, variable_of
from app.slices import SUBSCRIPTIONS
from app.tables import metadata
from tests.test_architecture import ORDER

DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
ARCHITECTURE, GLOSSARY = ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"
EVENTS = ROOT / "docs" / "events.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "References"]
FOR_TESTS = {"CAPACITA_WRITE_ROUTES"}  # what a test reads, and no server
README_LINES, ARCHITECTURE_LINES, PICTURE_BYTES = 120, 200, 200_000
TABLE = re.compile(r"(<!-- events -->\n).*(<!-- end of events -->)", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
FOLDERS = "app|bench|bin|courses|docs|migrations|static|tests"

# What no file here may say; each is written so that it does not find itself.
BANNED = {
    "a path of one machine": r"(?<![\w.:/~-])/(?:wor[k]|far[m]|hom[e]|roo[t]|tm[p])/\w",
    "a registry's address": r"py[p]i\.org|python[h]osted|npm[j]s\.(?:org|com)|deb\.[d]ebian|"
    r"--(?:extra-)?inde[x]-url|\"resol[v]ed\":",
    "who or what wrote it": r"(?i)\bco-author[e]d-by|\bA[I][- ](?:generated|written|assist)|"
    r"\blanguage mode[l]s? (?:wrote|made)|\bsub-?agen[t]s?\b|\bcoding agen[t]|\bthe founde[r]\b|"
    r"\bin this sessio[n]\b|\bgenerated (?:by|with) (?:an? )?A[I]\b",
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=DOCS, ids=name_of)
def doc(request: pytest.FixtureRequest) -> Path:
    return request.param


def code_in(text: str) -> str:
    return "\n".join(CODE.findall(text))


def test_the_readme_is_short_and_shows_a_small_picture():
    readme = (ROOT / "README.md").read_text()
    assert readme.count("\n") <= README_LINES
    pictures = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+)\)", readme)
    assert pictures
    assert all((ROOT / each).stat().st_size <= PICTURE_BYTES for each in pictures)


def test_the_architecture_page_is_read_in_one_sitting():
    assert ARCHITECTURE.read_text().count("\n") <= ARCHITECTURE_LINES


def unknown_commands(text: str) -> Iterator[str]:
    """Programs in bin/ and words after `capacita` that do not exist."""
    code = code_in(text)
    for program in re.findall(r"(?<![\w/])bin/([a-z]+)\b(?!\.)", code):
        if not (ROOT / "bin" / program).is_file():
            yield f"bin/{program}"
    for words in re.findall(r"capacita ((?:[a-z][a-z-]*(?: |$|(?=`)))+)", code, re.MULTILINE):
        command: click.Command = main
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            if found is None:
                yield f"capacita {words}"
                break
            command = found


def test_every_command_exists(doc):
    assert list(unknown_commands(doc.read_text())) == []


@pytest.mark.parametrize("text", ["`bin/deploy`", "`capacita fly`", "`capacita courses bake`"])
def test_a_command_that_is_not_there_is_found(text):
    assert list(unknown_commands(text))


def missing_files(text: str) -> Iterator[str]:
    """Paths in code that name no file; those of modules may be told from app/ on."""
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", text):
        if not (ROOT / path).exists():
            yield path
    for path in re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", text):
        if not (ROOT / path).exists() and not (ROOT / "app" / path).exists():
            yield path


def test_every_file_named_is_there(doc):
    assert list(missing_files(doc.read_text())) == []


def test_a_file_that_is_gone_is_found():
    assert list(missing_files("`app/web/magic.py` and `web/magic.py`")) == [
        "app/web/magic.py", "app/web/magic.py", "web/magic.py",
    ]  # fmt: skip


def anchors_of(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings}


def broken_links(path: Path, text: str) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", text)):
        if re.match(r"https?:|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        if not place.exists() or (anchor and anchor not in anchors_of(place)):
            yield target


def test_every_link_leads_to_a_file_and_a_heading(doc):
    assert list(broken_links(doc, doc.read_text())) == []


@pytest.mark.parametrize("link", ["[a](gone.md)", "[a](glossary.md#gone)", "[a](#gone)"])
def test_a_broken_link_is_found(link):
    assert list(broken_links(GLOSSARY, link))


def test_the_docs_name_no_setting_that_is_not_there(doc):
    known = {variable_of(name) for name in Settings.model_fields} | FOR_TESTS
    assert set(re.findall(r"\bCAPACITA_[A-Z_]+\b", code_in(doc.read_text()))) <= known


def happenings(of: type[Happening] = Happening) -> Iterator[type[Happening]]:
    for each in of.__subclasses__():
        if "kind" in each.__dict__ and each.__module__.startswith("app."):
            yield each
        yield from happenings(each)


def all_happenings() -> list[type[Happening]]:
    """Every event there is, in the order of the slices."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found = {each.kind: each for each in happenings()}
    return sorted(
        found.values(),
        key=lambda each: (ORDER.index(each.__module__.split(".")[1]), each.__module__, each.kind),
    )


def events_table() -> str:
    """The ledger's kinds of event as docs/architecture.md shows them."""
    heard = defaultdict(set)
    for happening, reaction in SUBSCRIPTIONS:
        heard[happening].add(reaction.__module__.split(".")[1])
    common = {each.name for each in fields(Happening)}
    lines = ["| Kind | Meaning | Says besides | Recorded in | Heard by |", "| --- " * 5 + "|"]
    for each in all_happenings():
        meaning = " ".join((each.__doc__ or "").split("\n\n")[0].split())
        besides = ", ".join(f"`{one.name}`" for one in fields(each) if one.name not in common)
        module = each.__module__.removeprefix("app.").replace(".", "/")
        listeners = ", ".join(sorted(heard[each]))
        lines.append(f"| `{each.kind}` | {meaning} | {besides} | `{module}` | {listeners} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_events_is_fresh():
    found = TABLE.search(EVENTS.read_text())
    assert found is not None
    assert found[0] == f"{found[1]}{events_table()}{found[2]}", "python -m tests.test_docs"


def test_every_table_and_event_is_told():
    told = set(
        re.findall(r"`([a-z_-]+)`", "".join(map(Path.read_text, (ARCHITECTURE, EVENTS, GLOSSARY))))
    )
    assert set(metadata.tables) <= told
    assert {each.kind for each in all_happenings()} <= told


def test_the_glossary_has_one_line_for_one_word():
    line = r"^\| (?!Word |---)([^|]+?) \| [^|]+ \| [^|]* \|$"
    words = re.findall(line, GLOSSARY.read_text(), re.MULTILINE)
    assert len(words) > len(metadata.tables)
    assert [word for word in words if words.count(word) > 1] == []


def test_the_tree_names_every_package():
    tree = ARCHITECTURE.read_text().split("```")[1]
    packages = {path.parent.name for path in (ROOT / "app").rglob("__init__.py")} - {"app"}
    doors = {path.name for path in (ROOT / "app").glob("*.py")} - {"__init__.py"}
    assert {each for each in packages if f"  {each}/" not in tree} == set()
    assert {each for each in doors if f"  {each} " not in tree} == set()
    slices = [each for each in ORDER if each in packages]
    places = [tree.index(f"\n  {each}/") for each in slices]
    assert places == sorted(places)


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_has_its_five_headings_and_a_line_to_quote(decision):
    text = decision.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert re.match(rf"# {decision.name[:4]} \S", text)
    assert re.search(r"^## Decision\n\n> \S", text, re.MULTILINE)


def test_the_index_of_decisions_is_complete():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \|", index, re.MULTILINE)
    assert listed == [(each.name[:4], each.name) for each in DECISIONS]


def test_every_dependency_has_its_reason():
    record = (ROOT / "docs" / "decisions" / "0015-dependencies.md").read_text()
    listed = re.findall(r"^\| `([a-z0-9.-]+)` \|", record, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[;<>= ]", each)[0] for each in project["dependencies"]}
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture or another file that is not text


@pytest.mark.parametrize("what", BANNED)
def test_no_file_says_what_does_not_belong_in_it(what):
    pattern = re.compile(BANNED[what])
    found = [
        f"{name}:{number}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.split("\n"), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of one machine", "see /" + "home/awa/notes"),
        ("a registry's address", "from https://py" + "pi.org/simple"),
        ("who or what wrote it", "written by sub" + "agents"),
    ],
)
def test_such_a_line_is_found(what, line):
    assert re.search(BANNED[what], line)


if __name__ == "__main__":
    page = TABLE.sub(lambda found: found[1] + events_table() + found[2], EVENTS.read_text())
    EVENTS.write_text(page)
