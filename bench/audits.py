"""Audits: what Lighthouse says of the main pages, on a phone with a slow line, run by run."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median_low

import click

from app.settings import ROOT
from bench.servers import HOST, free_port

FOLDER, PAGE = ROOT / "bench" / "lighthouse", ROOT / "docs" / "lighthouse.md"
PATHS = {
    "catalogue": "/en/",
    "course": "/en/courses/human-factor",
    "lesson": "/en/courses/human-factor/lessons/why-people-count",
    "help": "/en/help",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST, RUNS = 98, 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
Scores = dict[str, int]


@click.command()
@click.option("--record", is_flag=True, help="Write docs/lighthouse.md too.")
@click.option("--runs", default=RUNS, help="Runs of each page; the middle one counts.")
def audit(*, record: bool, runs: int) -> None:
    """Audit a demo server of this clone; exits with 1 if a score is below 98."""
    with tempfile.TemporaryDirectory() as folder:
        port, place = free_port(), Path(folder)
        server = _served(port, place)
        try:
            found = {
                name: _middle(
                    [_scores(f"http://{HOST}:{port}{path}", place) for _run in range(runs)]
                )
                for name, path in PATHS.items()
            }
        finally:
            server.terminate()
            server.wait(timeout=40)
    page = report(found, runs)
    click.echo(page)
    if record:
        PAGE.write_text(page)
    sys.exit(any(score < LEAST for scores in found.values() for score in scores.values()))


def _served(port: int, folder: Path) -> subprocess.Popen[bytes]:
    """A server with the demo and all courses, once it answers."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CAPACITA_")}
    own |= {
        "DATABASE_URL": f"sqlite:///{folder / 'audit.sqlite3'}",
        "CAPACITA_STORAGE": str(folder),
        "CAPACITA_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "app", "serve", "--prepare", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL)
    curl = ["curl", "--silent", "--fail", "--retry", "120", "--retry-delay", "1"]
    subprocess.run(
        [*curl, "--retry-connrefused", f"http://{HOST}:{port}/health/ready"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return server


def _scores(address: str, folder: Path) -> Scores:
    """The score of each category in one run, from 0 to 100."""
    out = folder / "audit.json"
    program = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    subprocess.run(
        [
            "node", str(FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"), address,
            "--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={FLAGS}",
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        check=True,
        env=dict(os.environ) | {"CHROME_PATH": program},
    )  # fmt: skip
    told = json.loads(out.read_text())["categories"]
    return {name: round((told[name]["score"] or 0) * 100) for name in CATEGORIES}


def _middle(runs: list[Scores]) -> Scores:
    return {name: median_low([run[name] for run in runs]) for name in CATEGORIES}


def report(found: dict[str, Scores], runs: int) -> str:
    """The scores as a page of the docs."""
    version = json.loads((FOLDER / "package.json").read_text())["devDependencies"]["lighthouse"]
    load = os.getloadavg()[0]
    lines = [
        "# Lighthouse", "",
        "`bin/lighthouse --record` writes this page. It serves a demo of this clone and lets Lighthouse",
        f"{version}",
        "open the main pages with the system's Chromium, as a phone with a slow processor and a slow line",
        f"(its default, simulated). Runs of each page: {runs}, the middle one counts; from 0 to 100, the aim is",
        f"{LEAST} in every category. Performance is timed, so a busy machine lowers it; the rest is not.", "",
        f"Measured on {datetime.now(UTC):%-d %B %Y}, load {load:.1f} at the end.", "",
        "| Page | " + " | ".join(CATEGORIES) + " |",
        "| --- " * (len(CATEGORIES) + 1) + "|",
    ]  # fmt: skip
    for name, scores in found.items():
        cells = [
            str(scores[each]) if scores[each] >= LEAST else f"{scores[each]} **missed**"
            for each in CATEGORIES
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    audit(prog_name="bin/lighthouse")
