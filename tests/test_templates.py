"""Every template says what it receives, speaks through gettext, and keeps style and script out."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app.i18n.languages import ENGLISH
from app.web.addresses import Addresses
from app.web.assets import Assets
from app.web.pages import Pages
from app.web.templates import TEMPLATES
from tests.web.test_assets import STATIC

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))
PAGES = [name for name in NAMES if name.endswith(".html") and "layouts/mail" not in name]
COMPONENTS = [name for name in NAMES if name.startswith("components/")]
# Words that no language translates: the name, a format, the mark of a figure held back, units.
UNTRANSLATED = {"Capacita", "CSV", "s"}
FOR_MAKERS = {"styleguide.html"}  # its samples are read by makers of pages only, in English
# Forms that change nobody's account: a display, a hint put away, ways in.
FOR_ANYBODY = FOR_MAKERS | {
    "components/hint.html",
    "components/pager.html",
    "layouts/_colophon.html",
    "identity/federation/_buttons.html",
    "identity/passkeys/_passkey_form.html",
}
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
SPOKEN = re.compile(r'\b(?:aria-label|alt|title|placeholder|label)="([^"]*)"')
EXPRESSION = "\0"
# The signs that a component draws by itself, and so asks of the page that calls it.
NEEDED_SIGNS = {
    "arrow": {"arrow"},
    "dots": {"test", "testhere", "testdone"},
    "pager": {"arrow", "back"},
}


@pytest.fixture(scope="session")
def environment() -> Environment:
    pages = Pages(Addresses({}), Assets.gather(STATIC), (ENGLISH.code,), "https://capacita.example")
    return pages.template(ENGLISH.code, "layouts/base.html").environment


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def source(name: str) -> str:
    return source_of(name)


@pytest.fixture
def tree(environment: Environment, name: str) -> nodes.Template:
    return tree_of(environment, name)


@cache
def tree_of(environment: Environment, name: str) -> nodes.Template:
    """What a template says, read once for all that is asked of it."""
    return environment.parse(source_of(name))


@cache
def source_of(name: str) -> str:
    return (TEMPLATES / name).read_text()


@cache
def markup_of(environment: Environment, source: str) -> str:
    """The template's own HTML, with a mark where an expression or a tag of Jinja stands."""
    parts = []
    for _line, kind, text in environment.lex(source):
        if kind == "data":
            parts.append(text)
        elif kind in {"variable_begin", "block_begin"}:
            parts.append(EXPRESSION)
    return "".join(parts)


def literal_words(environment: Environment, source: str) -> set[str]:
    """Words a reader would meet that stand in the template itself."""
    markup = re.sub(r"&\w+;", " ", markup_of(environment, source))
    markup = re.sub(r"<(code|style)[^>]*>.*?</\1>", " ", markup, flags=re.DOTALL)  # programs' words
    bare = re.sub(r"<[^>]*>|[\w:-]+=\"[^\"]*\"", " ", markup)  # tags, and attributes kept for later
    texts = [*SPOKEN.findall(markup), bare]
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}


def sentences(tree: nodes.Template) -> Iterator[str]:
    """Texts in expressions that look like language and stand outside gettext."""
    inside = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for constant in call.find_all(nodes.Const)
    }
    for constant in tree.find_all(nodes.Const):
        text = constant.value if isinstance(constant.value, str) else ""
        if id(constant) not in inside and re.match(r"[A-Z][a-z]+", text):
            yield text


def test_a_template_parses_and_begins_with_what_it_receives(environment, name, source):
    environment.get_template(name)
    assert re.match(r"\{#-? \S", source), f"{name} begins without a comment"


def test_style_and_script_stay_in_their_own_files(environment, name, source):
    markup = markup_of(environment, source)
    assert not re.search(r"<[^>]*\sstyle\s*=", markup), "a style attribute"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", markup), "an event handler"
    if name != "layouts/mail.html":  # a letter takes its style along
        assert not re.search(r"<style|javascript:", markup), "a style sheet or script in the page"
    for attributes in re.findall(r"<script([^>]*)>", markup):
        assert "src=" in attributes, "a script in the page"


@pytest.mark.parametrize("name", sorted(set(NAMES) - FOR_MAKERS))
def test_every_word_goes_through_gettext(environment, name):
    assert literal_words(environment, source_of(name)) <= UNTRANSLATED
    assert list(sentences(tree_of(environment, name))) == []


@pytest.mark.parametrize("page", sorted(set(PAGES) - FOR_MAKERS))
def test_a_colon_between_two_values_is_that_of_the_language(environment, page):
    """French has a space before it; what only a screen reader says, and code, has no typography."""
    markup = markup_of(environment, source_of(page))
    shown = re.sub(
        r'<(code|svg)\b.*?</\1>|<span class="sr">.*?</span>', "", markup, flags=re.DOTALL
    )
    bare = re.sub(r"<[^>]*>", "", shown)
    assert not re.search(f"{EXPRESSION}: ?{EXPRESSION}", bare), "{{ colon }} writes it"


def test_every_form_says_for_whom_its_page_was_made():
    without = {
        name
        for name in set(PAGES) - FOR_ANYBODY
        if source_of(name).count('method="post"') != source_of(name).count("{{ made_for }}")
    }
    assert without == set()


def test_only_sanitised_html_is_called_safe(tree):
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name == "safe":
            named = getattr(filtered.node, "attr", None) or getattr(filtered.node, "name", "")
            assert re.fullmatch(r"(\w+_)?html", named), f"{named} is not compiled HTML"


def test_what_is_imported_is_used(tree):
    called = {used.name for used in tree.find_all(nodes.Name) if used.ctx == "load"}
    for imported in tree.find_all(nodes.FromImport):
        names = {each if isinstance(each, str) else each[1] for each in imported.names}
        assert names <= called
    for imported in tree.find_all(nodes.Import):
        assert imported.target in called


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_is_one_macro_of_its_files_name(environment, component):
    macros = tree_of(environment, component).find_all(nodes.Macro)
    assert [macro.name for macro in macros] == [Path(component).stem]


@cache
def known_signs(environment: Environment) -> set[str]:
    return set(environment.get_template("layouts/_signs.html").module.symbols)


def declared_signs(tree: nodes.Template) -> set[str] | None:
    for assigned in tree.find_all(nodes.Assign):
        if isinstance(assigned.target, nodes.Name) and assigned.target.name == "signs":
            return {constant.value for constant in assigned.node.find_all(nodes.Const)}
    return None


@cache
def drawn_signs(environment: Environment, name: str) -> set[str]:
    """The signs a template draws by name, with those of the fragments it includes."""
    source = source_of(name)
    tree = tree_of(environment, name)
    drawn = set(re.findall(r"#sign-([a-z]+)\"", source))
    for call in tree.find_all(nodes.Call):
        macro = call.node.name if isinstance(call.node, nodes.Name) else ""
        first = call.args[0] if call.args else None
        named = {one.key: one.value for one in call.kwargs}
        if macro in {"sign", "arrow", "verdict", "answer"} and isinstance(first, nodes.Const):
            drawn.add(first.value)
        elif macro in NEEDED_SIGNS:
            drawn |= NEEDED_SIGNS[macro]
        for key in ("sign", "drawn"):
            if isinstance(named.get(key), nodes.Const) and named[key].value:
                drawn.add(named[key].value)
    for included in tree.find_all(nodes.Include):
        if isinstance(included.template, nodes.Const):
            drawn |= drawn_signs(environment, included.template.value)
    return drawn


def test_a_page_declares_the_signs_it_draws(environment, name, tree):
    declared = declared_signs(tree)
    assert (declared or set()) <= known_signs(environment)
    if tree.find(nodes.Extends):
        assert drawn_signs(environment, name) <= (declared or set())


@cache
def styled_classes() -> set[str]:
    # What is taken along has sheets of its own, since it never meets those of the site.
    places = [STATIC / "css", TEMPLATES.parent / "studio" / "packages" / "looks"]
    sheets = "".join(path.read_text() for place in places for path in place.rglob("*.css"))
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)))


@pytest.mark.parametrize("page", PAGES)
def test_every_class_has_its_style(environment, page):
    written = re.findall(r'\bclass="([^"]*)"', markup_of(environment, source_of(page)))
    classes = {each for value in written for each in value.split() if EXPRESSION not in each}
    assert classes <= styled_classes()


@pytest.mark.parametrize(
    ("template", "faulty"),
    [
        ("<p>Enrol now</p>", True),
        ('<p aria-label="Enrol">{{ _("Enrol now") }}</p>', True),
        ('<p class="lead">{{ _("Enrol now") }}</p>', False),
        ('{% set marks %} lang="en" aria-label="Enrol"{% endset %}', True),
        ('{% set marks %} lang="en" dir="ltr"{% endset %}', False),
        ('<p class="{{ look }}">{{ name }} · 12 &nbsp;</p>', False),
    ],
)
def test_the_check_finds_words_outside_of_gettext(environment, template, faulty):
    assert bool(literal_words(environment, template)) is faulty


def test_the_check_finds_sentences_given_to_a_component(environment):
    tree = environment.parse('{{ button("Enrol now", look="quiet") }}{{ button(_("Go on")) }}')
    assert list(sentences(tree)) == ["Enrol now"]
