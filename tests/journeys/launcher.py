"""The launcher: serves in a child process, and serves again each time that one is killed.

It holds the listening socket, so that who asks meanwhile waits instead of being refused, and says
each child's process id on a line of its own. The settings are those of the environment.
"""

import os
import signal
import sys

import app.main  # the children find it imported  # noqa: F401
from app.server import listen, run
from app.settings import from_environment


def main() -> None:
    settings = from_environment()
    listening = listen(settings.host, settings.port)
    is_killed = True
    while is_killed:
        child = os.fork()
        if not child:
            run(settings, listening)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


if __name__ == "__main__":
    main()
