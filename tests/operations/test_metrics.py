"""Metrics: off unless asked for; then they count by route, and know nobody."""

from prometheus_client import CollectorRegistry, generate_latest

from app.main import create_app
from app.settings import Settings
from app.web.metrics import RequestMetrics
from tests.browser import Browser


def counted(settings: Settings, portal, *paths: str) -> str:
    app = create_app(settings)
    registry = CollectorRegistry()
    app.add_middleware(RequestMetrics, registry=registry)
    with Browser(app, portal) as browser:
        for path in paths:
            browser.get(path)
    app.state.threads.shutdown(wait=True)
    app.state.engines.close()
    return generate_latest(registry).decode()


def test_metrics_are_off_unless_a_private_address_is_set(settings, app):
    assert RequestMetrics not in [each.cls for each in app.user_middleware]
    other = create_app(settings.model_copy(update={"metrics": "127.0.0.1:9100"}))
    assert RequestMetrics in [each.cls for each in other.user_middleware]
    other.state.threads.shutdown()
    other.state.engines.close()


def test_answers_are_counted_by_route_method_and_status(settings, portal):
    found = counted(settings, portal, "/en/", "/en/", "/en/awa@example.org?q=hunter2")
    one = 'capacita_requests_total{method="GET",route="%s",status="%s"} %s'
    assert one % ("show_catalogue", 200, "2.0") in found
    assert one % ("none", 404, "1.0") in found
    assert 'capacita_request_seconds_count{route="show_catalogue"} 2.0' in found
    assert "awa" not in found
    assert "hunter2" not in found


def test_the_application_itself_offers_no_metrics(eve):
    assert eve.get("/metrics").status_code in {302, 404}
    assert eve.get("/en/metrics").status_code == 404
