"""From words to the bytes of a PNG.

Imported only where one is drawn. Drawn in a thread, outside of any transaction: it takes some tenths of a second.
"""

import io

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont
from pylopdf_fonts_zh_cn import sans_path

from bot.posters.words import Card, Poster

WIDTH, MARGIN, GAP = 1080, 60, 28
RED, GOLD, PAPER, CARD, INK, SOFT = "#b3261e", "#fde7b0", "#fbf3e8", "#ffffff", "#2b2320", "#6b605a"


def draw(what: Poster) -> bytes:
    """The picture as PNG: 1,080 pixels wide, as high as its activities need."""
    title, theme, name, body, small = (_font(size) for size in (84, 46, 48, 38, 34))
    laid = [(card, _wrap(card.title, name, WIDTH - 2 * MARGIN - 300)) for card in what.cards]
    heights = [162 + 62 * (len(lines) - 1) + (52 if card.place else 0) for card, lines in laid]
    top = 330 if what.theme else 250
    image = Image.new("RGB", (WIDTH, top + sum(heights) + GAP * len(heights) + 170), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, top - 40), fill=RED)
    pen.text((WIDTH / 2, 110), what.head, font=title, fill=GOLD, anchor="mm")
    if what.theme:
        pen.text((WIDTH / 2, 215), _cut(what.theme, theme, WIDTH - 2 * MARGIN), font=theme, fill="#ffffff", anchor="mm")
    y = top
    for (card, lines), height in zip(laid, heights, strict=True):
        pen.rounded_rectangle((MARGIN, y, WIDTH - MARGIN, y + height), 24, fill=CARD, outline="#e5dcd3", width=2)
        pen.ellipse((MARGIN + 28, y + 30, MARGIN + 116, y + 118), fill=RED)
        pen.text((MARGIN + 72, y + 74), card.number, font=name, fill="#ffffff", anchor="mm")
        for at, line in enumerate(lines):
            pen.text((MARGIN + 148, y + 22 + 62 * at), line, font=name, fill=INK)
        below = y + 22 + 62 * len(lines) + 4
        pen.text((MARGIN + 148, below), card.when, font=body, fill=SOFT)
        if card.place:
            pen.text((MARGIN + 148, below + 52), _cut(card.place, body, 700), font=body, fill=SOFT)
        _tag(pen, (WIDTH - MARGIN - 28, y + 34), card, small)
        y += height + GAP
    pen.text((WIDTH / 2, y + 70), what.foot, font=body, fill=RED, anchor="mm")
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)  # few colours: a fifth of the bytes
    return file.getvalue()


def _font(size: int) -> FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), size)


def _tag(pen: ImageDraw.ImageDraw, right_top: tuple[int, int], card: Card, font: FreeTypeFont) -> None:
    right, top = right_top
    width = font.getlength(card.tag) + 32
    fill, words = (RED, "#ffffff") if card.required else ("#f3e5d0", "#7a4b12")
    pen.rounded_rectangle((right - width, top, right, top + 52), 14, fill=fill)
    pen.text((right - width / 2, top + 26), card.tag, font=font, fill=words, anchor="mm")


def _wrap(text: str, font: FreeTypeFont, width: float) -> list[str]:
    """A text in at most two lines of that width."""
    if font.getlength(text) <= width:
        return [text]
    first = _fitting(text, font, width)
    return [text[:first], _cut(text[first:], font, width)]


def _cut(text: str, font: FreeTypeFont, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    return text[: _fitting(text, font, width - font.getlength("…"))] + "…"


def _fitting(text: str, font: FreeTypeFont, width: float) -> int:
    """How many characters of a text are no wider than that; at least one."""
    return max((count for count in range(1, len(text)) if font.getlength(text[:count]) <= width), default=1)
