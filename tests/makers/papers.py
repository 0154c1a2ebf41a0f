"""Papers: what stands on a certificate, ready to be printed."""

from datetime import date
from typing import Any

from app.credentials.printing import Module, Printed, Words

MODULES = (
    Module(
        title="What leadership is for in a public service",
        outcome="Distinguish technical from adaptive problems in five short situations.",
    ),
    Module(
        title="How adults and organisations learn",
        outcome="Diagnose a unit against the seven dimensions of a learning organisation.",
    ),
    Module(
        title="Mentoring that lasts",
        outcome="Design a mentoring scheme with purpose, matching rule, contract, ending.",
    ),
)
ENGLISH = Words(
    kind="Certificate of completion",
    issued_with="Issued with Capacita",
    completed="has completed %(course)s",
    facts="7 h 30 min of study: 3 modules and a final assessment, completed on 12 June 2026. "
    "Course version 3.",
    recommendations="Answers recommendations LL1 and AC2c of the Committee of Experts on Public "
    "Administration, 2009.",
    disclaimer="It certifies completion. It is not an endorsement by the United Nations.",
    code="Code",
    way="The completed course as a line: its modules, then the seal.",
    qr="QR code of the verification address",
)
ARABIC = Words(
    kind="شهادة إتمام",
    issued_with="صادرة عبر كاباسيتا",
    completed="أتمت مساق %(course)s",
    facts="7 ساعات و30 دقيقة من الدراسة، والتقييم النهائي في 12 يونيو 2026. النسخة 3.",
    recommendations="",
    disclaimer="تثبت هذه الشهادة الإتمام، وليست تأييدا من الأمم المتحدة.",
    code="الرمز",
    way="الخط المكتمل: الوحدات ثم الختم.",
    qr="رمز الاستجابة السريعة لعنوان التحقق",
)


def make_printed(**changes: Any) -> Printed:
    """Awa's certificate, but for the changes given."""
    usual = {
        "language": "en",
        "holder_name": "Awa Diop",
        "holder_language": "en",
        "issuer": "Institute of Public Administration",
        "course_title": "Leadership and learning in the public service",
        "course_language": "en",
        "version": 3,
        "minutes": 450,
        "modules": MODULES,
        "final": True,
        "recommendations": ("LL1", "AC2c"),
        "completed_on": date(2026, 6, 12),
        "code": "K7QM4TXD9WRBH3VN",
        "address": "https://capacita.example/verify/K7QM4TXD9WRBH3VN",
        "words": ENGLISH,
    }
    return Printed.model_validate(usual | changes)
