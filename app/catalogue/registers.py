"""Registers: the lists that lie beside the courses: of recommendations and of institutions."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from app.foundation.errors import Refusal
from app.i18n.marking import N_

RECOMMENDATIONS = Path("recommendations") / "recommendations.yaml"


class RegisterMissing(Refusal):
    """A folder of courses has a register; this one has none."""

    says = N_("There is no register %(path)s.")
    mend = N_("Put it beside the courses, or name another folder.")


class RegisterUnreadable(Refusal):
    """Somebody wrote in the register by hand, and no machine can read it any more."""

    says = N_("%(path)s cannot be read at line %(line)s.")
    mend = N_("Look at quotation marks, brackets and indents in this line and the one before.")


def register_at(path: Path) -> Any:
    """What the register says; raises RegisterMissing and RegisterUnreadable."""
    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RegisterMissing(path=path) from None
    except MarkedYAMLError as stop:
        mark = stop.problem_mark or stop.context_mark
        raise RegisterUnreadable(path=path, line=mark.line + 1 if mark else 1) from None
    except (YAMLError, UnicodeDecodeError):
        raise RegisterUnreadable(path=path, line=1) from None


def recommendation_keys(folder: Path) -> frozenset[str]:
    """The ids of the recommendations that the register beside the courses knows."""
    path = folder / RECOMMENDATIONS
    read = register_at(path)
    try:
        return frozenset(str(each["id"]) for each in read["recommendations"])
    except (TypeError, KeyError):
        raise RegisterUnreadable(path=path, line=1) from None
