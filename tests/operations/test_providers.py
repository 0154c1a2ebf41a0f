"""The operator's file of providers: read whole, and a fault in it stops the start and says where."""

import pytest

from app.settings import SettingFault, from_environment

GOOD = """
[interior]
issuer = "https://login.interior.example"
client_id = "capacita"
client_secret_file = "{secret}"
label = "Ministry of the Interior"
makes_accounts = true
trusted_domains = ["Interior.example"]
strong_amr = ["mfa"]
institution = "ministry-of-the-interior"
confirms = true
institution_claim = "department"
institutions = {{ D12 = "civil-registry" }}
"""
ISSUER, CLIENT = 'issuer = "https://a.example"', 'client_id = "c"\nclient_secret = "hunter2"'
WHOLE = f'[a]\n{ISSUER}\n{CLIENT}\nlabel = "A"\n'
WRONG = {
    "is no TOML": "[a\n",
    "stands outside of a table": 'issuer = "https://a.example"\n',
    "label Field required": f"[a]\n{ISSUER}\n{CLIENT}\n",
    "provider's issuer": WHOLE.replace("https", "http"),
    '"openid" must be': WHOLE + 'scopes = ["email"]\n',
    "RS256": WHOLE + 'algorithms = ["HS256"]\n',
    "domains of mail in full": WHOLE + 'trusted_domains = ["*.example"]\n',
    "go together": WHOLE + 'institution_claim = "unit"\n',
    "confirms needs": WHOLE + "confirms = true\n",
    "no such entry": WHOLE + "make_accounts = true\n",
    "client_secret_file cannot be read": WHOLE + 'client_secret_file = "nowhere"\n',
    "same issuer": WHOLE + WHOLE.replace("[a]", "[b]"),
    "[A B] key": WHOLE.replace("[a]", '["A B"]'),
}


def test_a_whole_file_is_read_with_its_secret(tmp_path):
    secret, file = tmp_path / "secret", tmp_path / "providers.toml"
    secret.write_text("hunter2\n")
    file.write_text(GOOD.format(secret=secret))
    (provider,) = from_environment({"CAPACITA_PROVIDERS": str(file)}).providers
    assert (provider.key, provider.client_secret) == ("interior", "hunter2")
    assert provider.trusted_domains == ("interior.example",)
    assert provider.institutions == {"D12": "civil-registry"}
    assert "hunter2" not in repr(provider)


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_is_said_in_a_line_with_its_place_and_no_secret(tmp_path, fault):
    file = tmp_path / "providers.toml"
    file.write_text(WRONG[fault])
    with pytest.raises(SettingFault, match="CAPACITA_PROVIDERS is ") as told:
        from_environment({"CAPACITA_PROVIDERS": str(file)})
    assert fault in str(told.value)
    assert "hunter2" not in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(SettingFault, match="cannot be read: No such file"):
        from_environment({"CAPACITA_PROVIDERS": "nowhere.toml"})
