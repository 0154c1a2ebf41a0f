"""Practices: a question with its answers and reasons behind summaries, played without a script."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from app.catalogue.compiling import phrases

Say = Callable[[str], str]
Parts = Mapping[str, Any]


def practice_of(key: str, definition: Parts, parts: Parts, say: Say) -> Markup:
    """One question as the recall sets of lessons have it; `definition` knows what is right."""
    body = _BODIES[definition["type"]](definition, parts, say)
    return Markup('<div class="recall__item" id="item-{}">{}<p>{}</p>{}</div>').format(
        key, _safe(parts["lead"]), _safe(parts["stem"]), body
    )


def _choice(definition: Parts, parts: Parts, say: Say) -> Markup:
    right = {each["id"]: each["right"] for each in definition["options"]}
    listed = [(each["text"], right[each["id"]], each["feedback"]) for each in parts["options"]]
    several = definition["type"] == "multiple"
    hint = Markup('<p class="quiet">{}</p>').format(say(phrases.SEVERAL)) if several else Markup()
    return hint + _options(listed, say)


def _truth(definition: Parts, parts: Parts, say: Say) -> Markup:
    words = {"true": say(phrases.TRUE), "false": say(phrases.FALSE)}
    right = "true" if definition["answer"] else "false"
    return _options(
        [(words[each["id"]], each["id"] == right, each["feedback"]) for each in parts["options"]],
        say,
    )


def _options(options: list[tuple[str, bool, str | None]], say: Say) -> Markup:
    line = Markup("<li><details><summary>{}</summary><p><strong>{}</strong></p>{}</details></li>")
    listed = Markup("").join(
        line.format(
            _safe(text), say(phrases.RIGHT if is_right else phrases.NOT_RIGHT), _reason(said)
        )
        for text, is_right, said in options
    )
    return Markup('<ul class="recall__options" role="list">{}</ul>').format(listed)


def _numeric(definition: Parts, parts: Parts, say: Say) -> Markup:
    answer = Markup("<p><strong>{} {}</strong></p>").format(
        f"{definition['answer']:.15g}", _safe(parts["unit"])
    )
    return _shown(answer + _verdict(parts), say)


def _short(_definition: Parts, parts: Parts, say: Say) -> Markup:
    answer = Markup("<p><strong>{}</strong></p>").format(parts["accept"][0])
    return _shown(answer + _verdict(parts), say)


def _matching(_definition: Parts, parts: Parts, say: Say) -> Markup:
    pairs = parts["pairs"]
    lefts = _items([each["left"] for each in pairs])
    rights = _items(_mixed([each["right"] for each in pairs]))
    answers = Markup("").join(
        Markup("<dt>{}</dt><dd>{}{}</dd>").format(
            _safe(each["left"]), _safe(each["right"]), _reason(each["feedback"])
        )
        for each in pairs
    )
    asked = Markup("<ol>{}</ol><ul>{}</ul>").format(lefts, rights)
    return asked + _shown(Markup("<dl>{}</dl>").format(answers), say)


def _ordering(_definition: Parts, parts: Parts, say: Say) -> Markup:
    steps = [each["text"] for each in parts["sequence"]]
    answer = Markup("<ol>{}</ol>").format(_items(steps))
    asked = Markup("<ul>{}</ul>").format(_items(_mixed(steps)))
    return asked + _shown(answer + _verdict(parts), say)


def _mixed(parts: list[str]) -> list[str]:
    """By alphabet, or that turned round, so that the order gives nothing away."""
    mixed = sorted(parts)
    return mixed if mixed != parts else mixed[::-1]


def _items(texts: list[str]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(_safe(text)) for text in texts)


def _verdict(parts: Parts) -> Markup:
    return _reason(parts["feedback"]["right"]) if parts["feedback"] else Markup()


def _reason(said: str | None) -> Markup:
    return Markup("<p>{}</p>").format(_safe(said)) if said else Markup()


def _shown(answer: Markup, say: Say) -> Markup:
    return Markup("<details><summary>{}</summary>{}</details>").format(
        say(phrases.SHOW_ANSWER), answer
    )


def _safe(html: str | None) -> Markup:
    return Markup(html or "")  # noqa: S704 - sanitised by the compiler


_BODIES: Mapping[str, Callable[[Parts, Parts, Say], Markup]] = {
    "single": _choice,
    "multiple": _choice,
    "true-false": _truth,
    "numeric": _numeric,
    "short": _short,
    "matching": _matching,
    "ordering": _ordering,
}
