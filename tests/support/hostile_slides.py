"""Slides that try to load something from another machine: the same for the same seed.

Each address has a host of its own, so that a request tells the slide it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

_Item = TypeVar("_Item")

LOADS = (
    ("img", "src"), ("img", "srcset"), ("img", "data-src"), ("img", "data-srcset"), ("img", "lowsrc"),
    ("image", "src"), ("video autoplay", "src"), ("video", "poster"), ("video", "data-src"),
    ("audio preload=auto", "src"), ("object", "data"), ("object type=image/svg+xml", "data"), ("embed", "src"),
    ("embed type=text/html", "src"), ("iframe", "src"), ("iframe", "data-src"), ("frame", "src"), ("portal", "src"),
    ("fencedframe", "src"), ("link rel=stylesheet", "href"), ("link rel=preload as=image", "href"),
    ("link rel=preload as=image", "imagesrcset"), ("link rel=prefetch", "href"), ("link rel=preconnect", "href"),
    ("link rel=dns-prefetch", "href"), ("link rel=modulepreload", "href"), ("link rel=icon", "href"),
    ("link rel=manifest", "href"), ("link rel=prerender", "href"), ("script", "src"), ("script type=module", "src"),
    ("script async", "src"), ("table", "background"), ("td", "background"), ("body", "background"),
    ("input type=image", "src"), ("img src=data:, ", "attributionsrc"), ("base", "href"), ("a href=#", "ping"),
    ("bgsound", "src"), ("section", "data-background"), ("section", "data-background-image"),
    ("section", "data-background-video"), ("section", "data-background-iframe"), ("source", "src"),
    ("source", "srcset"), ("track default", "src"), ("applet", "code"), ("param name=movie", "value"),
    ("html", "manifest"), ("track", "data-src"),
)  # fmt: skip
"""Elements and the attribute of each that is loaded."""
SVG_LOADS = (
    ("image width=9 height=9", "href"), ("image width=9 height=9", "xlink:href"), ("use", "href"),
    ("use", "xlink:href"), ("feImage", "href"), ("script", "href"), ("script", "xlink:href"), ("pattern", "href"),
    ("linearGradient", "href"), ("textPath", "href"), ("cursor", "xlink:href"), ("mpath", "href"), ("filter", "href"),
)  # fmt: skip
STYLES = (
    "background:url({})", "background:url('{}')", 'background-image:url("{}")', "background:URL( {} )",
    "background:u\\72l({})", "background:\\75\\52\\4c('{}')", "background:url({}", "background:url('{}",
    "background-image:image-set('{}' 1x)", "background-image:-webkit-image-set(url({}) 1x)", "content:url({})",
    "--a:url({});background:var(--a)", "--a:'{}';background:image-set(var(--a) 1x)", "list-style:url({})",
    "cursor:url({}),auto", "mask:url({}#a)", "filter:url({}#a)", "clip-path:url({}#a)", "border-image:url({}) 9",
    "background:/*'*/url({})/*'*/", "color:'\\'';background:url({})", "a:\"\\\n\";background:url({})",
    "background:url(/*'*/),url({})", "background:image-set(url('{}')1x)", "shape-outside:url({})",
    "background:src('{}')", "background:cross-fade(url({}),url({}))", "a:1url(');background:url({})",
    "content:'{}';background:url({})", "a:#url(b'c)';background:url({})/*'*/", "offset-path:url({}#a)",
)  # fmt: skip
SHEETS = (
    "@import '{}';", "@import url({});", "@import\"{}\";", "@\\69mport '{}';", "@IMPORT/**/'{}' screen;",
    "@charset 'x';@import url('{}') layer(a);", "@import 'data:text/css,@import url({})';",
    "@font-face{{font-family:zz;src:url({})}} *{{font-family:zz!important}}", "<!-- *{{{}}} -->", "*{{{}}}",
    "a{{b:c}} *{{{}", "@media all{{*{{{}}}}}",
    "@property --b{{syntax:'*';inherits:true;initial-value:url({})}} *{{background:var(--b)}}",
    "*::before{{content:'a';{}}}", "@supports (a:b) {{}} *{{{}}}", "*{{&:not(b){{{}}}}}",
)  # fmt: skip
"""Style sheets around an address, or around a declaration."""
PRESENTED = ("fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker-start", "marker-end")
"""Attributes of SVG that take `url()`."""
AROUND = (
    "{}", "{}", "{}", "{}", "<svg>{}</svg>", "<math><mi>{}</mi></math>", "<math>{}</math>", "<select>{}</select>",
    "<svg><foreignObject>{}</foreignObject></svg>", "<svg><desc>{}</desc></svg>", "<svg><title>{}</title></svg>",
    "<svg><style>{}</style></svg>", "<svg><script>{}</script></svg>", "<svg><xmp>{}</xmp></svg>",
    "<svg><iframe>{}</iframe></svg>", "<svg><noscript>{}</noscript></svg>", "<svg><textarea>{}</textarea></svg>",
    "<svg><foreignObject><p></svg></foreignObject><style>{}</style>", "<svg><![CDATA[ > <!-- ]]>{}--></svg>",
    "<svg></svg><![CDATA[ > {} ]]>", "<![CDATA[ > {} ]]>", "<svg><plaintext>{}</svg>",
    "<math><style>{}</style></math>", "<select><style></select>{}</style>",
    "<select><textarea></select>{}</textarea>", "<select><xmp></select>{}", "<noscript>{}</noscript>",
    "<noscript><!--</noscript>{}-->", "<noscript><a title='</noscript>{}'>", "<textarea></textarea>{}",
    "<textarea><!--</textarea>{}-->", "<title><b a='</title>{}'>", "<xmp></xmp x='>'>{}", "<style></style/>{}",
    "<style><!--</style>{}-->", "<script><!--<script></script>--></script>{}", "<script>'<!--'</script>{}",
    "<script></script x>{}", "<iframe><b a='</iframe>{}'>", "<noembed></noembed>{}", "<noframes>{}</noframes>",
    "<template>{}</template>", "<template shadowrootmode=open>{}</template>",
    "<div><template shadowrootmode=open>{}</template></div>", "<table><tr><td>{}</td></tr></table>",
    "<table>{}</table>", "<picture>{}<img></picture>", "<video>{}</video>", "<audio>{}</audio>",
    "<object>{}</object>", "<a href=x>{}</a>", "<!-->{}-->", "<!--->{}-->", "<!-- --!>{}-->", "<!--a-->{}<!--b-->",
    "<!x>{}", "<?x>{}", "</ x>{}", "<!DOCTYPE a>{}", "<p title='<!--'>{}-->", "<p title=it's>{}", '<p class="a"">{}',
    "<p a='b'c=\"d\">{}", "<p title=\">\">{}", "<p/{}", "<p title=`>{}`>", "<p =\">{}", "a < b {}", "<3 {}", "<>{}",
    "</>{}", "<p a=>{}", "<p a= 'b>'>{}", "<P\n>{}", "{}</p x='>'>", "<pre><code>{}</code></pre>",
    "<pre><code data-noescape>{}</code></pre>", "<i class='fa-solid fa-ship'>{}</i>", "<details open>{}</details>",
    "<dialog open>{}</dialog>", "<marquee>{}</marquee>", "<frameset>{}</frameset>", "<iframe srcdoc=\"{}\"></iframe>",
    "<iframe srcdoc='{}'></iframe>", "<code>`</code>{}<code>`</code>", "<svg><a>{}</a></svg>",
    "<svg><p><style>{}</style></p></svg>", "<svg></p><style>{}</style></svg>",
    "<math><annotation-xml encoding=text/html>{}</annotation-xml></math>", "<plaintext>{}", "<listing>{}</listing>",
    "<svg><image><style>{}</style></image></svg>",
    "<math><mtext><table><mglyph><style>{}</style></table></mtext></math>",
)  # fmt: skip
"""What browsers read in another way than it looks."""
NOISE = (
    "<!--", "-->", "--!>", "<!-->", "<script>", "</script>", "<style>", "</style>", "<textarea>", "</textarea>",
    "<title>", "</title>", "<xmp>", "</xmp>", "<noscript>", "</noscript>", "<svg>", "</svg>", "<math>", "</math>",
    "<select>", "</select>", "<template>", "</template>", "<iframe>", "</iframe>", "<![CDATA[", "]]>", "<a ",
    "<b title='", "\"", "'", "`", ">", "<", "/", "=", "</", "<!", "<?", "<table>", "</table>", "<desc>", "</desc>",
    "<foreignObject>", "<p>", "</p>", "</foreignObject>", "<mi>", "</mi>", "<br>", "</br>", "<div>", "</div>",
    "&quot;", "&lt;", "x", " ", "<form>", "</form>", "<b>", "</b>", "<a href='x'>", "</a>", "<li>", "<td>",
    "<option>", "<frameset>", "<plaintext>", "<noembed>", "</noembed>",
)  # fmt: skip
SEPARATORS = (
    " ", "  ", "\n", "\t", "\f", "/", " / ", "\r", " title=it's ", " alt='>' ", ' a="" ', ' x="\'" ', " y=' \" ' ",
    " =z ",
)  # fmt: skip


class HostileSlides:
    """Makes slides by chance."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._seed = seed
        self._addresses = 0

    def slide(self) -> str:
        """The Markdown of a slide, on which some things are tried."""
        kind = self._random.random()
        if kind < 0.1:
            return f"<!-- .slide: {self._background()} -->\n\nx"
        tries = "".join(self._surrounded() for _ in range(self._random.choice((1, 1, 2, 3))))
        text = "\n".join(line for line in tries.replace("\r\n", "\n").split("\n") if line.strip() and line.strip(" -"))
        return text if kind < 0.3 else f"<div>{text}" if kind < 0.9 else f"## a {text}\n\n- b {text}"

    def _surrounded(self) -> str:
        text = self._pick(AROUND).replace("{}", self._load())
        if self._random.random() < 0.3:
            text = self._pick(AROUND).replace("{}", text)
        before, after = ("".join(self._random.choices(NOISE, k=self._random.choice((0, 0, 1, 2, 4)))) for _ in range(2))
        return f"{before}{text}{after}"

    def _load(self) -> str:
        kinds: tuple[Callable[[], str], ...] = (
            self._tag,
            self._tag,
            self._tag,
            self._svg,
            self._styled,
            self._sheet,
            self._rare,
        )
        return self._pick(kinds)()

    def _tag(self) -> str:
        element, attribute = self._pick(LOADS)
        address = self._address()
        if "srcset" in attribute:
            address = self._pick(
                (address, f"{address} 2x", f"a.png 1x, {address} 2x", f"data:,x 1x,{address} 2x", f",{address}")
            )
        elif attribute in ("data-background-image", "data-background-video", "data-background"):
            address = self._pick(
                (address, f"data:,x,{address}", f"data:,x),url({address}", f"url({address})", f" {address}")
            )
        elif element.partition(" ")[0] in ("iframe", "object", "embed", "frame") and self._random.random() < 0.3:
            address = f"data:text/html,<img src={address}>"
        return self._written(element, attribute, address)

    def _svg(self) -> str:
        if self._random.random() < 0.3:
            value = f"url({self._address()}#a)"
            shape = self._written("rect width=9 height=9", self._pick(PRESENTED), value)
            animated = self._written("set attributeName=fill", "to", value)
            return f"<svg>{self._pick((shape, f'<rect width=9 height=9>{animated}</rect>'))}</svg>"
        if self._random.random() < 0.2:
            animated = self._written("set attributeName=href", "to", self._address())
            return f"<svg><image width=9 height=9>{animated}</image></svg>"
        return f"<svg>{self._written(*self._pick(SVG_LOADS), self._address())}</svg>"

    def _styled(self) -> str:
        return self._written(self._pick(("p", "div", "b", "svg", "td", "section")), "style", self._declaration())

    def _declaration(self) -> str:
        return self._pick(STYLES).replace("{}", self._address(plain=True))

    def _sheet(self) -> str:
        sheet = self._pick(SHEETS)
        inner = self._address(plain=True) if "import" in sheet or "url(" in sheet else self._declaration()
        return f"<style>{sheet.format(inner)}</style>"

    def _rare(self) -> str:
        address = self._address()
        inner = self._written("img", "src", address)
        return self._pick((
            f'<meta http-equiv="refresh" content="0;url={address}">',
            f"<META HTTP-EQUIV=Refresh CONTENT='0 {address}'>",
            f'<script type="speculationrules">{{"prefetch":[{{"urls":["{self._address(plain=True)}"]}}]}}</script>',
            self._written("iframe", "srcdoc", inner),
            self._written("iframe", "srcdoc", f"<base href={address}>{inner}"), f"![a]({self._address(plain=True)})",
            f"<picture><source srcset={self._address(plain=True)}><img></picture>",
            f"<svg><a><image><animate attributeName=href values='a;{address}'/></image></a></svg>",
        ))  # fmt: skip

    def _background(self) -> str:
        name = self._pick(("-image", "-video", "-iframe", "", "-gradient", "-color", "-size", "-position"))
        address = self._address(plain=True)
        value = self._pick(
            (
                address,
                f"a.png,{address}",
                f"url({address})",
                f"data:,a),url({address}",
                f"red;background:url({address})",
            )
        )
        return f'data-background{name}="{value}"'

    def _address(self, *, plain: bool = False) -> str:
        self._addresses += 1
        host = f"h{self._seed}-{self._addresses}.hostile.example"
        if plain:
            return self._pick((f"https://{host}/a.png", f"//{host}/a.png", f"HTTP://{host}/a"))
        return self._pick((
            f"https://{host}/a.png", f"//{host}/a.png", f"HtTpS://{host}/a.png", f"\\\\{host}\\a.png",
            f"/\\{host}/a.png", f"\\/{host}/a.png", f"ht\ttps://{host}/a.png", f"/\t/{host}/a",
            f" https://{host}/a.png", f"\x01//{host}/a", f"https:{host}/a.png", f"https:/{host}/a.png",
            f"https:\\\\{host}/a", f"ws://{host}/a", f"ftp://{host}/a.png", f"///{host}/a.png",
            f"https://a@{host}/a.png", f"ht&#116;ps://{host}/a.png", f"https&colon;//{host}/a.png",
            f"&#x2f;&#47;{host}/a.png", f"&Tab;//{host}/a", f"https:&NewLine;//{host}/a", f"//{host}",
            f"&bsol;&bsol;{host}/a",
        ))  # fmt: skip

    def _written(self, element: str, attribute: str, value: str) -> str:
        """A tag: its name and attribute in letters of any case, quoted in any way."""
        name, _, rest = element.partition(" ")
        separator = self._pick(SEPARATORS)
        quote = self._pick(('"', "'", ""))
        if quote == "" and (" " in value or ">" in value or "\t" in value):
            quote = '"' if '"' not in value else "'"
        if quote and self._random.random() < 0.2:
            value = value.replace(quote, "&quot;" if quote == '"' else "&#39;")
        equals = self._pick(("=", "=", " = ", "=\n", "\t="))
        end = self._pick((">", ">", "/>", " />", "\n>", "", " b>")) if self._random.random() < 0.5 else ">"
        rest = f" {rest}" if rest else ""
        tag = f"<{self._case(name)}{separator}{self._case(attribute)}{equals}{quote}{value}{quote}{rest}"
        first = f"<{self._case(name)}{rest}{separator}{self._case(attribute)}{equals}{quote}{value}{quote}"
        tag = self._pick((tag, first))
        closing = f"</{name}>" if name not in ("img", "link", "input", "base", "meta", "source", "track") else ""
        return f"{tag}{' ' if end == '/>' and not quote else ''}{end}{self._pick((closing, closing, ''))}"

    def _case(self, name: str) -> str:
        return self._pick((name, name, name.upper(), name.title()))

    def _pick(self, items: Sequence[_Item]) -> _Item:
        return self._random.choice(items)
