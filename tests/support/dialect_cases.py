"""What reveal.js 6.0.2 made of small texts in a browser, and the cases in which we differ on purpose."""

from __future__ import annotations

import json
from pathlib import Path

CASES = json.loads((Path(__file__).parents[1] / "deck" / "markdown" / "dialect-cases.json").read_text("utf-8"))["cases"]

END = "a comment at the end of a paragraph or list item means that paragraph or item"
CLASSES = "classes merge"
FENCES = "separators and notes inside fences are text"
UNLABELLED = "code without a language says nohighlight, so that nothing guesses one"
HTML = "quotes in an info string and </SCRIPT> in capitals break nothing"
BEYOND = "Markdown beyond reveal.js's"

DIFFERENT = {
    "p_strong": END,
    "li_code": END,
    "li_star": END,
    "li_end_span": END,
    "both": CLASSES,
    "twice_cls": CLASSES,
    "dup_attr": CLASSES,
    "div_md": CLASSES,
    "sep_in_code": FENCES,
    "notes_code": FENCES,
    "notes_codeblank": "speaker notes are a text of their own",
    "code_nolang": UNLABELLED,
    "code_lang_only_br": UNLABELLED,
    "code_attr": HTML,
    "code_br_mid": HTML,
    "script_upper": HTML,
    "dollar": BEYOND,
    "footnote": BEYOND,
}
"""The cases in which we differ, each with the intended difference that it shows."""
