"""Settings: a wrong one is named with its mend, a secret one is never repeated, all are on a page."""

import re

import pytest

from app.__main__ import settings_page
from app.settings import ROOT, SettingFault, Settings, from_environment, variable_of

WRONG = {
    "DATABASE_URL": "mysql://root:hunter2@db/x",
    "CAPACITA_READ_DATABASE_URL": "mysql://root:hunter2@db/x",
    "CAPACITA_PUBLIC_URL": "learn.example.org",
    "CAPACITA_PORT": "70000",
    "CAPACITA_WORKERS": "none",
    "CAPACITA_THREADS": "0",
    "CAPACITA_TRUSTED_PROXIES": "10.0.0.0/8,proxy",
    "CAPACITA_MAIL": "mail://user:hunter2@host",
    "CAPACITA_METRICS": "8.8.8.8:9100",
    "CAPACITA_LOG_LEVEL": "loud",
    "CAPACITA_PSEUDO_LANGUAGES": "perhaps",
}


@pytest.mark.parametrize("variable", WRONG)
def test_a_wrong_setting_is_named(variable: str):
    with pytest.raises(SettingFault, match=variable) as fault:
        from_environment({variable: WRONG[variable]})
    assert "hunter2" not in str(fault.value)
    assert len(str(fault.value).splitlines()) == 1


def test_all_wrong_settings_are_named_at_once():
    with pytest.raises(SettingFault) as fault:
        from_environment(WRONG)
    assert [line.split()[0].strip(":") for line in str(fault.value).splitlines()] == [*WRONG]


def test_a_file_has_no_replica():
    with pytest.raises(SettingFault, match="CAPACITA_READ_DATABASE_URL needs PostgreSQL"):
        from_environment({"CAPACITA_READ_DATABASE_URL": "postgresql://replica/capacita"})


def test_what_is_given_wins_over_the_environment():
    settings = from_environment({"CAPACITA_PORT": "9000", "CAPACITA_HOST": ""}, port=9001)
    assert (settings.port, settings.host) == (9001, "127.0.0.1")


@pytest.mark.parametrize("address", ["0.0.0.0:9100", "[::]:9100", "9100", "localhost:9100"])
def test_metrics_are_never_offered_to_all(address: str):
    with pytest.raises(SettingFault, match="private address"):
        from_environment({"CAPACITA_METRICS": address})


def test_the_page_of_settings_is_not_stale():
    assert (ROOT / "docs" / "settings.md").read_text() == settings_page(), (
        "run: bin/capacita settings > docs/settings.md"
    )


def test_the_page_names_every_setting_and_no_place_of_this_machine():
    page = settings_page()
    cells = [re.findall(r"(?<!\\)\|", line) for line in page.splitlines() if line.startswith("| `")]
    assert {len(each) for each in cells} == {4}, "a bar in a meaning begins another cell"
    assert all(f"`{variable_of(name)}`" in page for name in Settings.model_fields)
    assert str(ROOT) not in page
