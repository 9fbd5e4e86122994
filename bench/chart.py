# SPDX-License-Identifier: GPL-2.0
"""The chart of the results."""

import pygal
from pygal.style import Style

PARTS = {"own": "End.DT4's own work", "receive": "outer: receive, route", "lookup": "inner: route",
         "forward": "inner: forward"}
CASES = ("srh-64", "nosrh-64", "exthdrs-64", "allpaged-64")
SIDES = {"builtin": "C", "module": "Rust"}
STYLE = Style(background="white", plot_background="white", font_family="sans-serif", title_font_size=18,
              label_font_size=13, major_label_font_size=13, legend_font_size=13, value_font_size=12,
              colors=("#c0392b", "#7f8c8d", "#aab7b8", "#d5dbdb"), value_colors=("white",))


def draw(found, path):
    """Own work first, so that the sides can be compared by eye."""
    chart = pygal.HorizontalStackedBar(
        style=STYLE, width=1000, height=440, js=[], no_prefix=True, pretty_print=True, disable_xml_declaration=True,
        legend_at_bottom=True, legend_at_bottom_columns=4, print_values=True, spacing=8, margin=16,
        value_formatter=lambda value: f"{value:,.0f}", show_x_guides=False, show_y_guides=False, truncate_legend=-1,
        title="Instructions per packet, built-in (C) and module (Rust)")
    chart.uuid = "chart"  # the same file each time
    rows = [(case, side) for case in reversed(found["cases"]) if case["name"] in CASES for side in reversed(SIDES)]
    chart.x_labels = [f"{case['title']} – {SIDES[side]}" for case, side in rows]
    for part, title in PARTS.items():
        chart.add(title, [case[side]["parts"][part] for case, side in rows])
    path.write_text(chart.render(is_unicode=True))
