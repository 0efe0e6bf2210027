"""Pictures of what is no digit, made by the suite."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.pictures import Look, picture

_RANDOM = np.random.default_rng(5)
_WORDS = "The quick brown fox\njumps over the lazy\ndog and runs away"


def _drawn(draw_on, size=(400, 400), paper="white"):
    image = Image.new("RGB", size, paper)
    draw_on(ImageDraw.Draw(image))
    return np.asarray(image)


def _line(points, width=6):
    return _drawn(lambda draw: draw.line([tuple(point) for point in points], "black", width, joint="curve"))


def _face(draw):
    draw.ellipse((60, 60, 340, 340), outline="black", width=8)
    draw.ellipse((130, 140, 160, 170), fill="black")
    draw.ellipse((240, 140, 270, 170), fill="black")
    draw.arc((130, 180, 270, 280), 20, 160, fill="black", width=8)


def _coloured_face(draw):
    draw.ellipse((40, 40, 260, 260), fill=(250, 210, 60))
    for x in (95, 175):
        draw.ellipse((x, 100, x + 30, 140), fill=(60, 40, 20))
    draw.arc((90, 120, 210, 220), 20, 160, fill=(60, 40, 20), width=8)


def _house(draw):
    draw.rectangle((90, 180, 310, 350), outline="black", width=7)
    draw.line((80, 185, 200, 70, 320, 185), fill="black", width=7)
    draw.rectangle((170, 260, 230, 350), outline="black", width=7)


def _grid(draw):
    for at in range(40, 400, 64):
        draw.line((at, 40, at, 360), fill="black", width=3)
        draw.line((40, at, 360, at), fill="black", width=3)


def _chart(draw):
    draw.line((50, 30, 50, 300, 370, 300), fill="black", width=3)
    for place, top in enumerate((200, 90, 150, 240, 60)):
        draw.rectangle((70 + 60 * place, top, 105 + 60 * place, 300), fill=(40, 90 + 20 * place, 160))


def _window(draw):
    draw.rectangle((0, 0, 400, 30), fill=(60, 80, 140))
    draw.rectangle((90, 50, 390, 390), fill="white", outline="grey")
    for place in range(7):
        draw.rectangle((10, 60 + 44 * place, 80, 90 + 44 * place), outline="grey")
        draw.text((100, 60 + 44 * place), _WORDS[:40].replace("\n", " "), "black")


def _bars(draw):
    for place, width in enumerate((2, 6, 4, 8, 2, 4, 6, 2, 8, 4)):
        draw.rectangle((60 + 16 * place, 100, 60 + 16 * place + width, 250), fill="black")


def _form(draw):
    for place in range(4):
        draw.rectangle((60, 60 + 70 * place, 340, 96 + 70 * place), outline="black", width=2)


def _finger(draw):
    draw.rounded_rectangle((160, 150, 240, 500), 40, fill=(205, 150, 125))


def _fold(size=300):
    """Paper that was folded: a soft dark line from side to side."""
    return (235 * (1 - 0.3 * np.exp(-(((np.arange(size) - 140) / 4) ** 2)))).astype(np.uint8)[None].repeat(size, axis=0)


def _texture(size=256, octaves=6):
    """Noise that is rough at all scales, as clouds, stone and wood are."""
    layers = [
        Image.fromarray(_RANDOM.normal(0, 0.55**octave, (2 << octave, 2 << octave))).resize((size, size), Image.BICUBIC)
        for octave in range(octaves)
    ]
    return (128 + 45 * np.sum(layers, axis=0)).clip(0, 255).astype(np.uint8)


def _ruled_with_margin(turned):
    colours = _drawn(lambda draw: draw.line((120, 0, 120, 400), fill=(210, 90, 100), width=3), (600, 400)).copy()
    colours[30::50] = colours[31::50] = (140, 165, 205)
    return np.asarray(Image.fromarray(colours).rotate(turned, Image.Resampling.BICUBIC, fillcolor="white"))


_TURN = np.linspace(0, 38, 400)
_LOOPS = np.column_stack([60 + 7 * _TURN + 18 * np.cos(_TURN), 200 + np.sin(_TURN) * (40 + 25 * np.sin(0.4 * _TURN))])
_SPIRAL = 200 + 4.5 * _TURN[:, None] * np.column_stack([np.cos(_TURN), np.sin(_TURN)])

NEGATIVES = {
    "face": _drawn(_face),
    "house": _drawn(_house),
    "text": _drawn(lambda draw: draw.multiline_text((20, 20), _WORDS, "black")),
    "text in large type": _drawn(
        lambda draw: draw.multiline_text((20, 20), _WORDS, "black", font=ImageFont.load_default(36)), (500, 300)
    ),
    "word": _drawn(lambda draw: draw.text((20, 20), "hemp", "black", font=ImageFont.load_default(120)), (440, 200)),
    "code": _drawn(lambda draw: draw.multiline_text((20, 20), _WORDS, "white"), (300, 120), "black"),
    "bar code": _drawn(_bars),
    "form": _drawn(_form),
    "coloured face": _drawn(_coloured_face, (300, 300), (240, 236, 250)),
    "ring": _drawn(lambda draw: draw.ellipse((100, 100, 300, 300), outline=(170, 150, 130), width=9)),
    "finger": _drawn(_finger, paper=(230, 230, 225)),
    "in a corner": _drawn(lambda draw: draw.polygon((0, 180, 0, 400, 70, 400), fill="black")),
    "letter": _drawn(lambda draw: draw.text((60, 0), "K", "black", font=ImageFont.load_default(200)), (300, 300)),
    "table": _drawn(_grid),
    "chart": _drawn(_chart),
    "screenshot": _drawn(_window, paper=(235, 235, 235)),
    "loops": _line(_LOOPS, 5),
    "spiral": _line(_SPIRAL),
    "scribble": _line(_RANDOM.uniform(60, 340, (30, 2))),
    "zigzag": _line([(40 + 32 * place, 200 + 70 * (-1) ** place) for place in range(11)]),
    "noise": _RANDOM.integers(0, 256, (300, 300), np.uint8),
    "noise, small": _RANDOM.integers(0, 256, (28, 28), np.uint8),
    "faint noise": _RANDOM.integers(220, 240, (300, 300), np.uint8),
    "texture": _texture(),
    "coloured texture": np.stack([_texture() for _ in range(3)], axis=2),
    "blank": np.full((300, 300, 3), 240, np.uint8),
    "blank, lit": picture("", look=Look(shadow=0.7, digit=200)),
    "blank in shadow": picture("", look=Look(shadow=0.6, digit=200, noise=4)),
    "blank in a hard shadow": picture("", look=Look(hard_shadow=0.5, digit=200, noise=4)),
    "paper on a table": picture("", look=Look(table=(90, 60, 40), turned=5, digit=200)),
    "folded": _fold(),
    "all ink": np.zeros((300, 300), np.uint8),
    "ruled": picture("", look=Look(rules="ruled", digit=200, rule_every=0.2)),
    "squared, turned": picture("", look=Look(rules="squared", digit=200, rule_every=0.15, turned=3)),
    "squared, turned more": picture("", look=Look(rules="squared", digit=200, rule_every=0.15, turned=9)),
    "ruled, with a margin": _ruled_with_margin(3),
    "ruled, with a margin, turned": _ruled_with_margin(8),
}
"""Pictures by name."""
