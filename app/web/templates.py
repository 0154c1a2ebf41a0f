"""Templates: how Jinja reads ours; what it does at run time for us is done once instead."""

import re
from collections.abc import Callable, MutableMapping
from gettext import NullTranslations
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Call, Expr, Name
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TEXT = ".txt"  # how the name of a template ends that is no markup
# Plain functions of ours, which ask nothing of the page they stand on.
PLAIN = frozenset({"_", "gettext", "ngettext", "pgettext", "url", "asset", "here"})
_marks_up = re.compile("[&<>\"']")


class CompiledTemplates(BytecodeCache):
    """Compiled templates of this process: the languages share them, and so do its applications."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_compiled, _compiled_texts = CompiledTemplates(), CompiledTemplates()


def written(value: Any) -> Any:
    """What a template puts out: markup as it is, all else escaped."""
    kind = type(value)
    if kind is Markup or (kind is str and _marks_up.search(value) is None):
        return value
    return escape(value)


def called(function: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """A call of a function that wants nothing of the template's context."""
    return function(*values, **named)


class Writing(CodeGenerator):
    """Writes markup by `written`, and calls plain functions of ours without looking at them first."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")

    def visit_Call(self, node: Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802, FBT001, FBT002 - as Jinja names it
        if forward_caller or not isinstance(node.node, Name) or node.node.name not in PLAIN:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.called(")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")


class Templates(Environment):
    """The templates of one language, all with the same globals.

    Jinja would chain each template's own, empty globals before these, and walk that chain in Python
    at every import and every context, which costs a page more than its text.
    """

    code_generator_class = Writing
    written = staticmethod(written)
    called = staticmethod(called)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)


def open_templates(
    words: NullTranslations, number: Callable[[float], str], *, marked_up: bool = True
) -> Templates:
    """The templates of one language; those of plain text ask for an environment of their own.

    `number` writes the number of a plural sentence as the language does: "2,073 people".
    """
    environment = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=marked_up,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled if marked_up else _compiled_texts,
        extensions=["jinja2.ext.i18n"],
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # added by the extension
    environment.globals.update(_speech(words, number, Markup if marked_up else str))
    return environment


def _speech(
    words: NullTranslations, written_number: Callable[[float], str], made: Callable[[str], str]
) -> dict[str, Callable[..., str]]:
    """The functions of the i18n extension; a sentence without values is made once."""
    known: dict[str, str] = {}

    def gettext(sentence: str, /, **values: Any) -> str:
        if values:
            return made(words.gettext(sentence)) % values
        said = known.get(sentence)
        if said is None:
            said = known[sentence] = made(words.gettext(sentence)) % {}
        return said

    def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
        said = words.ngettext(one, many, number).replace("%(num)d", "%(num)s")
        return made(said) % ({"num": written_number(number)} | values)

    def pgettext(context: str, sentence: str, /, **values: Any) -> str:
        return made(words.pgettext(context, sentence)) % ({"context": context} | values)

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext}
