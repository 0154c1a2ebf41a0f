"""Webhooks are told at least once, signed, tried for three days, and never inside our own network."""

import base64
import hashlib
import hmac
import json
import socket
import time
from datetime import timedelta
from ipaddress import ip_address

import pytest
from lxml import html
from sqlalchemy import select, update

from app.credentials.certificates import Certificate, revoke
from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, end_grant, standing_grant
from app.identity.placements import place
from app.interop import connections
from app.interop.connections import (
    AddressNotAllowed,
    NotReached,
    is_open,
    resolved,
    send,
    target_of,
)
from app.interop.deliveries import FAILING_DAYS, PAUSES, Delivery
from app.interop.signatures import signature_of
from app.interop.webhooks import KINDS, Webhook, change_secret, set_webhook
from app.main import worker_of
from app.queue.jobs import Job
from tests.browser import may_turn
from tests.makers.courses import make_course
from tests.makers.interop import Program, make_api_token
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_interior
from tests.makers.receivers import dripping, receiving


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"private_webhooks": True})


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def webhook(db, chloe, awa, dara, receiver):
    """A webhook of the ministry that hears of everything."""
    unit = make_interior(db)
    made = set_webhook(db, chloe.id, unit.id, receiver.address, KINDS, is_private_allowed=True)
    db.commit()
    return made


@pytest.fixture
def work(app, db):
    """Run all that the queue holds, as if every pause were over."""
    worker = worker_of(app)

    def run() -> None:
        db.execute(update(Job).where(Job.done_at.is_(None)).values(run_at=clock.now()))
        db.commit()
        worker.run_until_idle()
        db.expire_all()
        db.commit()

    return run


def test_what_happens_in_the_tree_is_told_once_and_without_names(
    db, webhook, receiver, work, awa, dara
):
    version = make_course(db)
    for person in (awa, dara):
        complete(db, make_enrolment(db, person, version))
    place(db, awa.id, make_institute(db).id, confirmed_by=awa.id)
    code = db.scalars(select(Certificate.code).order_by(Certificate.id)).first()
    revoke(db, None, code, "mistake")
    db.commit()
    work()
    told = [json.loads(each.body) for each in receiver.came]
    kinds = [each["type"] for each in told if each["data"]["person"] == str(awa.subject)]
    assert sorted(kinds) == sorted(KINDS)
    assert str(dara.subject) not in str(told)
    done = next(each["data"] for each in told if each["type"] == "completion")
    assert (done["institution"], done["round"], done["version"]) == ("institute", 1, 1)
    assert b"Awa" not in b"".join(each.body for each in receiver.came)
    ids = [each.headers["webhook-id"] for each in receiver.came]
    assert len(ids) == len(set(ids)) == len(KINDS)
    work()
    assert len(receiver.came) == len(KINDS)


def test_a_message_is_signed_as_standard_webhooks_says(db, webhook, receiver, work, awa, chloe):
    old = webhook.secret
    new = change_secret(db, chloe.id, webhook)
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    work()
    came = receiver.came[-1]
    signed = ".".join([came.headers["webhook-id"], came.headers["webhook-timestamp"], ""]).encode()
    expected = []
    for secret in (new, old):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, signed + came.body, hashlib.sha256).digest()
        expected.append("v1," + base64.b64encode(digest).decode())
    assert came.headers["webhook-signature"].split() == expected
    assert came.path == "/hook?from=capacita"
    assert came.headers["content-type"] == "application/json"


def test_the_signature_is_the_one_of_the_standards_own_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_does_not_arrive_is_tried_with_growing_pauses_and_the_same_id(
    db, webhook, receiver, work, awa, chloe
):
    receiver.statuses = [500, 302, 204]
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    for _ in range(3):
        work()
    delivery = db.scalars(select(Delivery).where(Delivery.webhook_id == webhook.id)).one()
    assert (delivery.tries, delivery.status, delivery.state) == (3, 204, "arrived")
    assert len(receiver.came) == 3  # a redirect was not followed
    assert len({each.headers["webhook-id"] for each in receiver.came}) == 1
    assert len({each.body for each in receiver.came}) == 1
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(days=3) <= timedelta(seconds=sum(PAUSES)) < timedelta(days=4)


def test_a_webhook_that_fails_for_days_is_switched_off_with_a_letter(
    db, webhook, receiver, work, awa, chloe, settings
):
    receiver.statuses = [410]
    webhook.failing_since = clock.now() - timedelta(days=FAILING_DAYS)
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    work()
    assert db.get(Webhook, webhook.id).state == "off"
    letters = "".join(each.read_text() for each in (settings.storage / "mail").iterdir())
    assert "A webhook of yours was switched off" in letters
    place(db, awa.id, None)
    db.commit()
    work()
    assert len(receiver.came) == 1


def test_a_message_is_given_up_after_three_days(db, webhook, receiver, work, awa, chloe):
    receiver.statuses = [500]
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    for _ in range(len(PAUSES) + 2):
        work()
    delivery = db.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.tries) == ("given-up", len(PAUSES) + 1)
    assert len(receiver.came) == len(PAUSES) + 1


def test_who_looks_after_the_institution_no_more_hears_nothing(
    db, webhook, receiver, work, awa, chloe
):
    end_grant(db, standing_grant(db, chloe.id, ADMINISTRATOR, make_interior(db).id))
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    work()
    assert receiver.came == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "fec0::1", "feff::1",
    ],
)  # fmt: skip
def test_an_address_inside_is_closed(address):
    assert not is_open(ip_address(address))


def test_an_address_outside_is_open():
    assert is_open(ip_address("93.184.216.34"))
    assert is_open(ip_address("2606:2800:220:1::1"))


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/x",
        "https://user:pass@example.org/", "ftp://example.org", "https://", "https://a b.example/",
        "https://example.org/#part", "https://example.org:99999/", "https://[::1", "file:///etc",
    ],
)  # fmt: skip
def test_an_address_that_may_lead_inside_is_refused(address):
    with pytest.raises(AddressNotAllowed):
        target_of(address, is_private_allowed=False)


def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(monkeypatch, receiver):
    """The resolver of the machine is the outer edge here: it says what a hostile name would."""
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: both)
    target = target_of("https://hooks.example.org/x", is_private_allowed=False)
    with pytest.raises(AddressNotAllowed):
        resolved(target, is_private_allowed=False)
    with pytest.raises(AddressNotAllowed):
        send("https://hooks.example.org/x", b"", {}, is_private_allowed=False)
    assert receiver.came == []


def test_a_receiver_that_drips_bytes_holds_the_worker_no_longer_than_is_said(monkeypatch):
    monkeypatch.setattr(connections, "SECONDS", 0.4)
    with dripping() as address:
        began = time.monotonic()
        with pytest.raises(NotReached, match="TooSlow"):
            send(address, b"{}", {}, is_private_allowed=True)
        assert 0.3 < time.monotonic() - began < 5


def test_an_administrator_sets_tries_and_ends_a_webhook(db, eve, chloe, receiver, work):
    make_interior(db)
    db.commit()
    own, base = eve.as_(chloe), "/en/institutions/ministry-of-the-interior/webhooks"
    told = {"address": "ftp://example.org", "kinds": ["completion", "placement"]}
    wrong = own.post(base, told)
    assert wrong.status_code == 409
    assert "ftp://example.org" in wrong.text
    assert wrong.text.count(" checked") == 2
    made = own.post(base, {"address": receiver.address, "kinds": ["placement"]})
    assert (made.status_code, made.text.count("whsec_"), may_turn(made)) == (201, 1, False)
    key = db.scalars(select(Webhook.key)).one()
    db.commit()
    assert "whsec_" not in own.get(f"{base}/{key}").text
    assert own.post(f"{base}/{key}/test").status_code == 303
    work()
    assert json.loads(receiver.came[0].body)["type"] == "test"
    assert "Arrived" in own.get(f"{base}/{key}").text
    shown = html.fromstring(own.get(f"{base}/{key}").text)
    asked = shown.xpath("//details/form/@action")
    assert asked == [f"{base}/{key}/secret", f"{base}/{key}/ending"], "a second press is needed"
    assert "whsec_" in own.post(f"{base}/{key}/secret").text
    assert own.post(f"{base}/{key}/on").status_code == 303
    assert own.post(f"{base}/{key}/ending").status_code == 303
    assert own.get(f"{base}/{key}").status_code == 404


def test_a_program_sets_and_ends_a_webhook(db, eve, chloe, receiver):
    program = Program(eve, make_api_token(db, chloe, make_interior(db)))
    made = program.post("/webhooks", {"address": receiver.address, "kinds": ["completion"]})
    assert made.json()["secret"].startswith("whsec_")
    listed = program.get("/webhooks").json()["webhooks"]
    assert [(each["id"], "secret" in each) for each in listed] == [(made.json()["id"], False)]
    assert program.ask("DELETE", f"/webhooks/{made.json()['id']}").status_code == 204
    assert program.ask("DELETE", f"/webhooks/{made.json()['id']}").status_code == 404


def test_an_administrator_makes_and_revokes_a_token(db, eve, chloe, dara):
    make_interior(db)
    db.commit()
    own, base = eve.as_(chloe), "/en/institutions/ministry-of-the-interior/tokens"
    wrong = own.post(base, {"name": "", "last_day": "2999-01-01"})
    assert wrong.status_code == 422
    assert "Choose at least one scope." in wrong.text
    both = {"name": "", "scopes": ["units:read", "counts:read"], "last_day": "2999-01-01"}
    assert own.post(base, both).text.count(" checked") == 2
    last_day = (clock.now().date() + timedelta(days=3)).isoformat()
    told = {"name": "Nightly", "scopes": ["units:read"], "last_day": last_day}
    made = own.post(base, told)
    token = made.text.partition('dir="ltr">cap_')[2].partition("<")[0]
    assert Program(eve, f"cap_{token}").get("/units").status_code == 200
    listed = own.get(base).text
    assert token not in listed
    assert (may_turn(made), may_turn(own.get(base))) == (False, True)
    key = listed.partition("/tokens/")[2].partition("/")[0]
    assert own.post(f"{base}/{key}/revocation").status_code == 303
    assert Program(eve, f"cap_{token}").get("/units").status_code == 401
    assert eve.as_(dara).get(base).status_code == 403
