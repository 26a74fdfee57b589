# SPDX-License-Identifier: BSD-2-Clause
"""The picture of a run as SVG: what arrived in each ms on each pseudowire, the whole run at the top, then event by event.

Areas are frames a ms: one colour a pseudowire, one panel a direction; the line is what was sent. Time counts from the
event's begin. Where an event changes nothing its first moments are shown.
"""
from html import escape

WIDTH, LEFT, GAP, RIGHT = 960, 44, 40, 14
PANEL = (WIDTH - LEFT - GAP - RIGHT) // 2
HIGH, ROW, STRIP, HEAD = 84, 150, 70, 74    # of a panel, of an event with its words, of the whole run, above it
POINTS = 240                                # drawn in a panel at most
CALM_MS = 300                               # shown of an event that changes nothing
AROUND = 2                                  # ms each side that belong together
INK = {  # class: (what is coloured, colour in light, in dark)
    "back": ("fill", "#ffffff", "#0d1117"), "soft": ("fill", "#656d76", "#9198a1"), "head": ("fill", "#1f2328", "#e6edf3"),
    "event": ("fill", "#1f2328", "#e6edf3"), "lost": ("fill", "#cf222e", "#ff7b72"), "p0": ("fill", "#2f6fd6", "#4c8dff"),
    "p1": ("fill", "#e0801a", "#f0983e"), "sent": ("stroke", "#6e7781", "#b1bac4"), "axis": ("stroke", "#c2c9d1", "#3d444d"),
    "mark": ("stroke", "#1f2328", "#e6edf3")}
FORM = """text { font: 12px system-ui, sans-serif; } .head, .event, .lost { font-weight: 600; } .head { font-size: 15px; }
.event { font-size: 13px; } .areas path { fill-opacity: .85; } .sent, .axis, .mark { fill: none; } .mark { stroke-dasharray: 3 3; }
.areas .sent { fill-opacity: 0; }"""


def style():
    light, dark = ("\n".join(f".{c} {{ {what}: {both[i]}; }}" for c, (what, *both) in INK.items()) for i in (0, 1))
    return f"{FORM}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def write(path, title, names, events, drawn, rows):
    """names: of the two pseudowires; events: [(name, text, begin ms, end ms)]; drawn: of traffic.Meter.timeline();
    rows: of the meter's report."""
    high = HEAD + STRIP + 46 + ROW * len(events)
    body = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}" role="img">',
            f"<title>{escape(title)}</title>", f"<style>{style()}</style>",
            f'<rect class="back" width="{WIDTH}" height="{high}"/>', *legend(title, names), *whole_run(events, drawn)]
    for i, event in enumerate(events):
        body += one_event(i, event, drawn, [r for r in rows if r["event"] == event[0]], HEAD + STRIP + 46 + ROW * i)
    with open(path, "w") as f:
        f.write("\n".join(body + ["</svg>", ""]))


def text(x, y, what, cls="soft", anchor="start"):
    anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{cls}"{anchor}>{escape(what)}</text>'


def legend(title, names):
    out, x = [text(LEFT, 26, title, "head")], LEFT
    for i, name in enumerate(names):
        out += [f'<rect class="p{i}" x="{x}" y="40" width="12" height="12"/>', text(x + 18, 50, name)]
        x += 40 + 7 * len(name)
    return out + [f'<path class="sent" d="M{x} 46h14"/>', text(x + 20, 50, "sent"), text(WIDTH - RIGHT, 50, "frames a ms", "soft", "end")]


def bins(flow, begin, end):
    """[(sent, path 0, path 1)] a ms, averaged over as many ms as a point stands for; and that many."""
    wide = max(1, -(-(end - begin) // POINTS))
    out = []
    for at in range(begin, end, wide):
        part = flow[max(0, at):max(0, at + wide)] or [(0, 0, 0)]
        out.append(tuple(sum(ms[i] for ms in part) / len(part) for i in range(3)))
    return out, wide


def stairs(values, x, dx, y, scale, floor=None):
    """A path that holds each value for dx; closed down to @floor."""
    d = f"M{x:.1f} {y - values[0] * scale:.1f}"
    for i, v in enumerate(values):
        d += f"H{x + i * dx:.1f}V{y - v * scale:.1f}"
    d += f"H{x + len(values) * dx:.1f}"
    return d if floor is None else d + f"V{floor:.1f}H{x:.1f}Z"


def panel(flow, begin, end, x, y, width, high):
    """Areas of both paths, one on the other, from @begin to @end ms; y: of the floor."""
    points, wide = bins(flow, begin, end)
    usual = sorted(p[0] for p in points)[len(points) // 2]
    top = min(max([1.0] + [max(p[0], p[1] + p[2]) for p in points]), 2 * usual or 10)   # a burst after a stall is cut off
    dx, scale = width / ((end - begin) / wide), high / (top * 1.05)
    clip = f"c{x}-{y}"
    return [f'<clipPath id="{clip}"><rect x="{x}" y="{y - high}" width="{width}" height="{high}"/></clipPath>',
            f'<g class="areas" clip-path="url(#{clip})">',
            f'<path class="p1" d="{stairs([p[1] + p[2] for p in points], x, dx, y, scale, y)}"/>',
            f'<path class="p0" d="{stairs([p[1] for p in points], x, dx, y, scale, y)}"/>',
            f'<path class="sent" d="{stairs([p[0] for p in points], x, dx, y, scale)}"/></g>',
            f'<path class="axis" d="M{x} {y - high}V{y}H{x + width}"/>',
            text(x - 5, y, "0", "soft", "end"), text(x - 5, y - 10 * scale + 4, "10", "soft", "end") if top >= 10 else ""]


def whole_run(events, drawn):
    flow, y, begin = drawn["ce1-ce2"], HEAD + STRIP, max(0, events[0][2] - 1000)
    end = events[-1][3]
    width = WIDTH - LEFT - RIGHT
    out = panel(flow, begin, end, LEFT, y, width, STRIP - 14)
    for i, (_, _, at, _) in enumerate(events):
        x = LEFT + (at - begin) * width / (end - begin)
        out += [f'<path class="mark" d="M{x:.1f} {y - STRIP + 10}V{y}"/>', text(x, y - STRIP + 8, str(i + 1), "soft", "middle")]
    return out + [text(LEFT, y + 16, "the whole run, CE1 to CE2"), text(WIDTH - RIGHT, y + 16, f"{(end - begin) / 1000:.0f} s", "soft", "end")]


def disturbed(flow, begin, end):
    """First and last ms in which less than half arrived, or the other pseudowire began to carry; None."""
    found, on = [], None
    for ms in range(begin, min(end, len(flow))):
        near = flow[max(0, ms - AROUND):ms + AROUND + 1]
        sent, arrived = sum(n[0] for n in near), sum(n[1] + n[2] for n in near)
        now = None if flow[ms][1] == flow[ms][2] else int(flow[ms][2] > flow[ms][1])
        if (sent and arrived * 2 < sent) or None not in (on, now) and on != now:
            found.append(ms)
        on = on if now is None else now
    return (found[0], found[-1]) if found else None


def window(drawn, begin, end):
    """What to show of an event: all of its disturbance in both directions, with some calm around it."""
    found = [d for d in (disturbed(flow, begin, end) for flow in drawn.values()) if d]
    if not found:
        return begin - CALM_MS // 4, begin + CALM_MS
    first, last = min(a for a, _ in found), max(b for _, b in found)
    around = max(20, (last - first) // 4)
    return first - around, last + around


def ticks(begin, end):
    step = next(s for s in (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 1 << 30) if (end - begin) / s <= 9)
    return range(-(-begin // step) * step, end, step)


def one_event(number, event, drawn, rows, top):
    name, words, at, until = event
    begin, end = window(drawn, at, until)
    y = top + 40 + HIGH
    out = [text(LEFT, top + 14, f"{number + 1}  {name}: {words}", "event")]
    for i, (way, flow) in enumerate(drawn.items()):
        x = LEFT + i * (PANEL + GAP)
        out += panel(flow, begin, end, x, y, PANEL, HIGH)
        for tick in ticks(begin - at, end - at):
            px = x + (tick + at - begin) * PANEL / (end - begin)
            out += [f'<path class="axis" d="M{px:.1f} {y}v4"/>', text(px, y + 16, str(tick), "soft", "middle") if px < x + PANEL - 40 else ""]
        out.append(text(x + PANEL, y + 16, "ms", "soft", "end"))
        if begin <= at < end:
            px = x + (at - begin) * PANEL / (end - begin)
            out.append(f'<path class="mark" d="M{px:.1f} {y - HIGH}V{y}"/>')
        out.append(text(x, top + 32, way.upper().replace("-", " to ")))
        row = next((r for r in rows if r["dir"] == way), None)
        if row:
            lost = f"{row['lost']} of {row['sent']} lost" + (f", outage {row['outage_ms']:.1f} ms" if row["lost"] else "")
            out.append(text(x + PANEL, top + 32, lost, "lost" if row["lost"] else "soft", "end"))
    return out
