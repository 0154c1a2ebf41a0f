"""Makers of bulletins: contents as values, without a database."""

from app.statistics.bulletins.contents import Before, Code, Content, PublicRow, PublicTable

FIRST_AID, NIGHTS = "first-aid-at-work", "night-shifts"


def make_content(**changes: object) -> Content:
    """A quarter of two courses at the ministry of the interior, with a figure that is too small."""
    courses = {FIRST_AID: "First aid, at work", NIGHTS: "Night “shifts”"}
    content = Content(
        key="interior-2026-q1",
        revision=1,
        titles={"en": "Learning", "fr": "Apprentissage", "ar": "التعلم"},
        institution="ministry-of-the-interior",
        institution_names=dict.fromkeys(("en", "fr", "ar"), "Ministry of the Interior"),
        since="2026-01",
        until="2026-03",
        as_of="2026-04-02T08:00:00Z",
        threshold=5,
        measures=("enrolled", "completed", "hours"),
        codes={
            "course": tuple(named(code, name) for code, name in courses.items()),
            "gender": (named("woman", "Woman"), named("_U", "not said")),
        },
        tables=(
            PublicTable((), (PublicRow((), (57, 41, 120.5)),)),
            PublicTable(
                ("course", "month"),
                (
                    PublicRow((FIRST_AID, "2026-01"), (21, 14, 40.1)),
                    PublicRow((FIRST_AID, "2026-02"), (19, 17, 51.0)),
                    PublicRow((NIGHTS, "2026-02"), (17, 10, 29.4)),
                    PublicRow((NIGHTS, "2026-03"), (None, None, None)),
                ),
            ),
            PublicTable(
                ("gender",),
                (PublicRow(("woman",), (44, 30, 90.0)), PublicRow(("_U",), (13, 11, None))),
            ),
        ),
        before=Before("2025-10", "2025-12", (30, 20, None)),
    )
    return content._replace(**changes)


def named(code: str, name: str) -> Code:
    return Code(code, {"en": name, "fr": f"{name} (fr)", "ar": f"{name} (ar)"})
