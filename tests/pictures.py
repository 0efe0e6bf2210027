"""Pictures of numbers as people bring them, made of the project's own samples on paper of many kinds."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from tests.numbers import SIZE, STEP, TOP, number

WIDTH = 1.5 * STEP  # of the empty paper around a number, in units of its drawing


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a picture looks; lengths are shares of a digit's height unless said otherwise."""

    digit: float = 60  # pixels of a digit's height
    pen: float = 0.08
    ink: tuple[int, int, int] = (40, 45, 110)
    paper: tuple[int, int, int] = (236, 232, 224)
    margin: float = 0.6
    shadow: float = 0.0  # share of the light that is missing at one side
    hard_shadow: float = 0.0  # share of the light that is missing below an edge across the picture
    rules: str = ""  # "ruled" or "squared"
    rule_ink: tuple[int, int, int] = (150, 175, 215)
    rule_every: float = 0.7
    turned: float = 0.0  # degrees
    boxed: float = 0.0  # thickness of a printed box around each digit
    underlined: bool = False
    circled: bool = False
    punched: bool = False  # with a hole in the margin beside each line
    table: tuple[int, int, int] | None = None  # around the paper
    table_width: float = 0.5
    edge: tuple[int, int, int] | None = None  # of something beside the paper, at the left
    frame: float = 0.0  # thickness of a line around the picture
    gap: float = 0.0  # of a pen that skips, in the middle of each line
    dithered: bool = False  # to black and white
    noise: float = 0.0  # standard deviation, of 255
    blur: float = 0.0  # pixels
    seed: int = 0


def picture(label, hand=1, look=Look()):
    """The colours (h, w, 3) of a picture of a number; lines are separated by spaces."""
    lines = label.split(" ")
    scale = look.digit / SIZE
    width = (max(map(len, lines)) - 1) * STEP * scale + (1 + 2 * look.margin) * look.digit
    height = (len(lines) - 1) * 1.6 * look.digit + (1 + 2 * look.margin) * look.digit
    size = (round(width), round(height))
    image = Image.new("RGB", (2 * size[0], 2 * size[1]), look.paper)
    _draw_rules(image, look)
    for place, line in enumerate(lines):
        middle = (look.margin + 0.5 + 1.6 * place) * look.digit
        _draw(image, number(line, hand), scale, ((look.margin + 0.5) * look.digit - 60 * scale, middle), look)
        _draw_around(
            image, [(look.margin + 0.5) * look.digit + STEP * scale * at for at in range(len(line))], middle, look
        )
        if gap := round(look.gap * look.digit):
            skipped = (0, 2 * middle - gap, image.width, 2 * middle + gap - 1)
            ImageDraw.Draw(image).rectangle(skipped, fill=look.paper)
    if look.frame:
        ImageDraw.Draw(image).rectangle((0, 0, *image.size), outline=look.ink, width=round(2 * look.frame * look.digit))
    if look.edge:
        strip = (0, 0, round(0.4 * look.digit), 0, round(0.3 * look.digit), image.height, 0, image.height)
        ImageDraw.Draw(image).polygon(strip, fill=look.edge)
    around = look.table or look.paper
    if look.table:
        image = ImageOps.expand(image, round(2 * look.table_width * look.digit), around)
        size = (image.width // 2, image.height // 2)
    image = image.rotate(look.turned, Image.Resampling.BICUBIC, fillcolor=around).resize(size, Image.Resampling.BOX)
    colours = _photographed(image.filter(ImageFilter.GaussianBlur(look.blur)), look)
    return np.asarray(Image.fromarray(colours).convert("1").convert("RGB")) if look.dithered else colours


def _draw(image, drawing, scale, at, look):
    pen = 2 * look.pen * look.digit
    draw = ImageDraw.Draw(image)
    for stroke in drawing:
        points = [(2 * (x * scale + at[0]), 2 * ((y - TOP) * scale + at[1])) for x, y in stroke]
        draw.line(points, fill=look.ink, width=max(round(pen), 1), joint="curve")
        for x, y in points:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=look.ink)


def _draw_around(image, across, down, look):
    """Boxes and circles around digits with these middles, the line that they stand on, and holes beside them."""
    draw, digit = ImageDraw.Draw(image), look.digit
    for x in across:
        around = [2 * (middle + sign * 0.75 * digit) for sign in (-1, 1) for middle in (x, down)]
        if look.boxed:
            draw.rectangle(around, outline=look.ink, width=round(2 * look.boxed * digit))
        if look.circled:
            draw.ellipse(around, outline=look.ink, width=round(2 * look.pen * digit))
    if look.underlined and across:
        line = (2 * (across[0] - 0.9 * digit), 2 * (down + 0.65 * digit), 2 * (across[-1] + 0.9 * digit))
        draw.line((*line[:2], line[2], line[1]), fill=look.ink, width=round(0.05 * digit))
    if look.punched:
        hole = (0.2 * digit, down - 0.3 * digit, 0.8 * digit, down + 0.3 * digit)
        draw.ellipse([2 * side for side in hole], fill=(60, 60, 60))


def _draw_rules(image, look):
    draw = ImageDraw.Draw(image)
    step, pen = 2 * look.rule_every * look.digit, max(round(0.04 * look.digit), 2)
    for y in np.arange(step / 3, image.height, step) if look.rules else ():
        draw.line((0, y, image.width, y), fill=look.rule_ink, width=pen)
    for x in np.arange(step / 3, image.width, step) if look.rules == "squared" else ():
        draw.line((x, 0, x, image.height), fill=look.rule_ink, width=pen)


def _photographed(image, look):
    """What light and camera make of it."""
    if not (look.shadow or look.hard_shadow or look.noise):
        return np.array(image)
    colours = np.asarray(image, np.float32)
    height, width = colours.shape[:2]
    across, down = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)[:, None, None]
    light = (1 - look.shadow * across) * (1 - look.hard_shadow * (down + 0.4 * across > 0.7))
    noise = np.random.default_rng(look.seed).normal(0, look.noise, colours.shape) if look.noise else 0
    return (colours * light + noise).clip(0, 255).astype(np.uint8)


def encoded(colours, format="PNG", **options):
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    Image.fromarray(colours).save(file, format, **options)
    return file.getvalue()


LOOKS = {
    "plain": Look(),
    "pencil": Look(ink=(150, 150, 150), pen=0.05),
    "hair": Look(pen=0.02, digit=120),
    "marker": Look(pen=0.22, digit=150),
    "chalk": Look(ink=(230, 235, 230), paper=(40, 70, 55)),
    "white on black": Look(ink=(255, 255, 255), paper=(0, 0, 0), pen=0.12),
    "shadow": Look(shadow=0.7),
    "hard shadow": Look(hard_shadow=0.5, digit=90),
    "on a table": Look(table=(90, 60, 40), turned=4, digit=90),
    "chalk on a dark table": Look(table=(150, 120, 90), ink=(230, 235, 230), paper=(40, 70, 55), turned=-3, digit=90),
    "beside a table": Look(edge=(60, 50, 45), digit=90, margin=1.0, shadow=0.2),
    "framed": Look(frame=0.04, paper=(255, 255, 255), ink=(0, 0, 0)),
    "framed, white on black": Look(frame=0.06, paper=(0, 0, 0), ink=(255, 255, 255)),
    "boxed": Look(boxed=0.03, digit=90, margin=1.5),
    "boxed, turned": Look(boxed=0.04, digit=90, margin=1.5, turned=2, shadow=0.3),
    "underlined": Look(underlined=True, digit=90, margin=1.0),
    "punched": Look(punched=True, pen=0.15, margin=3),
    "a note on a wall": Look(table=(90, 60, 40), table_width=1.6, digit=90, turned=4),
    "white on black on a page": Look(
        table=(255, 255, 255), table_width=1.6, ink=(255, 255, 255), paper=(0, 0, 0), pen=0.12
    ),
    "dithered": Look(dithered=True, digit=120, shadow=0.2),
    "ruled": Look(rules="ruled", digit=90, margin=1.0),
    "squared": Look(rules="squared", digit=90, margin=1.0),
    "ruled in black": Look(rules="ruled", rule_ink=(90, 90, 90), digit=90, margin=1.0, rule_every=1.2),
    "squared, turned": Look(rules="squared", turned=3, digit=90, margin=1.5),
    "turned": Look(turned=-6, margin=1.0),
    "noise": Look(noise=18),
    "blurred": Look(blur=2.5, digit=80),
    "tiny": Look(digit=14, pen=0.1),
    "small on a page": Look(digit=50, margin=8),
    "large": Look(digit=900, pen=0.06),
}
"""Looks by name."""
