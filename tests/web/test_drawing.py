"""Lines, flows and rulers stand where their figures say."""

import pytest

from app.web.drawing import flow_of, line_of, percent, ruler_of, scale_of

LEADERSHIP = [60, 75, 70, 60, 75, 65, 45]  # six modules and a final assessment, 7 h 30 min


def places(line):
    return [stop.x for stop in line.stops]


def test_stations_stand_at_their_true_distances():
    line = line_of(LEADERSHIP)
    assert places(line) == ["13.3%", "30%", "45.6%", "58.9%", "75.6%", "90%", "100%"]
    assert (line.start, line.end) == ("0%", "100%")


def test_a_course_not_begun_has_nothing_behind_and_nobody_on_it():
    line = line_of(LEADERSHIP)
    assert (line.behind, line.here) == ("", "")
    assert not any(stop.done for stop in line.stops)
    assert (line.module, line.left, line.total) == (1, 450, 450)


def test_under_way_the_solid_line_ends_where_the_learner_is():
    line = line_of(LEADERSHIP, 355, here=True)
    assert line.behind == line.here == "78.9%"
    assert [stop.done for stop in line.stops] == [True] * 5 + [False] * 2
    assert (line.module, line.left, line.done) == (6, 95, False)


def test_just_enrolled_the_learner_stands_at_the_start():
    line = line_of(LEADERSHIP, 0, here=True)
    assert (line.behind, line.here) == ("", "0%")


def test_a_finished_course_is_solid_to_its_end():
    line = line_of(LEADERSHIP, 450)
    assert (line.behind, line.done, line.module, line.left) == ("100%", True, 0, 0)


def test_from_right_to_left_every_place_is_mirrored():
    line = line_of(LEADERSHIP, 355, here=True, direction="rtl")
    assert places(line) == ["86.7%", "70%", "54.4%", "41.1%", "24.4%", "10%", "0%"]
    assert (line.start, line.end, line.here) == ("100%", "0%", "21.1%")


def test_a_caller_who_knows_says_which_stations_are_done():
    line = line_of([10, 20, 30], 30, done=[False, False, True])
    assert [stop.done for stop in line.stops] == [False, False, True]
    assert (line.behind, line.module) == ("50%", 1)


def test_each_station_needs_its_own_word_on_being_done():
    with pytest.raises(ValueError, match="shorter"):
        line_of([10, 20], done=[True])


def test_the_marks_of_a_line_are_its_figures_drawn():
    line = line_of([10, 20, 30], 20, here=True)
    assert line.marks.count("<circle") == 2 + 2 + 2
    assert line.marks.count("line__stop--done") == 1
    assert '<line class="line__behind" x1="0%" x2="33.3%"' in line.marks
    assert '<circle class="line__here" cx="33.3%"' in line.marks
    assert "line__behind" not in line_of([10, 20]).marks
    assert line_of([10], 10).marks.count("line__stop--done") == 1


def test_more_minutes_than_the_course_has_do_not_run_past_its_end():
    line = line_of([10, 20], 45)
    assert (line.behind, line.left) == ("100%", 0)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_course_without_minutes_is_still_a_line(direction):
    line = line_of([], direction=direction)
    assert {line.start, line.end} == {"0%", "100%"}
    assert (line.stops, line.done, line.module) == ((), False, 0)


def test_what_is_begun_is_never_zero_and_what_is_open_never_whole():
    assert percent(1, 100_000) == "0.1%"
    assert percent(99_999, 100_000) == "99.9%"
    assert percent(0, 100) == "0%"
    assert percent(100, 100) == "100%"
    assert percent(5, 0) == "0%"


def test_a_line_is_as_wide_as_its_share_of_the_scale():
    assert line_of(LEADERSHIP).width_on(480) == "93.8%"
    assert line_of([30]).width_on(480) == "6.2%"


def test_a_scale_ends_at_the_next_even_hour():
    assert scale_of([450, 30]) == 480
    assert scale_of([480]) == 480
    assert scale_of([481]) == 600
    assert scale_of([]) == 120


def test_a_ruler_numbers_every_second_hour():
    marks = ruler_of(480)
    assert [mark.x for mark in marks[:3]] == ["0%", "12.5%", "25%"]
    assert [mark.hour for mark in marks if mark.numbered] == [0, 2, 4, 6, 8]
    assert ruler_of(480, "rtl")[0].x == "100%"


def points(outline):
    assert outline.startswith("M")
    assert outline.endswith("Z")
    return [tuple(map(float, point.split())) for point in outline[1:-1].split("L")]


def thickness_at(outline, x):
    heights = [y for place, y in points(outline) if place == x]
    return max(heights) - min(heights)


def test_the_flow_is_as_thick_as_people_are_many():
    flow = flow_of([1000, 500, 250, 100])
    thicknesses = [thickness_at(flow.outline, x) for x in (0, 28, 53, 100)]
    assert thicknesses == pytest.approx([72, 36, 18, 7.2])
    assert flow.stops == ("0%", "25%", "50%", "75%")


def test_nobody_and_what_is_not_shown_are_a_thin_line():
    flow = flow_of([1000, 0, None, 0])
    assert thickness_at(flow.outline, 28) == thickness_at(flow.outline, 53) == 1
    assert thickness_at(flow_of([0, 0, 0, 0]).outline, 0) == 1
    assert flow_of([]).outline == ""


def test_the_flow_runs_the_other_way_from_right_to_left():
    flow = flow_of([1000, 500], "rtl")
    assert thickness_at(flow.outline, 100) == 72
    assert thickness_at(flow.outline, 0) == 36
    assert (flow.stops, flow.shift) == (("100%", "50%"), -22)
