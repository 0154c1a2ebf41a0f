"""Role names: the same in a refusal's sentence as on the pages, in every language."""

import pytest

from app.i18n.catalogues import translations_for
from app.i18n.sayings import told
from app.identity.grants import ROLES
from app.identity.role_names import ROLE_NAMES, roles_in_words


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_role_is_called_in_a_sentence_as_on_the_pages(app, language):
    words = app.state.pages.template(language, "identity/_roles.html").make_module()
    said = {role: told(name, translations_for(language)) for role, name in ROLE_NAMES.items()}
    assert said == {role: str(name) for role, name in words.role_names.items()}
    assert set(said) == set(ROLES)


def test_several_roles_are_named_one_after_the_other():
    named = roles_in_words(["administrator", "registrar", "translator-fr"])
    assert named == "Administrator, Registrar, Translator into Français"
    in_french = "Administrateur, Responsable des inscriptions, Traduction en Français"
    assert told(named, translations_for("fr")) == in_french
