"""Whatever the bytes of a file are, the check answers with faults and never breaks."""

from hypothesis import given, settings
from hypothesis import strategies as some

from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.findings import check_course
from tests.makers.sources import RECOMMENDATIONS, example

PATHS = sorted(example("full").files)
PIECES = [
    "\\U00110000", "\\xZZ", "%YAML 9999999999.1\n---\n", "? ", "&", "*", "!!int ", "\t", "\x00", "\x85",
    "\ud7ff", "\ufffe", "---\n", "...\n", "{", "}", "[", "]", '"', "'", "|", ">", ">-\n", "#", ": ", "- ",
    "```recall\n", "```", ":::", "::: ", ":::: try\n", "$$", "$\\frac{", "[@", "[[", "|-|\n", "<!", "]]>",
    "<svg", "</svg>", "&#0;", "&a;", 'msgid "', 'msgstr[1] "', "#~ ", "#, fuzzy\n", "\r", "\n", "0x", "1e999",
    "null", "\\", "RIFF", "\u202e",
]  # fmt: skip
EDITS = some.lists(
    some.tuples(some.floats(0, 1), some.integers(0, 40), some.sampled_from(PIECES)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(PATHS), EDITS)
def test_a_damaged_file_gives_faults_and_nothing_else(path, edits):
    content = example("full").files[path]
    for place, length, piece in edits:
        at = int(place * len(content))
        content = content[:at] + piece.encode("utf-8", "surrogatepass") + content[at + length :]
    found = check_course(
        CourseFiles("full", dict(example("full").files) | {path: content}), RECOMMENDATIONS
    )
    assert all(fault.line > 0 and fault.what and fault.mend for fault in found)


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(PATHS), some.binary(max_size=300))
def test_any_bytes_give_faults_and_nothing_else(path, content):
    check_course(
        CourseFiles("full", dict(example("full").files) | {path: content}), RECOMMENDATIONS
    )
