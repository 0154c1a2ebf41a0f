"""Charts: where the marks of a chart stand, from its figures alone: no HTML and no word of the domain.

Places along the width are percent of the drawing, heights are pixels, so that letters keep their
size on every screen. Whatever must not overlap is reckoned for the narrowest one, a phone's.
"""

from app.web.charts.columns import columns_of
from app.web.charts.maps import world_of
from app.web.charts.rows import funnel_of, rows_of
from app.web.charts.spreads import spread_of
from app.web.charts.trends import small_trends_of, sparkline_of, trend_of

# What templates draw with, by the names that they call it.
DRAWN = {
    each.__name__: each
    for each in (
        columns_of, funnel_of, rows_of, small_trends_of, sparkline_of, spread_of, trend_of,
        world_of,
    )
}  # fmt: skip
