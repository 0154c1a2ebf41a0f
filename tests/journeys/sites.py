"""Sites: the whole platform with its real courses on a free port, for browsers to walk through."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import uvicorn
from sqlalchemy.orm import Session

from app.catalogue.publications import publish_folder
from app.identity.access import cookie_name
from app.identity.agreements import agree
from app.identity.grants import ROLES, grant
from app.identity.institutions import Institution
from app.identity.passwords import hash_of
from app.identity.placements import place
from app.identity.sign_ins import open_sign_in
from app.identity.users import sign_up, user_called
from app.main import create_app
from app.settings import ROOT, Settings
from tests.makers.mails import delivered, link_in
from tests.makers.people import make_institute, make_interior

PASSWORD = "three plain words"
SECONDS_TO_START = 60
WALKED = ("human-factor", "leadership-and-learning")


class Person(NamedTuple):
    """Somebody who signs in with PASSWORD."""

    name: str
    email: str


class Site:
    """Served by a thread of this process while entered; `app` holds its database and settings."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self.listening.getsockname()[1]}"
        self.app = create_app(
            Settings(
                database_url=database_url,
                storage=folder,
                public_url=self.address,
                pseudo_languages=True,
                in_process_worker=False,
            )
        )
        self.engines = self.app.state.engines
        with self.engines.writing() as db:
            publish_folder(db, ROOT / "courses", WALKED)
            make_institute(db)
        self.password_hash = hash_of(PASSWORD)
        self.numbers = itertools.count(1)
        self.server = uvicorn.Server(
            uvicorn.Config(
                self.app,
                http="httptools",
                loop="asyncio",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
            )
        )
        sockets = {"sockets": [self.listening]}
        self.thread = threading.Thread(target=self.server.run, kwargs=sockets, name="site")

    def __enter__(self) -> Self:
        self.thread.start()
        end = time.monotonic() + SECONDS_TO_START
        while not self.server.started:
            assert self.thread.is_alive(), "the server ended before it served"
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.02)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.server.should_exit = True
        self.thread.join()

    def somebody(self, first_name: str) -> Person:
        """A name and an address that nobody has here yet."""
        number = next(self.numbers)
        return Person(f"{first_name} Okafor {number}", f"{first_name.lower()}.{number}@example.org")

    def learner(self) -> Person:
        """A person at the institute with an account and nothing learned."""
        return self._person("Awa", make_institute)

    def administrator(self) -> Person:
        """Administrator and registrar of the ministry above the institute."""
        return self._person("Chloe", make_interior, ROLES)

    def _person(
        self,
        first_name: str,
        institution_in: Callable[[Session], Institution],
        roles: tuple[str, ...] = (),
    ) -> Person:
        who = self.somebody(first_name)
        with self.engines.writing() as db:
            institution = institution_in(db)
            user = sign_up(
                db,
                name=who.name,
                email=who.email,
                language="en",
                password_hash=self.password_hash,
            )
            agree(db, user.id)
            place(db, user.id, institution.id)
            for role in roles:
                grant(db, user.id, role, institution.id)
        return who

    def cookie_of(self, who: Person) -> dict[str, str]:
        """The cookie of a new browser in which this person is signed in."""
        with self.engines.writing() as db:
            token = open_sign_in(db, user_id_of(db, who))
        return {"name": cookie_name(secure=False), "value": token, "url": self.address}

    def link_mailed_to(self, who: Person) -> str:
        """The path in the one letter that this person was sent since the last look."""
        (letter,) = [each for each in delivered(self.app) if each["To"] == who.email]
        return link_in(letter, self.app)


def user_id_of(db: Session, who: Person) -> int:
    user = user_called(db, who.email)
    assert user is not None, f"{who.email} has no account"
    return user.id
