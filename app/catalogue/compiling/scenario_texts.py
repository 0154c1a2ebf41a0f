"""Scenario texts: what players read of a scenario, rendered in one language step by step."""

from typing import Any

from app.catalogue.compiling.declarations import ScenarioDeclaration, ScenarioStep
from app.catalogue.compiling.documents import Step
from app.catalogue.compiling.lines import LineWriter, Where
from app.catalogue.compiling.manuscripts import ScenarioSource
from app.catalogue.compiling.readings import Reading
from app.catalogue.compiling.sanitisers import sanitised


class ScenarioWriter:
    """Writes a scenario's steps as safe HTML, in one language; every block has one owner."""

    def __init__(self, scenario: ScenarioSource, reading: Reading, lines: LineWriter) -> None:
        self.scenario, self.reading, self.lines = scenario, reading, lines
        self.owner = f"scenario/{scenario.key}"

    def parts(self) -> dict[str, Any]:
        """The role, and by step its paragraphs and what it says of each choice."""
        said = self.scenario.declaration
        return {
            "role": self._line(said.role, "role"),
            "steps": {step.key: self._step(step, number) for number, step in enumerate(said.steps)},
        }

    def _step(self, step: ScenarioStep, number: int) -> dict[str, Any]:
        place = ("steps", number)
        paragraphs = [self._line(part, *place, "text") for part in step.text.split("\n")]
        return {
            "html": "".join(f"<p>{each}</p>" for each in paragraphs),
            "choices": {
                choice.key: {
                    "text": self._line(choice.text, *place, "choices", nth, "text"),
                    "feedback": self._line(choice.feedback, *place, "choices", nth, "feedback"),
                }
                for nth, choice in enumerate(step.choices)
            },
        }

    def _line(self, text: str, *steps: Step) -> str:
        document = self.scenario.document
        said = self.reading.says(self.owner, text)
        html = self.lines.html(said, Where(document.path, document.line(*steps)))
        return sanitised(f"<span{said.marks}>{html}</span>" if said.marks else html)


def settings_of(said: ScenarioDeclaration, decisions: int) -> dict[str, Any]:
    """What leads where: the same in every language; `decisions` are those of the longest path."""
    return {
        "start": said.start,
        "decisions": decisions,
        "steps": [
            {
                "key": step.key,
                "choices": [{"key": choice.key, "to": choice.to} for choice in step.choices],
                "ending": step.ending,
                "lesson": step.lesson,
            }
            for step in said.steps
        ],
    }
