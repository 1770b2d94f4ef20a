"""A recipe as a picture: its procedure function chart (ISA-88), laid out by the server. Pure.

``chart_of`` gives shapes with coordinates; a template writes them as SVG. Stages are frames,
operations boxes in them, steps small squares. What follows hangs below; what runs beside it
stands beside it, between double lines. A bar across a line is a condition.
"""

from recipes.picture.chart import Chart, chart_of

__all__ = ["Chart", "chart_of"]
