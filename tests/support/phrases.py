"""What made-up slides are made of: words, pieces of text, attributes, code and raw HTML, as decks have them."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS = _words(
    "image layer registry digest manifest Docker kubectl pod node Kubernetes tag push pull blob v2 OCI the a of with "
    "is CI/CD e.g. it's don't foo_bar C# R&D 100% x86_64 alpine:3.20 (in brackets) runs, build. works: --all Größe – → "
    "Terraform plan apply state commit rebase merge branch pipeline stage runner artefact and to for in on if you we "
    "I'm what? now! 42 1.0 v1.29.3 3-tier read/write key=value a/b <1s >90% ~5 50€ №1 …and"
)
"""Plain ones: what they mean in Markdown is what everybody thinks."""

ODD_WORDS = _words(
    "a_b_c snake_case __init__.py 2*3 a*b *.yaml **/*.md *_test.go <br> & && AT&T 3. 1) - + -it ~/.docker $HOME ${VAR} "
    "{{x}} {{.Names}} a|b \"quoted\" 'single' … — ✅ 🚀 naïve [in square] <none> <name> < > 0 ^ ~ ~1 ~~ #1 @somebody "
    ":tada: sha256:0123 !important \\* \\_ \\<b> \\| \\` &amp; &nbsp; &lt;x&gt; &copy; &hello; &#8594; &rarr; a\\b "
    "C:\\temp ./build.sh .gitignore /etc/*.conf f(x) x[0] [x] [ ] $(pwd) _private *args **kwargs a~b~c 5*3*2 "
    "https://example.com/a_b http://localhost:5000/v2/ www.example.org name@example.com git@github.com:a/b.git "
    "checkout@v4.1.0 https://a.b/c(d) (https://a.b/c) https://a.b/c, https://a.b; https://a.b/c_d_e. <https://a.b/c> "
    "https://github.com/a/b/blob/main/c.md?d=e&f=g#h. https://a.b/?x=1&amp;y=2 http:// https://$HOST/x ftp://a.b "
    "https://a.b/c?d=*e* git+https://a.b https://a.b/~c/ <a@b.org> https://en.wikipedia.org/wiki/A_(b) www. a@b 1. "
    "--- -- === +++ > # ## :::"
)
"""Words that Markdown might take for something else."""

SPANS = _words(
    '`{w}` `{w}_x` `<{w}>` `a|b` **{w}** *{w}* _{w}_ __{w}__ ***{w}*** **{w}**s **{w}:** (**{w}**) *{w}*. "*{w}*" '
    "~~{w}~~ ~{w}~ **`{w}`** *`{w}`* _**{w}**_ **_{w}_** [{w}](a.md) [{w}][ref] [{w}][] [ref] [`{w}`](x) "
    "[{w}](<https://a.b/c?d=e>) [{w}](https://a.b/c_(d)) [{w}](#/3) [{w}](#here) [](https://example.com/a_b) "
    "[](images/a.md) [**{w}**](x) **[{w}](x)** *[{w}](x)* ![](images/a.svg) ![{w}](images/a.svg) [![alt](a.svg)](b) "
    "![](data:image/svg+xml;base64,PHN2Zz4=) <kbd>{w}</kbd> <b>{w}</b> <code>{w}</code> <sub>{w}</sub> "
    "<mark>{w}</mark> <u>{w}</u> <br> <br/> <br> {w}: ({w}) \\*{w}\\* {w}&nbsp;{w} <del>{w}</del> <small>{w}</small>"
)
"""Pieces of text around a word."""

LONG_SPANS = (
    "`{w} {v}`",
    "`` {w} ` {v} ``",
    "**{w} {v}**",
    "*{w} {v}*",
    "**{w}** {v} **{w}**",
    "*{w}* and **{v}**",
    "**a *{w}* b**",
    "*a **{w}** b*",
    "**{w} `{v}` {w}**",
    "**{w}:** {v} `{w}`",
    "~~{w} {v}~~",
    "~~{w} **{v}**~~",
    "[{w} {v}](https://example.com/x)",
    '[{w} {v}](x "title")',
    "[{w} `{v}`](https://a.b/c#d)",
    "[{w}\n{v}](x)",
    "**{w}\n{v}**",
    "`{w}\n{v}`",
    '![{w} {v}](a.png "a title")',
    '<span class="x">{w} {v}</span>',
    '<span style="color: red">**{w}**</span>',
    '<a href="x" target="_blank">{w} {v}</a>',
    '<a href="https://a.b">https://a.b</a>',
    '<i class="fa-duotone fa-folder"></i>',
    '<i class="fa-duotone fa-folder"></i> {w}',
    '<i class="fa-solid fa-ship" style="color: red"></i>',
    '<i class="fab fa-docker fa-2x"></i>',
    '<i class="fas fa-check" style="width: 1.5em; text-align: center;"></i>',
    '<i class="fa-duotone fa-xmark" style="--fa-primary-color: red;"></i> {w}',
    '<img src="a.png" alt="{w}" width="200">',
    '<img src="a.png" style="height: 2em"/>',
    "<!-- {w} -->",
    "<!-- {w} {v} -->",
    '"{w} {v}"',
    "{w} -- {v}",
    "{w} --- {v}",
    "{w} | {v}",
    "{w} > {v} < {w}",
    "{w} * {v} * {w}",
    "{w} _ {v} _",
    "{w}... {v}",
    "[{w} {v}]",
    "[ ] {w}",
    "\\[{w}\\]({v})",
)

ATTRIBUTES = (
    'class="fragment"',
    'class="fragment fade-in"',
    'style="float: right; width: 4em;"',
    'style="float: right; width: 40%; padding-left: 1em"',
    'style="width: 10em; float: right;"',
    'class="fragment" data-fragment-index="1"',
    'id="here"',
    'data-id="box" class="a b"',
    "data-fragment-index=2",
    "data-auto-animate ",
    'class="stretch"',
    'data-line-numbers="1-2"',
)

SLIDE_COMMENTS = (
    '<!-- .slide: id="start" class="center" -->',
    '<!-- .slide: id="gitlab_ci" class="vertical-center" -->',
    '<!-- .slide: data-visibility="hidden" -->',
    '<!-- .slide: data-visibility="uncounted" -->',
    '<!-- .slide: class="vertical-center" -->',
    '<!-- .slide: data-background-color="#123456" data-auto-animate -->',
    '<!-- .slide: data-background="images/a.jpg" data-background-size="contain" -->',
    '<!-- .slide: style="text-align: left" -->',
    "<!-- .slide: data-auto-animate -->",
    '<!-- .slide: data-transition="zoom"\n data-state="x" -->',
    '<!--.slide:class="x"-->',
)

LANGUAGES = ("", "", *_words("bash yaml json sh Dockerfile dockerfile go console text c++ yml hcl"))
STEPS = (*[""] * 4, " [1]", " [1-2|3]", "[2,5-6]", " [5: 1-2|4]", " []", " [1|2-3|4]", " [1, 3]", " {.x}", ' title="a"')

CODE = (
    "docker run -it --rm alpine sh",
    "curl -s http://localhost:5000/v2/ | jq '.tags[]'",
    "  image: alpine:3.20",
    "apiVersion: v1",
    "kind: Pod",
    "# a comment",
    "## another",
    "FROM alpine AS build",
    "",
    "",
    "\tindented by a tab",
    "    indented by blanks",
    'echo "${FOO}" > /dev/null && exit 1',
    "{",
    '  "a": [1, 2, {"b": "<c>"}]',
    "}",
    "- one",
    "  - two",
    "* two",
    "1. three",
    "> three",
    "| a | b |",
    "****",
    "$ docker ps   ",
    "<!-- no marker -->",
    "<div>",
    "</div>",
    "note that this is code",
    "{{ .Values.x }}",
    "`x` and ``",
    'resource "a" "b" {',
)

HTML = (
    "<p>{w}</p>",
    '<p style="font-size: smaller">\n{w} **{v}**\n</p>',
    "<center>\n\n{w}\n\n</center>",
    "<details>\n<summary>{w}</summary>\n\n{w} *{v}*\n\n- a\n- b\n\n</details>",
    "<details><summary>{w}</summary>\n{v}\n</details>",
    "<br>",
    "<br/>",
    "<br>\n<br>",
    "<br>{w} **{v}**",
    "&nbsp;",
    "<hr>",
    "<table><tr><td>{w}</td></tr></table>",
    "<table>\n<tr>\n<td>\n\n- {w}\n- {v}\n\n</td>\n<td>{w}</td>\n</tr>\n</table>",
    "<span>{w}</span>",
    "<span>{w}</span> {v}\n{w}",
    "<pre><code>a\n\nb {w}</code></pre>",
    '<pre><code class="bash" data-trim data-noescape>\n{w}\n</code></pre>',
    '<pre><code data-trim><script type="text/template">\n<b>{w}</b>\n</script></code></pre>',
    '<iframe src="about:blank"></iframe>\n{w}',
    '<div class="x">{w}</div>\n{v}',
    '<div class="x">{w}</div>\n\n{v}',
    "<style>\n.a {{ b: c }}\n\n.d {{ e: f }}\n</style>",
    "<style>.a {{ b: c }}</style>\n{w}",
    "<ul>\n<li>{w}</li>\n\n<li>{v}</li>\n</ul>",
    '<ul>\n  <li>{w}</li>\n  <li class="fragment">{v}</li>\n</ul>',
    '<aside class="notes">\n\n{w}\n\n</aside>',
    '<aside class="notes">{w}</aside>',
    "<blockquote>{w}</blockquote>\n\n{v}",
    '<section class="y">{w}</section>',
    '<video controls width="400"><source src="a.mp4" type="video/mp4"></video>',
    '<video data-autoplay\n  src="a.mp4"></video>',
    '<i class="fa-solid fa-ship"></i>\n{w}',
    '<p\n class="x">{w}</p>',
    "{w} <div>{v}</div>",
    "</div>\n{w}",
    "<div>\n{w}",
    '<svg width="20" height="20"><circle cx="10" cy="10" r="5"/></svg>',
    '<svg viewBox="0 0 9 9">\n  <path d="M0 0h9"/>\n\n  <text x="1">{w}</text>\n</svg>',
    '<img src="a.png" width="200">',
    '<img src="a.png">\n<img src="b.png">',
    '<img src="a.png"\n     alt="{w}">',
    '<h3 class="fragment">{w}</h3>\n{v}',
    "<!-- {w}\n\n- {v}\n\n```bash\nx\n```\n-->",
    "<!-- {w} -->\n{v}",
    "<small>{w} *{v}*</small>",
    '<font color="red">{w}</font>',
    "<dl><dt>{w}</dt><dd>{v}</dd></dl>",
    '<a name="x"></a>\n{w}',
    '<!-- .element: class="fragment" --> {w}',
)
