"""Code that authors write as HTML."""

from __future__ import annotations

from quarterdeck.deck.steps.raw_code import finish_code


def test_code_ends_where_it_says_so() -> None:
    """Text between `</code>` and `</pre>` is not a part of the code, and neither is all up to the next `<pre>`."""
    html = "<pre><code>a</code> note</pre><p>b</p><pre><code>c <d></code></pre>"
    assert finish_code(html) == html.replace("<d>", "&lt;d&gt;")


def test_a_template_may_hold_the_end_of_code() -> None:
    """Nothing needs to be escaped in it."""
    html = '<pre><code><script type="text/template">a </code></pre> <pre></script></code></pre>'
    assert finish_code(html) == "<pre><code>a &lt;/code&gt;&lt;/pre&gt; &lt;pre&gt;</code></pre>"
