"""The results as an SVG that is readable on light and on dark."""

from html import escape

WIDTH, ROW_HEIGHT, LABEL_WIDTH, BAR_WIDTH, TOP = 980, 22, 430, 360, 46
FULL = 1.5  # what the bars' width stands for, in multiples of what must be reached

STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #1f2328; }
    .quiet { fill: #59636e; }
    .met { fill: #2a7f62; } .short { fill: #c4622d; } .track { fill: #d1d9e0; fill-opacity: 0.5; }
    .must { stroke: #1f2328; stroke-width: 1.5; } .aim { stroke: #59636e; stroke-dasharray: 2 2; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .quiet { fill: #9198a1; }
      .met { fill: #45b08c; } .short { fill: #e08a55; } .track { fill: #3d444d; }
      .must { stroke: #e6edf3; } .aim { stroke: #9198a1; }
    }"""


def relative(row, value):
    """1 where it is what must be reached, more where it is better."""
    return row.must / value if row.less_is_better else value / row.must


def x_of(multiple):
    return LABEL_WIDTH + BAR_WIDTH * min(max(multiple, 0), FULL) / FULL


def line(name, x, y):
    return f'  <line class="{name}" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + ROW_HEIGHT - 4}"/>'


def row_parts(row, measured, y):
    base = y + ROW_HEIGHT - 8
    parts = [f'  <text x="{LABEL_WIDTH - 8}" y="{base}" text-anchor="end">{escape(row.work)}, {escape(row.file)}</text>',
             f'  <rect class="track" x="{LABEL_WIDTH}" y="{y + 3}" width="{BAR_WIDTH}" height="{ROW_HEIGHT - 10}"/>']
    if isinstance(measured, str):
        parts.append(f'  <text class="quiet" x="{LABEL_WIDTH + BAR_WIDTH + 8}" y="{base}">not measured</text>')
    else:
        multiple = relative(row, measured.value)
        colour = "met" if row.reached(measured, row.must) else "short"
        value = f"{100 * measured.value:.1f} %" if row.unit == "%" else f"{measured.value:.2f} {row.unit}"
        parts.append(f'  <rect class="{colour}" x="{LABEL_WIDTH}" y="{y + 3}" width="{x_of(multiple) - LABEL_WIDTH:.1f}" '
                     f'height="{ROW_HEIGHT - 10}"><title>{escape(measured.text)}</title></rect>')
        parts.append(f'  <text x="{LABEL_WIDTH + BAR_WIDTH + 8}" y="{base}">{value}</text>')
    parts.append(line("must", x_of(1), y))
    if row.aim is not None:
        parts.append(line("aim", x_of(relative(row, row.aim)), y))
    return parts


def draw(results):
    height = TOP + ROW_HEIGHT * len(results) + 12
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Speed, against what it must reach">',
             f"  <style>{STYLE}\n  </style>",
             f'  <text x="{LABEL_WIDTH}" y="20">of what must be reached (line); the aim is dashed</text>',
             f'  <text class="quiet" x="{LABEL_WIDTH}" y="38">0</text>',
             f'  <text class="quiet" x="{x_of(1):.1f}" y="38" text-anchor="middle">100 %</text>']
    for i, (row, measured) in enumerate(results):
        parts += row_parts(row, measured, TOP + i * ROW_HEIGHT)
    return "\n".join([*parts, "</svg>", ""])
