"""Slide sources as trainers write them, made up: thousands of them, the same for the same seed.

The habits are those of public workshops: comments with attributes, icons, empty links, columns in raw HTML, nested
lists, tables, code of every kind, and Markdown that grew over years.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from support.phrases import (
    ATTRIBUTES,
    CODE,
    HTML,
    LANGUAGES,
    LONG_SPANS,
    ODD_WORDS,
    SLIDE_COMMENTS,
    SPANS,
    STEPS,
    WORDS,
)


def make_sources(count: int, seed: int, odd: float) -> list[str]:
    """*count* slide sources, with *odd* the share of words that Markdown might take for something else."""
    return [Maker(seed * 1_000_000 + index, odd).source() for index in range(count)]


class Maker:
    """Makes pieces of Markdown, each of them by chance."""

    def __init__(self, seed: int, odd: float) -> None:
        """With *odd* the share of words that Markdown might take for something else."""
        self._random = Random(seed)
        self._odd = odd

    def source(self) -> str:
        """A slide source of a few slides, with line ends of one kind."""
        text = self.slide()
        for _ in range(self._random.randrange(5)):
            around = self._pick("\n\n", "\n\n", "\n\n", "\n")
            text += around + self._pick("---", "---", "--") + around + self.slide()
        text += self._pick("\n", "\n", "", "\n\n")
        return text.replace("\n", "\r\n") if self._chance(0.04) else text

    def slide(self) -> str:
        """One slide: a comment with its attributes, a heading, blocks, speaker notes."""
        parts = []
        if self._chance(0.15):
            parts.append(self._pick(*SLIDE_COMMENTS))
        if self._chance(0.85):
            parts.append(self.heading())
        parts += [self.block(0) for _ in range(self._random.randrange(5))]
        if self._chance(0.1):
            parts.append(self.notes())
        text = ""
        for part in parts:
            text += (self._pick("\n\n", "\n\n", "\n\n", "\n\n", "\n", "\n\n\n", "\n \n") if text else "") + part
        return text

    def notes(self) -> str:
        """Speaker notes, with lists and code in them sometimes."""
        if self._chance(0.5):
            return self._pick("Note: ", "Note:", "note: ", "Notes: ", "NOTE: ") + self.paragraph(0)
        blocks = [self.block(1) for _ in range(self._random.randrange(1, 3))]
        return self._pick("Note:\n", "Notes:\n\n", "Note:\n\n") + "\n\n".join(blocks)

    def heading(self) -> str:
        """A heading, mostly of the second level."""
        kind = self._random.random()
        if kind < 0.85:
            marks = self._pick("#", "##", "##", "##", "##", "###", "####")
            return f"{marks} {self.inline(4)}{self._pick('', '', '', '', '', ' ##', ' ', '#')}"
        if kind < 0.92:
            return self.inline(3) + "\n" + self._pick("===", "=", "-----", "--------", "=======")
        return f"## {self.inline(3)}{self._pick(' ', chr(10))}{self.element()}"

    def block(self, depth: int) -> str:
        """A paragraph, list, fence, table, quote, picture, raw HTML or comment."""
        makers: tuple[tuple[float, Callable[[int], str]], ...] = (
            (30, self.paragraph),
            (24, self.list),
            (14, self.fence),
            (6, self.table),
            (4, self.quote),
            (6, self.picture),
            (7, self.columns),
            (6, self.raw_html),
            (4, self.comment),
            (2, self.indented_code),
            (1, self.rule),
            (1, self.definition),
        )
        maker = self._random.choices([maker for _, maker in makers], [weight for weight, _ in makers])[0]
        return maker(depth)

    def paragraph(self, depth: int) -> str:
        """One to four lines of text, and something right below it sometimes."""
        lines = [self.inline(self._random.randrange(1, 9)) for _ in range(self._random.choice((1, 1, 1, 2, 3, 4)))]
        text = self._pick("\n", "\n", "\n", "  \n", "\\\n", " \n", "<br>\n", "\n  ", "\n\t", "   \n").join(lines)
        text += " " + self.element() if self._chance(0.12) else ""
        if depth < 2 and self._chance(0.08):
            text += "\n" + self._pick(self.list(depth + 1), self.table(depth + 1), self.fence(depth + 1))
        return text + self._after()

    def inline(self, count: int) -> str:
        """*count* pieces of text."""
        return " ".join(self.span() for _ in range(count)).strip()

    def span(self) -> str:
        """A word, or something emphasised, linked or quoted."""
        kind = self._random.random()
        if kind < 0.8:
            return self._word()
        words = {"w": self._word(), "v": self._word()}
        return self._pick(*(SPANS if kind < 0.9 else LONG_SPANS)).format(**words)

    def element(self) -> str:
        """A comment with attributes for an element."""
        attributes = self._pick(*ATTRIBUTES)
        return self._pick(*["<!-- .element: {} -->"] * 9, "<!--.element: {}-->", "<!-- .element {} -->").format(
            attributes
        )

    def _after(self) -> str:
        if self._chance(0.9):
            return ""
        return self._pick("\n", "\n\n", "\n", "\n  ", "\n\n\n") + self.element()

    def list(self, depth: int) -> str:
        """Items, tight or loose, with lists, code and paragraphs in them."""
        ordered = self._chance(0.25)
        start = int(self._pick("1", "1", "1", "3", "0", "10"))
        same = self._chance(0.2)
        loose = self._chance(0.15)
        marker = self._pick("-", "-", "-", "-", "*", "*", "+")
        indent = self._pick(*[""] * 12, " ", "  ", "   ")
        lines = []
        for index in range(self._random.randrange(1, 5)):
            bullet = f"{start + (0 if same else index)}." if ordered else marker
            if self._chance(0.02):
                bullet = self._pick(f"{start})", "-", "*", "1.")
            lines.append(indent + bullet + self._item(depth, len(bullet)).replace("\n", "\n" + indent))
        text = ("\n\n" if loose else "\n").join(lines)
        return (text if self._chance(0.97) else text.replace("\n", "\n\n", 1)) + self._after()

    def _item(self, depth: int, width: int) -> str:
        """What follows a mark of *width* characters."""
        gap = self._pick(" ", " ", " ", " ", " ", " ", "  ", "   ", "\t", "    ")
        right = " " * (width + len(gap))
        indent = self._pick(right, right, right, right, "  ", "    ", "\t", "   ")
        item = self._item_text()
        if depth < 3:
            if self._chance(0.2):
                item += self._pick("\n", "\n", "\n", "\n\n") + _indent(self.list(depth + 1), indent)
            if self._chance(0.07):
                item += self._pick("\n", "\n\n") + _indent(self.fence(depth + 1), indent)
            if self._chance(0.05):
                item += "\n\n" + _indent(self.paragraph(depth + 1), indent)
            if self._chance(0.04):
                item += self._pick("\n\n", "\n") + _indent(self.block(depth + 1), indent)
        if self._chance(0.06):
            item += "\n" + self._pick("", "  ", right, "      ") + self.inline(3)
        return gap + item

    def _item_text(self) -> str:
        text = self.inline(self._random.randrange(1, 6))
        if self._chance(0.06):
            text = self._pick("[ ] ", "[x] ", "[X] ") + text
        if self._chance(0.1):
            text += self._pick(" ", " ", "\n  ") + self.element()
        if self._chance(0.02):
            text = self.element() + " " + text
        return "" if self._chance(0.01) else text

    def fence(self, depth: int) -> str:
        """A fence with code, some of it with lines that mean something outside of fences."""
        del depth
        fence = self._pick("```", "```", "```", "```", "```", "````", "~~~")
        info = self._pick("", "", "", " ") + self._pick(*LANGUAGES) + self._pick(*STEPS)
        lines = [self._pick(*CODE) for _ in range(self._random.randrange(0, 6))]
        if self._chance(0.04):
            lines.insert(len(lines) // 2, self._pick("---", "--", "note: x", "Note:"))
        if fence == "````" and self._chance(0.5):
            lines += ["```bash", "x", "```"]
        indent = self._pick("", "", "", "", "", "", "", "", " ", "  ")
        closing = fence + self._pick("", "", "", "", "", "", " ", "  ")
        return _indent("\n".join([fence + info, *lines, closing]), indent) + self._after()

    def table(self, depth: int) -> str:
        """A table, with or without pipes around it."""
        del depth
        columns = self._random.randrange(1, 4)
        around = self._chance(0.85) or columns == 1

        def row(cells: list[str]) -> str:
            text = " | ".join(cells)
            return f"| {text} |" if around else text

        def cell() -> str:
            text = self.inline(self._random.randrange(0, 4)).replace("\n", " ") or self._pick("x", "", "-")
            return text if self._chance(0.05) else text.replace("|", "\\|")

        counts = [columns if self._chance(0.95) else columns + 1 for _ in range(self._random.randrange(0, 4))]
        rows = [[cell() for _ in range(count)] for count in counts]
        rule = [self._pick("---", "---", ":--", "--:", ":-:", "-", "------") for _ in range(columns)]
        lines = [row([cell() for _ in range(columns)]), row(rule), *map(row, rows)]
        return "\n".join(lines) + self._after()

    def quote(self, depth: int) -> str:
        """A block quote, lazy sometimes."""
        inner = self.block(depth + 1) if depth < 2 and self._chance(0.4) else self.paragraph(depth + 1)
        mark = self._pick("> ", "> ", "> ", ">")
        return "\n".join(mark + line if self._chance(0.95) or not line else line for line in inner.split("\n"))

    def picture(self, depth: int) -> str:
        """A picture, alone or with text beside it."""
        del depth
        text = self._pick("![](images/a.svg)", "![a picture](b.png)", '<img src="a.png" width="200">', '![](a.png "t")')
        if self._chance(0.6):
            text += self._pick(" ", "\n", "\n\n") + self.element()
        if self._chance(0.3):
            text += self._pick("\n", " ", "\n\n") + self.inline(4)
        return text

    def columns(self, depth: int) -> str:
        """Columns in raw HTML."""
        gap = self._pick("\n\n", "\n\n", "\n\n", "\n")
        inner = [self.block(depth + 1) for _ in range(2)] if depth < 2 else ["a", "b"]
        if gap == "\n":
            # No fence begins there, and what looks like a separator in it would be one.
            inner = [part.replace("\n---\n", "\n-----\n") for part in inner]
        style = self._pick(' class="columns"', ' style="display: flex"', "", ' class="r-hstack"', " class='x'")
        indent = self._pick("", "", "", "  ")
        parts = [f"<div{style}>", *(f"{indent}<div>{gap}{part}{gap}{indent}</div>" for part in inner), "</div>"]
        return self._pick("\n", "\n", "\n\n").join(parts)

    def raw_html(self, depth: int) -> str:
        """Other HTML that slides have."""
        del depth
        return self._pick(*HTML).format(w=self.inline(2), v=self.inline(1))

    def comment(self, depth: int) -> str:
        """Comments that mean nothing, or something for a slide or an element."""
        del depth
        word = self._word()
        return self._pick(
            f"<!-- {word} -->",
            f"<!-- {word}\n{word} -->",
            f"<!--\n\n{word}\n\n-->",
            "<!-- TODO -->",
            "<!-- markdownlint-disable MD033 -->",
            self.element(),
            f"<!-- {word} --> {word}",
            self.element() + "\n" + self.element(),
            '<!-- .slide: class="late" -->',
            self.element().replace("element:", "element :"),
            "<!-- ## hidden heading\n- item\n-->",
        )

    def indented_code(self, depth: int) -> str:
        """Code by indentation."""
        del depth
        return _indent("\n".join(self._pick(*CODE) or "x" for _ in range(3)), self._pick("    ", "    ", "\t"))

    def rule(self, depth: int) -> str:
        """A thematic break that is no separator."""
        del depth
        return self._pick("***", "- - -", "___", "----", "* * *", "--- ")

    def definition(self, depth: int) -> str:
        """Where a reference link leads."""
        del depth
        return self._pick("[ref]: https://example.com/ref", '[ref]: x "title"', "[Ref]: <y>", "[ref]: x\n[b]: y")

    def _word(self) -> str:
        return self._pick(*(ODD_WORDS if self._chance(self._odd) else WORDS))

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability


def _indent(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
