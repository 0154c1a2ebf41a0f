"""Commands of bulletins: the key that signs them."""

import click

from app.foundation.database import open_engines
from app.settings import Settings
from app.statistics.bulletins.keys import key_that_signs, renew_key


@click.command("signing-key")
@click.option("--renew", is_flag=True, help="Make a new key, and destroy the secret of this one.")
@click.pass_obj
def signing_key(settings: Settings, *, renew: bool) -> None:
    """Say which key signs bulletins; the first one is made when it is first asked for."""
    engines = open_engines(settings.database_url, 1)
    try:
        with engines.writing() as db:
            find = renew_key if renew else key_that_signs
            key = find(db, settings.storage)
            click.echo(f"{key.id} {key.text}")
    finally:
        engines.close()
