"""A picture of the programs' training times: horizontal bars, in SVG.

The ground is transparent, and the greys are between black and white, so that it can be read on light and dark pages.
"""

from xml.sax.saxutils import escape, quoteattr

WIDTH = 760
NAMES, VALUES = 210, 140  # the columns of text left and right of the bars
TOP, ROW, BAR = 44, 34, 20
OWN, OTHER, TEXT = "#2f81f7", "#8b949e", "#768390"

STYLE = f"""
text {{ font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; fill: {TEXT}; }}
text {{ font-variant-numeric: tabular-nums; }}
.title {{ font-size: 15px; font-weight: 600; }}
.name {{ text-anchor: end; }}
.own {{ font-weight: 600; fill: {OWN}; }}
.line {{ stroke: {OTHER}; stroke-opacity: 0.6; }}
"""


def draw(title, rows):
    """The SVG text of bars. `rows` are (name, seconds, ratio or None) as drawn; with ratios, the first is ours."""
    longest = max(seconds for _, seconds, _ in rows)
    room = WIDTH - NAMES - VALUES
    height = TOP + ROW * len(rows) + 8
    said = "; ".join(f"{name}: {seconds:.2f} s" for name, seconds, _ in rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" role="img" aria-label={quoteattr(title)}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(said)}</desc>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{NAMES}" y="20">{escape(title)}</text>',
    ]
    for number, (name, seconds, ratio) in enumerate(rows):
        middle = TOP + ROW * number + ROW / 2
        length = max(2, room * seconds / longest)
        own = " own" if number == 0 and ratio is not None else ""
        value = f"{seconds:.2f} s" + ("" if own or ratio is None else f" · {ratio:.2f}×")
        lines += [
            f'<text class="name{own}" x="{NAMES - 12}" y="{middle + 5:g}">{escape(name)}</text>',
            f'<rect x="{NAMES}" y="{middle - BAR / 2:g}" width="{length:.1f}" height="{BAR}" rx="3"'
            f' fill="{OWN if own else OTHER}"/>',
            f'<text class="value{own}" x="{NAMES + length + 10:.1f}" y="{middle + 5:g}">{value}</text>',
        ]
    bottom = TOP + ROW * len(rows)
    lines += [f'<line class="line" x1="{NAMES}" y1="{TOP}" x2="{NAMES}" y2="{bottom}"/>', "</svg>"]
    return "\n".join(lines) + "\n"
