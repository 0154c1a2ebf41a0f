"""The post: runs the queue, and reads what was written into the mail folder."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from fastapi import FastAPI

from app.main import worker_of


def delivered(app: FastAPI) -> list[EmailMessage]:
    """Run all due jobs, then hand out the letters in the order they were written, once."""
    worker_of(app).run_until_idle()
    folder = app.state.settings.storage / "mail"
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letters = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    for path in paths:
        path.unlink()
    return letters


def text_of_letter(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()


def link_in(letter: EmailMessage, app: FastAPI) -> str:
    """The path of the only link in a letter's text; it leads to this site."""
    public_url = re.escape(app.state.settings.public_url)
    (path,) = re.findall(rf"{public_url}(/\S+)", text_of_letter(letter))
    return path
