"""Metrics: how many requests, how they ended and how long they took; numbers without persons."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.logs import method_name, route_name

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class RequestMetrics:
    """Counts answers by route, method and status, and times them by route."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry | None = None) -> None:
        self.app = app
        self.registry = registry or CollectorRegistry()
        self.requests = Counter(
            "capacita_requests",
            "Answers given.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "capacita_request_seconds",
            "Time from the request to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            route = route_name(scope)
            self.requests.labels(route, method_name(scope), status).inc()
            self.seconds.labels(route).observe(time.perf_counter() - started)


class Gauges(Collector):
    """Numbers that are asked for when Prometheus asks; none while they cannot be had."""

    def __init__(self, ask: Callable[[], Mapping[str, float]]) -> None:
        self.ask = ask

    def describe(self) -> list[Metric]:
        """Nothing yet: registering must not ask anybody."""
        return []

    def collect(self) -> Iterator[Metric]:
        for name, value in self.ask().items():
            yield GaugeMetricFamily(name, name.replace("_", " "), value=value)


def listen_for_scrapes(
    address: str, folder: Path, gauges: Callable[[], Mapping[str, float]]
) -> int:
    """Answer Prometheus at a private host:port with what all processes wrote into the folder.

    Runs in a thread of its own; answers the port it listens on.
    """
    host, _, port = address.rpartition(":")
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # untyped
    registry.register(Gauges(gauges))
    server, _thread = start_http_server(int(port), host.strip("[]"), registry)
    return int(server.server_port)
