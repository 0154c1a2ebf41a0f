"""Role names: how a sentence calls the roles that somebody holds."""

from collections.abc import Sequence

from app.i18n.languages import UNITED_NATIONS
from app.i18n.sayings import Saying, saying
from app.identity.grants import (
    ADMINISTRATOR,
    AUDITOR,
    AUTHOR,
    PUBLISHER,
    REGISTRAR,
    REPORTER,
    REVIEWER,
    TRANSLATOR,
)

ROLE_NAMES = {
    ADMINISTRATOR: saying("Administrator"),
    REGISTRAR: saying("Registrar"),
    REPORTER: saying("Reporter"),
    AUDITOR: saying("Auditor"),
    AUTHOR: saying("Author"),
    REVIEWER: saying("Reviewer"),
    PUBLISHER: saying("Publisher"),
} | {
    TRANSLATOR(each.code): saying("Translator into %(language)s", language=each.name)
    for each in UNITED_NATIONS
}


def roles_in_words(roles: Sequence[str]) -> Saying:
    """One role or more by their names, one after the other."""
    first, *others = roles
    made = ROLE_NAMES[first]
    for role in others:
        made = saying("%(some)s, %(name)s", some=made, name=ROLE_NAMES[role])
    return made
