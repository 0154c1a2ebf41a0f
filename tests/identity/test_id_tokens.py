"""ID tokens: only what the provider itself signed, for us, for this sign-in and now, is believed."""

import time
from collections.abc import Iterator

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from app.identity.federation import conversations
from app.identity.federation.conversations import ProviderAway
from app.identity.federation.discoveries import FRESH, SOONEST, Providers
from app.identity.federation.id_tokens import TokenRefused, Vouched, check_id_token
from tests.makers.providers import SECRET, Issuer, issuing

NOW = int(time.time())
OTHER = ECKey.generate_key("P-256", {"kid": "first"})
LIES = {
    "nonce": {"nonce": "another"},
    "nonce that is missing": {"nonce": None},
    "exp": {"exp": NOW - 3600},
    "exp that is missing": {"exp": None},
    "exp that is text": {"exp": "later"},
    "aud": {"aud": "another-client"},
    "aud that is missing": {"aud": None},
    "aud of several, made for nobody": {"aud": ["capacita", "another-client"]},
    "aud of several, made for another": {"aud": ["capacita", "b"], "azp": "b"},
    "aud right, made for another": {"azp": "another-client"},
    "iss": {"iss": "https://login.elsewhere.example"},
    "iat": {"iat": NOW + 3600},
    "nbf": {"nbf": NOW + 3600},
    "sub": {"sub": None},
    "sub that is a number": {"sub": 7},
    "sub that is too long": {"sub": "n" * 256},
}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def checked(issuer: Issuer, token: object, clock: Clock | None = None) -> Vouched:
    provider = issuer.provider()
    return check_id_token(token, provider, Providers((provider,), clock or Clock()), "n0nce")


def test_an_honest_token_says_who_and_how_strongly(issuer):
    token = issuer.token("n0nce", acr="high", amr=["pwd", "mfa"], aud=["capacita"], azp="capacita")
    vouched = checked(issuer, token)
    assert (vouched.subject, vouched.acr, vouched.amr) == ("n-1", "high", ("pwd", "mfa"))
    assert vouched.proved_at is not None


@pytest.mark.parametrize("skew", [-50, 50])
def test_a_clock_that_is_a_little_off_is_no_fault(issuer, skew):
    shifted = {"iat": NOW + skew, "nbf": NOW + skew, "exp": int(time.time()) + skew}
    assert checked(issuer, issuer.token("n0nce", **shifted)).subject == "n-1"


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_refused(issuer, lie):
    with pytest.raises(TokenRefused) as refused:
        checked(issuer, issuer.token("n0nce", **LIES[lie]))
    assert refused.value.values["why"] == lie.split()[0]


def test_every_algorithm_of_the_list_is_taken(issuer):
    for algorithm, key in (
        ("RS256", RSAKey.generate_key(2048, {"kid": "rsa"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "ed"})),
    ):
        issuer.keys = [key.as_dict(private=False), *issuer.keys]
        token = issuer.token("n0nce", key, {"alg": algorithm, "kid": key.kid})
        assert checked(issuer, token).subject == "n-1"


def test_no_other_algorithm_is_taken(issuer):
    honest = issuer.token("n0nce")
    payload = honest.split(".")[1]
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    by_secret = issuer.token("n0nce", OctKey.import_key(SECRET * 3), {"alg": "HS256"})
    for token in (f"{none}.{payload}.", by_secret):
        with pytest.raises(TokenRefused) as refused:
            checked(issuer, token)
        assert refused.value.values["why"] == "algorithm"


def test_what_others_signed_or_changed_is_refused(issuer):
    honest = issuer.token("n0nce")
    head, payload, signature = honest.split(".")
    other_head, other_payload, _ = issuer.token("n0nce", sub="n-2").split(".")
    for token in (
        issuer.token("n0nce", OTHER),  # another key under the same name
        issuer.token("n0nce", OTHER, {"kid": "second"}),
        f"{other_head}.{other_payload}.{signature}",
        f"{head}.{payload}.{signature}.{signature}",
        f"{head}.{payload}.",
        "a.b.c",
        "x" * 70_000,
        None,
        {"sub": "n-1"},
    ):
        with pytest.raises(TokenRefused):
            checked(issuer, token)


def test_a_key_of_the_provider_that_is_too_weak_proves_nothing(issuer):
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, {"kid": "weak"})
    issuer.keys = [weak.as_dict(private=False)]
    token = issuer.token("n0nce", weak, {"alg": "RS256", "kid": "weak"})
    with pytest.warns(SecurityWarning), pytest.raises(TokenRefused):
        checked(issuer, token)


def test_a_new_key_is_found_and_a_forged_name_asks_nobody_twice(issuer):
    clock, provider = Clock(), issuer.provider()
    providers = Providers((provider,), clock)
    check_id_token(issuer.token("n0nce"), provider, providers, "n0nce")
    second = ECKey.generate_key("P-256", {"kid": "second"})
    issuer.keys = [second.as_dict(private=False)]
    token = issuer.token("n0nce", second, {"kid": "second"})
    for seconds, is_taken in ((1, False), (SOONEST + 1, True)):
        clock.seconds = seconds
        if is_taken:
            assert check_id_token(token, provider, providers, "n0nce").subject == "n-1"
        else:
            with pytest.raises(TokenRefused):
                check_id_token(token, provider, providers, "n0nce")
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys", "/keys"]


def test_what_was_found_counts_for_an_hour_and_on_while_the_provider_is_away(issuer):
    clock, provider = Clock(), issuer.provider()
    providers = Providers((provider,), clock)
    first = providers.metadata("interior")
    clock.seconds = FRESH - 1
    assert providers.metadata("interior") == first
    assert len(issuer.asked) == 1
    clock.seconds = FRESH + 1
    issuer.statuses["/.well-known/openid-configuration"] = 500
    assert providers.metadata("interior") == first
    assert len(issuer.asked) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://login.elsewhere.example"},
        {"token_endpoint": "http://login.elsewhere.example/token"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_speaks_for_another_or_without_tls_is_not_asked(issuer, told):
    issuer.metadata |= told
    with pytest.raises(ProviderAway):
        checked(issuer, issuer.token("n0nce"))


def test_who_talks_without_end_or_is_gone_is_away(issuer):
    issuer.metadata["padding"] = "x" * conversations.MOST_BYTES
    with pytest.raises(ProviderAway):
        checked(issuer, issuer.token("n0nce"))
    gone = issuer.provider(issuer="http://127.0.0.1:9")
    with pytest.raises(ProviderAway):
        Providers((gone,), Clock()).metadata("interior")
