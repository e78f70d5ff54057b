"""Authors' Markdown to clean HTML: the only module that imports the Markdown libraries.

Never `pymdownx.betterem` nor `pymdownx.extra`, which loads it: with them Korean emphasis such as `**'신고'**는` stays
unformatted. Authors cannot write HTML: its parsers are taken out, so "<" is text; what comes out passes an allow-list
all the same.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from .content import Fact, Service
from .rendering import (
    READERS_OWN_NAMES,
    WORDS,
    cite_label,
    fact_html,
    guide_address,
    help_address,
    help_html,
    laws_html,
    lesson_address,
    media_address,
    plan_address,
    privacy_html,
    service_name,
    sources_address,
)
from .typography import typeset, typeset_html

_CLASS = {"class"}
# Patterns of the libraries take the square of such a gap; in Markdown it says no more than one space.
_LONG_GAP = re.compile(r"(?<=\S)[ \t]{40,}")
# A block that begins in a list or a quotation and is never closed lets the parser go round and round. None may begin there: it is words.
_FENCE_WITHIN = re.compile(r"^((?:[ \t]*(?:[-*+>]|\d+[.)]))+[ \t]*|[ \t]*(?:\t|[ ]{4}))(?=/{3})", re.MULTILINE)

_CLEANER = nh3.Cleaner(
    tags={
        *("a", "b", "blockquote", "br", "button", "code", "details", "div", "h3", "hr", "img", "li", "ol", "p", "pre"),
        *("span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    },
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"class", "href", "rel", "hreflang"},
        "b": {"class", "data-say"},
        "blockquote": {"class", "id", "data-say"},
        "button": {"class", "type", "data-copy", "data-done", "hidden"},
        "details": {"class", "open"},
        "div": {"class", "role", "aria-label"},
        "h3": {"class", "id"},
        "img": {"src", "alt", "class", "loading"},
        "li": {"class", "data-say"},
        "ol": {"class", "aria-label", "start"},
        "p": {"class", "data-say"},
        "span": {"class", "lang"},
        "td": {"class"},
        "th": {"class", "scope"},
        "ul": _CLASS,
    },
    url_schemes={"https", "tel", "sms"},
    link_rel=None,
)  # fmt: skip


@dataclass
class Shelf:
    """What the marks of a text may point to."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    terms: frozenset[str] = frozenset()
    numbers: Mapping[str, int] = field(default_factory=dict)  # lesson slug -> number
    hosts: frozenset[str] = frozenset()  # the only places outside that a link may lead to


@dataclass
class Page:
    """Where a text stands, and what is counted over all its sections."""

    locale: str
    number: int = 0
    laws: tuple[str, ...] = ()
    says: int = 0
    terms: dict[str, None] = field(default_factory=dict)  # linked key words, in order


@dataclass(frozen=True)
class Rendered:
    """Final HTML, and what only the parsed text could tell."""

    html: str
    text: str  # the plain words, folded parts not among them
    counted: str = ""  # the same without labels (titles of blocks, names in chats): what length is measured by
    folds: tuple[str, ...] = ()  # the words of each folded part
    problems: tuple[tuple[str, str], ...] = ()  # (rule, words near it)


class Markup:
    """One Markdown machine for all texts of a library.

    With `final=False` it only parses: what checking needs to know, without HTML and typography, in half the time.
    """

    def __init__(self, shelf: Shelf, final: bool = True) -> None:
        self.shelf = shelf
        self.final = final
        self.page = Page("fr")
        self.text = self.counted = ""
        self._root = etree.Element("div")  # what was parsed last
        self.folds: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self._panels: dict[tuple[str, str], str] = {}
        self._md = Markdown(extensions=["tables", _Blocks(), _Marks(self)], output_format="html")

    def render(self, source: str, page: Page) -> Rendered:
        """A section: paragraphs, lists, tables, blocks."""
        # Quick looks first, here and below: most texts hold nothing of the kind, and the patterns stop at every space.
        if "  " in source or "\t" in source:
            source = _LONG_GAP.sub(" ", source)
        if "///" in source:
            source = _FENCE_WITHIN.sub(r"\1\\", source)
        if "{{cite:" in source:
            source = _LEANING_MARK.sub(" {{cite:", source)
        if _PLAIN.fullmatch(source):
            return self._plain(source, page)
        self.page, self.text, self.counted, self.folds, self.problems = page, "", "", [], []
        if not self.final:
            self._root = self._parse(source)
            return Rendered("", self.text, self.counted, tuple(self.folds), tuple(self.problems))
        html = _CLEANER.clean(self._md.reset().convert(source))
        text = typeset(self.text, page.locale)
        return Rendered(typeset_html(html, page.locale), text, self.counted, tuple(self.folds), tuple(self.problems))

    def panel(self, name: str) -> str:
        """What `{{help}}` or `{{privacy}}` prints: the same in every lesson of a language, so made once."""
        locale = self.page.locale
        if (name, locale) not in self._panels:
            self._panels[name, locale] = _PANELS[name](self.shelf.services, locale)
        return self._panels[name, locale]

    def source_mark(self, fact_id: str) -> etree.Element | None:
        """What `{{cite:..}}` makes; None where there is no such fact."""
        fact = self.shelf.facts.get(fact_id)
        if fact is None:
            return None
        if not self.final:
            return etree.Element("a", {"class": "cite"})
        element = etree.Element("a", {"class": "cite", "href": sources_address(self.page.locale, fact.id)})
        element.text = AtomicString(f"({cite_label(fact, self.page.locale)})")
        return element

    def _parse(self, source: str) -> etree.Element:
        """The first half of Markdown.convert: everything but the HTML. `_Finish` takes down the words."""
        md = self._md.reset()
        lines = (_SOURCE_MARK.sub("", source) if "{{cite:" in source else source).split("\n")  # they count for no words
        for before in md.preprocessors:
            lines = before.run(lines)
        root = md.parser.parseDocument(lines).getroot()
        assert root is not None
        for after in md.treeprocessors:
            shaped = after.run(root)
            root = root if shaped is None else shaped
        return root

    def _plain(self, source: str, page: Page) -> Rendered:
        """A line without any mark, as most options and feedback are: the same result thirty times sooner."""
        if not self.final:
            return Rendered("", source, source)
        text = typeset(source, page.locale)
        return Rendered(f'<p data-say="">{text}</p>', text, source)

    def spaced(self, text: str, locale: str) -> str:
        """Plain text as its language prints it."""
        return typeset(text, locale) if self.final else text

    def render_line(self, source: str, page: Page) -> Rendered:
        """One paragraph without its `<p>`, for questions and options."""
        rendered = self.render(source, page)
        if not self.final:
            more = not _PLAIN.fullmatch(source) and _is_more_than_one_paragraph(self._root)
            return replace(rendered, problems=(*rendered.problems, ("one-paragraph", source[:40]))) if more else rendered
        html = re.sub(r"\A<p[^>]*>(.*)</p>\s*\Z", r"\1", rendered.html, flags=re.DOTALL)
        if "<p" in html or "<li" in html:
            return replace(rendered, html=html, problems=(*rendered.problems, ("one-paragraph", source[:40])))
        return replace(rendered, html=html)


_PANELS: Mapping[str, Callable[[tuple[Service, ...], str], str]] = MappingProxyType({"help": help_html, "privacy": privacy_html})
_LEANING_MARK = re.compile(r"(?<=[^\s(])\{\{cite:")  # typed without a space, a source leans on the word before
_SOURCE_MARK = re.compile(r"(?<=[^\s])[ ]?\{\{cite:[\w-]+\}\}")

# One line that begins with a letter or an opening quote, has no space but single plain ones between words, and holds nothing that
# Markdown, HTML or a mark of ours could mean.
_PLAIN = re.compile(r"(?:[^\W\d_]|[«“‘\"'])(?:[^\s*_`\\<>&{}\[\]#|/]| (?=[^\s]))*")


_INSET = re.compile(r"^(?: {4}| {0,3}(?:(?:[-+*]|\d+[.)]) +)*>)", re.MULTILINE)


def cannot_go_wrong(source: str) -> bool:
    """Whether parsing has nothing to tell an author: no block of ours, nothing set in that may become code, no mark of italics."""
    return not ("///" in source or "_" in source or "\t" in source or "*" in source.replace("**", "") or _INSET.search(source))


# Blocks: `/// note | Title`


class _Titled(Block):
    """A `<div>` with an optional title; the base of most blocks."""

    ARGUMENT = None
    TITLE_TAG, TITLE_CLASS = "p", ""
    ATTRIBUTES: Mapping[str, str] = MappingProxyType({})

    def on_create(self, parent: etree.Element) -> etree.Element:
        element = etree.SubElement(parent, "div", {"class": self.NAME, **self.ATTRIBUTES})
        if self.argument:
            title = etree.SubElement(element, self.TITLE_TAG, {"class": self.TITLE_CLASS or f"{self.NAME}-h"})
            title.text = self.argument
        return element


class _Note(_Titled):
    NAME = "note"
    ATTRIBUTES = MappingProxyType({"role": "note"})


class _Light(_Titled):
    NAME = "light"


class _Say(_Titled):
    NAME = "say"


class _Try(_Titled):
    NAME = "try"


class _Pause(_Titled):
    NAME = "pause"


class _Steps(_Titled):
    NAME = "steps"


class _Chain(_Titled):
    NAME = "chain"


class _Chat(_Titled):
    NAME = "chat"


class _Fold(Block):
    NAME = "fold"
    ARGUMENT = None

    def on_create(self, parent: etree.Element) -> etree.Element:
        element = etree.SubElement(parent, "details", {"class": "fold"})
        etree.SubElement(element, "summary").text = self.argument or "…"
        etree.SubElement(element, "div")
        return element

    def on_add(self, block: etree.Element) -> etree.Element:
        return block[1]


BLOCKS: tuple[type[Block], ...] = (_Note, _Light, _Say, _Steps, _Chain, _Chat, _Fold, _Try, _Pause)


class _Blocks(BlocksExtension):
    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        # Options of a block are YAML and may set any attribute: authors get neither.
        block_mgr.yaml_line = re.compile(r"(?!)")
        for block in BLOCKS:
            block_mgr.register(block, {})


# Marks: {{cite:..}}, {{service:..}}, {{help}} and the others


class _Marks(Extension):
    def __init__(self, markup: Markup) -> None:
        super().__init__()
        self.markup = markup

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in (
            "reference",
            "short_reference",
            "image_reference",
            "short_image_ref",
            "autolink",
            "automail",
            "html",
        ):
            if name in md.inlinePatterns:
                md.inlinePatterns.deregister(name)
        for name in ("setextheader", "reference"):
            md.parser.blockprocessors.deregister(name)
        md.treeprocessors.deregister("prettify")
        md.treeprocessors.register(_PlainTexts(md, self.markup), "balise-plain", 25)  # before "inline", which is 20
        md.preprocessors.register(_LineMarks(md, self.markup), "balise-lines", 25)
        md.inlinePatterns.register(_Cite(md, self.markup), "balise-cite", 175)
        md.inlinePatterns.register(_ServiceName(self.markup), "balise-service", 174)
        # After everything else (the last one there, "unescape", is 0): texts are final then.
        md.treeprocessors.register(_Finish(md, self.markup), "balise-finish", -5)


class _PlainTexts(Treeprocessor):
    """Marks texts that hold no mark, so that a dozen patterns need not look at each of them: a third of all the time. Texts that hold
    nothing but bold words, source marks and links of ours, none within another, are taken apart here: another third."""

    _MARKED = re.compile(r"[\\`*_\[&<{\x02]|  \n")
    _PLAIN = r"[^\\`*_\[&<{\x02]"
    _PIECE = re.compile(
        rf"\*\*((?=[^\s*]){_PLAIN}*?[^\\`*_\[&<{{\x02\s])\*\*(?!\*)"
        r"|\{\{cite:([\w-]+)\}\}"
        r"|(?<!!)\[([^\\`*_\[\]&<{\x02]+)\]\(((?:help|term|lesson|guide|plan|sources):[a-z0-9-]*)\)"
    )

    def __init__(self, md: Markdown, markup: Markup) -> None:
        super().__init__(md)
        self.markup = markup

    def run(self, root: etree.Element) -> None:
        for element in list(root.iter()):
            if element.text:
                if not self._MARKED.search(element.text):
                    element.text = AtomicString(element.text)
                elif not isinstance(element.text, AtomicString):
                    self._take_apart(element, element.text)
            if element.tail and not self._MARKED.search(element.tail):
                element.tail = AtomicString(element.tail)

    def _take_apart(self, element: etree.Element, text: str) -> None:
        words, made, place = [], [], 0
        for piece in self._PIECE.finditer(text):
            words.append(text[place : piece.start()])
            made.append(self._made(piece))
            place = piece.end()
        words.append(text[place:])
        if None in made or any(self._MARKED.search(between) for between in words):
            return  # some other mark, which may reach over these
        element.text = AtomicString(words[0])
        for n, (child, tail) in enumerate(zip(made, words[1:], strict=True)):
            assert child is not None
            child.tail = AtomicString(tail)
            element.insert(n, child)

    def _made(self, piece: re.Match[str]) -> etree.Element | None:
        if piece[1]:
            made = etree.Element("strong")
            made.text = AtomicString(piece[1])
            return made
        if piece[2]:
            return self.markup.source_mark(piece[2])
        made = etree.Element("a", {"href": piece[4]})
        made.text = AtomicString(piece[3])
        return made


class _LineMarks(Preprocessor):
    """`{{help}}`, `{{privacy}}`, `{{laws}}` and `{{fact:..}}`, each alone on its line."""

    _MARK = re.compile(r"\s*\{\{(help|privacy|laws|fact:([\w-]+))\}\}\s*$")

    def __init__(self, md: Markdown, markup: Markup) -> None:
        super().__init__(md)
        self.markup = markup

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        for line in lines:
            if found := self._MARK.match(line):
                result += ["", self.md.htmlStash.store(self._html(found)), ""]
            else:
                result.append(line)
        return result

    def _html(self, found: re.Match[str]) -> str:
        page, shelf = self.markup.page, self.markup.shelf
        if not self.markup.final:
            return ""
        if found[1] in _PANELS:
            return self.markup.panel(found[1])
        if found[1] == "laws":
            return laws_html((shelf.facts[i] for i in page.laws if i in shelf.facts), page.locale)
        fact = shelf.facts.get(found[2])
        return fact_html(fact, page.locale) if fact else ""


class _Cite(InlineProcessor):
    def __init__(self, md: Markdown, markup: Markup) -> None:
        super().__init__(r"\{\{cite:([\w-]+)\}\}", md)
        self.markup = markup

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | str, int, int]:  # type: ignore[override]
        made = self.markup.source_mark(m[1])
        return "" if made is None else made, m.start(), m.end()


class _ServiceName(InlineProcessor):
    """A service's name, as help.toml has it in the language of the text."""

    def __init__(self, markup: Markup) -> None:
        super().__init__(r"\{\{service:([\w-]+)\}\}")
        self.markup = markup

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        service = next((s for s in self.markup.shelf.services if s.id == m[1]), None)
        return service_name(service, self.markup.page.locale) if service else "", m.start(), m.end()


class _Finish(Treeprocessor):
    """Gives links their addresses and blocks their inner form, and takes down the plain words."""

    def __init__(self, md: Markdown, markup: Markup) -> None:
        super().__init__(md)
        self.markup = markup

    def run(self, root: etree.Element) -> None:
        for element in list(root.iter()):
            self._shape(element)
        for element in root.iter() if self.markup.final else ():
            if element.tag in ("p", "li") and not element.get("class") and _own_words(element):
                element.set("data-say", "")
        self._take_down(root)

    def _shape(self, element: etree.Element) -> None:
        match element.tag:
            case "a" if element.get("class") != "cite":
                self._link(element)
            case "img":
                self._picture(element)
            case "em":
                self._problem("italics", element)
                element.tag = "strong"
            case "pre":
                self._problem("indented", element)
            case "h3":
                _heading(element)
            case "th":
                element.attrib.clear()
                element.set("scope", "col")
            case "td":
                element.attrib.clear()
            case "div":
                shape = {"say": self._say, "steps": self._steps, "chain": self._chain, "chat": self._chat}
                if finish := shape.get(element.get("class", "")):
                    finish(element)

    def _problem(self, rule: str, element: etree.Element) -> None:
        words = " ".join(_words(element).split())
        self.markup.problems.append((rule, words[:60]))

    def _link(self, element: etree.Element) -> None:
        page, shelf = self.markup.page, self.markup.shelf
        scheme, _, target = (element.get("href") or "").partition(":")
        element.attrib.clear()
        address = ""
        if scheme == "term" and target in shelf.terms:
            page.terms.setdefault(target)
            element.set("class", "term")
            address = f"#term-{target}"
        elif scheme == "lesson" and target in shelf.numbers:
            address = lesson_address(shelf.numbers[target], page.locale)
        elif scheme == "guide" and target in shelf.numbers:
            address = guide_address(target, page.locale)
        elif scheme == "plan" and target in shelf.numbers:
            address = plan_address(target, page.locale)
        elif scheme == "help" and not target:
            address = help_address(page.locale)
        elif scheme == "sources" and not target:
            address = sources_address(page.locale)
        elif scheme == "https" and host_of(f"https:{target}") in shelf.hosts:
            address = f"https:{target}"
            element.set("rel", "noreferrer nofollow")
        if address:
            element.set("href", address)
        else:
            element.tag = "span"

    def _picture(self, element: etree.Element) -> None:
        source = element.get("src") or ""
        alt = element.get("alt") or ""
        element.attrib.clear()
        found = re.fullmatch(r"media/([\w.-]+\.svg)", source)
        if found is None:
            element.tag = "span"
            element.text = alt
            return
        for name, value in (
            ("src", media_address(self.markup.page.number, found[1])),
            ("alt", alt),
            ("loading", "lazy"),
        ):
            element.set(name, value)

    def _say(self, element: etree.Element) -> None:
        """Label, words to borrow, and a button that a script un-hides."""
        page = self.markup.page
        page.says += 1
        name = f"say-{page.says}"
        words = [child for child in element if child.get("class") != "say-h"]
        if not words or any(child.tag != "p" for child in words):
            self._problem("block-shape", element)
        quote = etree.Element("blockquote", {"class": "say-t", "id": name})
        for child in words:
            element.remove(child)
            quote.append(child)
        element.append(quote)
        attributes = {
            "class": "btn btn-line btn-small", "type": "button", "data-copy": name,
            "data-done": WORDS[page.locale]["copied"], "hidden": "hidden",
        }  # fmt: skip
        button = etree.SubElement(element, "button", attributes)
        etree.SubElement(button, "span").text = WORDS[page.locale]["copy"]

    def _only_list(self, element: etree.Element, tag: str) -> etree.Element | None:
        """The one list that the block must hold."""
        lists = [child for child in element if child.tag == tag]
        others = [child for child in element if child.tag != tag and not (child.get("class") or "").endswith("-h")]
        if len(lists) != 1 or others:
            self._problem("block-shape", element)
            return None
        return lists[0]

    def _unwrap(self, element: etree.Element, found: etree.Element) -> None:
        """Lets the block's own list stand for it, with the block's title as its name."""
        title = next((child for child in element if child.tag == "p" and (child.get("class") or "").endswith("-h")), None)
        label, name, children = (title.text or "") if title is not None else "", element.get("class", ""), list(found)
        tail = element.tail
        element.clear()
        element.tag, element.tail = "ol", tail
        element.set("class", name)
        if label:
            element.set("aria-label", label)
        element.extend(children)

    def _steps(self, element: etree.Element) -> None:
        found = self._only_list(element, "ol")
        if found is None:
            return
        for item in found:
            bold, rest = _split_bold(item)
            if bold is None:
                self._problem("block-shape", item)
                continue
            _refill(item, [])
            inside = etree.SubElement(item, "div")
            inside.append(bold)
            bold.set("data-say", "")
            for paragraph in rest:
                inside.append(paragraph)
        self._unwrap(element, found)

    def _chain(self, element: etree.Element) -> None:
        found = self._only_list(element, "ol")
        if found is None:
            return
        for item in found:
            bold, rest = _split_bold(item)
            if bold is None:
                self._problem("block-shape", item)
                continue
            for paragraph in rest:
                paragraph.tag = "span"
            _refill(item, [bold, *rest])
        self._unwrap(element, found)

    def _chat(self, element: etree.Element) -> None:
        found = self._only_list(element, "ul")
        if found is None:
            return
        label = next((child.text for child in element if child.get("class") == "chat-h"), None)
        messages = []
        for item in found:
            bold, rest = _split_bold(item)
            if bold is None:
                self._problem("block-shape", item)
                continue
            name = (bold.text or "").strip().rstrip(":").strip()
            side = "me" if name in READERS_OWN_NAMES else "them"
            message = etree.Element("div", {"class": f"msg {side}", "role": "listitem"})
            bold.text = name
            bold.set("class", "who")
            message.append(bold)
            for paragraph in rest:
                paragraph.text = (paragraph.text or "").lstrip(" :")
                paragraph.set("data-say", "")
                message.append(paragraph)
            messages.append(message)
        tail = element.tail
        element.clear()
        element.tail = tail
        for key, value in (
            ("class", "chat"),
            ("role", "list"),
            ("aria-label", label or WORDS[self.markup.page.locale]["chat"]),
        ):
            element.set(key, value)
        element.extend(messages)

    def _take_down(self, root: etree.Element) -> None:
        text: list[str] = []
        counted: list[str] = []
        folds: list[str] = []
        _gather(root, text, counted, folds)
        self.markup.text = _tidy("".join(text))
        self.markup.counted = _tidy("".join(counted))
        self.markup.folds = [_tidy(fold) for fold in folds]


def _is_more_than_one_paragraph(root: etree.Element) -> bool:
    only = root[0] if len(root) == 1 and root[0].tag == "p" else None
    return any(element is not only and element.tag in ("p", "pre", "li") for element in root.iter())


def host_of(address: str) -> str:
    """The host of an https address, or nothing when it is not a plain one."""
    found = re.match(r"https://([a-z0-9.-]+)(?=[/?#]|$)", address)
    return found[1] if found else ""


def hosts_of(services: Iterable[Service]) -> frozenset[str]:
    """The hosts that help.toml leads to."""
    return frozenset(h for s in services for c in s.contacts if (h := host_of(c.value.lower())))


def _heading(element: etree.Element) -> None:
    """`### Title {#id}`"""
    last = element[-1] if len(element) else None
    text = (last.tail if last is not None else element.text) or ""
    found = re.search(r"\s*\{#([a-z0-9-]+)\}\s*$", text)
    if found is None:
        return
    element.set("id", found[1])
    if last is not None:
        last.tail = text[: found.start()]
    else:
        element.text = text[: found.start()]


def _refill(element: etree.Element, children: Iterable[etree.Element]) -> None:
    tail = element.tail
    element.clear()
    element.tail = tail
    element.extend(children)


def _split_bold(item: etree.Element) -> tuple[etree.Element | None, list[etree.Element]]:
    """`**Title** words` of a list item as `<b>` and paragraphs; (None, []) when it does not begin in bold."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    if not len(holder) or holder[0].tag != "strong" or (holder.text or "").strip():
        return None, []
    bold = holder[0]
    bold.tag = "b"
    first = etree.Element("p")
    first.text = (bold.tail or "").lstrip()
    bold.tail = None
    inline = list(holder)[1:] if holder is not item else [c for c in list(item)[1:] if c.tag not in ("p", "ul", "ol", "div", "table")]
    others = [c for c in list(item)[1:] if c not in inline]
    first.extend(inline)
    rest = [first] if (first.text or len(first)) else []
    return bold, [*rest, *others]


_BLOCK_TAGS = {
    "p",
    "b",
    "li",
    "div",
    "ul",
    "ol",
    "table",
    "tr",
    "td",
    "th",
    "h3",
    "details",
    "summary",
    "blockquote",
    "br",
    "pre",
    "hr",
}


_STASHED = re.compile("\x02[^\x03]*\x03")
_ANY_MARK = re.compile(r"\{\{[^}]*\}\}")
_A_NAME = "\ufffc" * 12  # where help.toml's name of a service will stand, about as long
_ANY_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def _own_words(element: etree.Element) -> bool:
    """Whether the element itself, not a paragraph in it, holds words; a stash placeholder is no word."""
    if any(child.tag in ("p", "div", "ul", "ol") for child in element):
        return False
    return bool(_STASHED.sub("", "".join(element.itertext())).strip())


def _words(element: etree.Element) -> str:
    """The words a reader sees, without buttons and source marks, and without folded parts."""
    words: list[str] = []
    _gather(element, words, [], [])
    return "".join(words)


def _gather(element: etree.Element, text: list[str], counted: list[str], folds: list[str]) -> None:
    """Adds the words of an element: all of them to `text`, those that are no labels to `counted`, each folded part to `folds`."""
    tag, name = element.tag, element.get("class") or ""
    if tag == "button" or name == "cite":
        return
    if tag == "summary" or name == "who" or name.endswith("-h"):
        counted = []  # goes nowhere
    is_block = tag in _BLOCK_TAGS
    if is_block:
        text.append("\n")
        counted.append("\n")
    if element.text:
        text.append(element.text)
        counted.append(element.text)
    for child in element:
        if name == "fold" and child.tag == "div":
            inside: list[str] = []
            _gather(child, inside, [], folds)
            folds.append("".join(inside))
        else:
            _gather(child, text, counted, folds)
        if child.tail:
            text.append(child.tail)
            counted.append(child.tail)
    if is_block:
        text.append("\n")
        counted.append("\n")


def _tidy(words: str) -> str:
    if "\x02" in words:
        words = _STASHED.sub("", words.replace("\x02amp\x03", "&"))
    return "\n".join(tidy for line in words.split("\n") if (tidy := line.rstrip(" \t").lstrip())).strip()


def plain(source: str) -> str:
    """The visible words of one line of Markdown, without parsing it: for lengths and searches in options."""
    words = _ANY_MARK.sub(lambda mark: _A_NAME if mark[0].startswith("{{service:") else "", source) if "{{" in source else source
    if "](" in words:
        words = _ANY_LINK.sub(r"\1", words)
    return " ".join(words.replace("**", "").split())
