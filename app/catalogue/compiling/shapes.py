"""Shapes: what may stand where, for editors and for putting fields in order."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from app.catalogue.compiling.declarations import (
    Bibliography,
    CourseDeclaration,
    Glossary,
    LessonHead,
    ModuleDeclaration,
    QuizDeclaration,
    RecallSet,
    ScenarioDeclaration,
)

SCHEMAS: Mapping[str, type[BaseModel]] = {
    "bibliography": Bibliography,
    "course": CourseDeclaration,
    "glossary": Glossary,
    "lesson": LessonHead,
    "module": ModuleDeclaration,
    "quiz": QuizDeclaration,
    "recall": RecallSet,
    "scenario": ScenarioDeclaration,
}

Schema = Mapping[str, Any]


def schema_file(name: str) -> str:
    """The JSON Schema of one kind of file, as it is written to docs/schema/."""
    schema = SCHEMAS[name].model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


@lru_cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


class Place:
    """A place in a declaration, walked down step by step beside a document."""

    def __init__(self, whole: Schema, here: Schema | None = None) -> None:
        self._whole = whole
        self._here = self._resolved(whole if here is None else here)

    @classmethod
    def of(cls, model: type[BaseModel]) -> "Place":
        return cls(_schema(model))

    @property
    def fields(self) -> list[str]:
        """The names of the fields that may stand here, in canonical order."""
        return list(self._here.get("properties", {}))

    def under(self, step: str | int) -> "Place":
        """The place at an entry of a list, at a field, or of one type of item."""
        if isinstance(step, int):
            return Place(self._whole, self._here.get("items", {}))
        if step in self._here.get("properties", {}):
            return Place(self._whole, self._here["properties"][step])
        kinds = self._here.get("discriminator", {}).get("mapping", {})
        return Place(self._whole, {"$ref": kinds[step]} if step in kinds else {})

    def _resolved(self, here: Schema) -> Schema:
        for choice in here.get("anyOf", ()):
            if "$ref" in choice:
                here = choice
        name = str(here.get("$ref", "")).rpartition("/")[2]
        found: Schema = self._whole.get("$defs", {}).get(name, here) if name else here
        return found
