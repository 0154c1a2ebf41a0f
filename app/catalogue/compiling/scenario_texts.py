"""Scenario texts: what players read of a scenario, rendered in one language step by step."""

from hashlib import sha256
from html import escape
from typing import Any

from app.catalogue.compiling.declarations import (
    ScenarioChoice,
    ScenarioStep,
)
from app.catalogue.compiling.documents import Step
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.lines import LineWriter, Surroundings, Where, plain
from app.catalogue.compiling.manuscripts import ScenarioSource
from app.catalogue.compiling.readings import Reading, Said
from app.catalogue.compiling.sanitisers import sanitised
from app.i18n.sayings import saying

BEGINNING = 80


class ScenarioWriter:
    """Writes a scenario's steps as safe HTML, in one language; every block has one owner."""

    def __init__(
        self, scenario: ScenarioSource, reading: Reading, around: Surroundings, faults: Faults
    ) -> None:
        self.scenario, self.reading, self.faults = scenario, reading, faults
        self.owner = f"scenario/{scenario.key}"
        self.lines = LineWriter(around, faults, shows_sources=True, allows_terms=False)
        # A choice is itself a link, so that its text can hold none.
        self.choices = LineWriter(around, faults, shows_sources=False, allows_terms=False)

    @property
    def cited(self) -> list[str]:
        """What the texts written so far cite."""
        return [*self.lines.cited, *self.choices.cited]

    def parts(self) -> dict[str, Any]:
        """The role, and by step its paragraphs, how they begin, and what it says of each choice."""
        said = self.scenario.declaration
        return {
            "role": self._line(self.lines, said.role, "role"),
            "steps": {step.key: self._step(step, number) for number, step in enumerate(said.steps)},
        }

    def _step(self, step: ScenarioStep, number: int) -> dict[str, Any]:
        place, paragraphs = ("steps", number), step.text.split("\n")
        written = [self._line(self.lines, each, *place, "text") for each in paragraphs]
        return {
            "begins": self._begins(paragraphs[0]),
            "html": "".join(f"<p>{each}</p>" for each in written),
            "choices": {
                choice.key: self._choice(choice, *place, "choices", nth)
                for nth, choice in enumerate(step.choices)
            },
        }

    def _choice(self, choice: ScenarioChoice, *steps: Step) -> dict[str, str]:
        text = self._line(self.choices, choice.text, *steps, "text")
        if "<a " in text:
            line = self.scenario.document.line(*steps, "text")
            mend = saying("put the link into its feedback")
            self.faults.add(self.scenario.path, line, saying("a choice holds a link"), mend)
        return {
            "text": text,
            "feedback": self._line(self.lines, choice.feedback, *steps, "feedback"),
        }

    def _begins(self, text: str) -> str:
        said = self.reading.says(self.owner, text)
        return _marked(escape(beginning(plain(said.text)), quote=False), said)

    def _line(self, lines: LineWriter, text: str, *steps: Step) -> str:
        document = self.scenario.document
        said = self.reading.says(self.owner, text)
        return _marked(lines.html(said, Where(document.path, document.line(*steps))), said)


def beginning(text: str) -> str:
    """As much of the text as fits on a line or two, up to the end of a word."""
    if len(text) <= BEGINNING:
        return text
    words = text[: BEGINNING + 1].rpartition(" ")[0]
    return (words if len(words) > BEGINNING // 2 else text[:BEGINNING]).rstrip(" ,.;:–") + "…"


def _marked(html: str, said: Said) -> str:
    return sanitised(f"<span{said.marks}>{html}</span>" if said.marks else html)


def settings_of(scenario: ScenarioSource, decisions: int) -> dict[str, Any]:
    """What leads where: the same in every language; `decisions` are those of the longest path."""
    said = scenario.declaration
    return {
        "start": said.start,
        "decisions": decisions,
        "steps": [
            {
                "key": step.key,
                "choices": [{"key": each.key, "to": each.to} for each in _mixed(scenario, step)],
                "ending": step.ending,
                "lesson": step.lesson,
            }
            for step in said.steps
        ],
    }


def _mixed(scenario: ScenarioSource, step: ScenarioStep) -> list[ScenarioChoice]:
    """The choices in an order that gives nothing away: authors tend to write the wise one first."""

    def place(choice: ScenarioChoice) -> bytes:
        return sha256(f"{scenario.key}/{step.key}/{choice.key}".encode()).digest()

    return sorted(step.choices, key=place)
