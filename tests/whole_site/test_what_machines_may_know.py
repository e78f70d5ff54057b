"""What search engines and other sites read of the public pages: addresses, languages, licence; never anything of a person."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import html5lib
import pytest
from conftest import config_for

from app import create_app

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def addresses(visit) -> dict[str, dict[str, str]]:
    response = visit().get("/sitemap.xml")
    assert response.mimetype == "application/xml"
    found = {}
    for url in ET.fromstring(response.data).findall("s:url", SITEMAP):
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", SITEMAP)}
        found[url.findtext("s:loc", namespaces=SITEMAP)] = links
    return found


def test_every_address_of_the_sitemap_opens_and_names_its_languages(visit, app):
    listed = addresses(visit)
    assert len(listed) >= 3 * (7 + 3 * len(app.extensions["balise.library"].lessons))
    for address, languages in listed.items():
        assert set(languages) == {"en", "fr", "ko", "x-default"}
        assert languages["x-default"] == languages["en"]
        assert address in languages.values()
        assert set(languages.values()) <= set(listed)
        response = visit().get(address.removeprefix("http://localhost"), check=False)  # test_every_page.py reads them
        assert response.status_code == 200
        assert response.mimetype == "text/html"


def test_the_sitemap_has_all_documents_and_nothing_of_anybody(visit, school):
    listed = " ".join(addresses(visit))
    for part in ("/fr/help", "/en/lessons/8/plan", "/ko/guides/sextortion", "/en/privacy", "/fr/sources", "/ko/accessibility"):
        assert part in listed
    for part in (
        "search",
        "assigned",
        "accounts",
        "classrooms",
        "sign-in",
        "join",
        "tables",
        "family",
        school.family_code,
        "quizzes",
        "leave",
    ):
        assert part not in listed


def test_robots_are_told_what_is_nobodys_business(visit):
    text = visit().get("/robots.txt").get_data(as_text=True)
    for path in ("/*/search", "/*/guides/family/", "/f/", "/*/accounts/"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap" not in text, "nobody has said under which address this site is known"


@pytest.mark.parametrize("address", ["/fr/lessons/8", "/en/guides/sextortion", "/ko/help", "/fr/search?q=photo", "/en/lessons/?band=A"])
def test_each_page_names_itself_in_three_languages_and_for_everybody_else(visit, address):
    html = visit().get(address).get_data(as_text=True)
    links = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', html))
    assert set(links) == {"en", "fr", "ko", "x-default"}
    assert links["x-default"] == links["en"]
    assert links[address[1:3]].replace("&amp;", "&") == address


def test_the_first_page_leads_everybody_else_to_the_choice_of_language(visit):
    assert '<link rel="alternate" hreflang="x-default" href="/">' in visit().get("/ko/").get_data(as_text=True)


@pytest.mark.promise("G-4")
def test_a_made_up_host_gets_into_no_page_that_is_kept(visit):
    visit().get("/fr/accessibility", headers={"Host": "evil.example"})
    assert "evil.example" not in visit().get("/fr/accessibility").get_data(as_text=True)


def test_with_a_public_address_links_are_whole(tmp_path, compiled):
    import shutil

    config = replace(
        config_for(shutil.copytree(compiled, tmp_path / "data"), lessons=compiled.parent / "lessons"),
        public_url="https://balise.example",
        https=True,
    )
    app = create_app(config)
    html = app.test_client().get("/fr/lessons/8").get_data(as_text=True)
    assert '<link rel="alternate" hreflang="x-default" href="https://balise.example/en/lessons/8">' in html
    robots = app.test_client().get("/robots.txt", headers={"Host": "evil.example"}).get_data(as_text=True)
    assert robots.endswith("\n\nSitemap: https://balise.example/sitemap.xml\n")
    assert "<loc>https://balise.example/fr/</loc>" in app.test_client().get("/sitemap.xml").get_data(as_text=True)
    app.extensions["balise.engine"].dispose()


def properties(html: str) -> dict[str, list[str]]:
    """Names and values of the first LearningResource of a page, as a reader of microdata finds them."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    scope = next(e for e in tree.iter() if e.get("itemtype") == "https://schema.org/LearningResource")
    found: dict[str, list[str]] = {}
    for element in scope.iter():
        if name := element.get("itemprop"):
            value = element.get("content") or element.get("href") or "".join(element.itertext()).strip()
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize(
    ("address", "kind", "role"), [("/fr/lessons/8", "lesson", "student"), ("/en/lessons/8/plan", "lesson plan", "teacher"), ("/ko/guides/sextortion", "guide", "parent")]
)  # fmt: skip
def test_lessons_plans_and_guides_say_what_they_are_in_schema_org(visit, app, address, kind, role):
    found = properties(visit().get(address).get_data(as_text=True))
    lesson = app.extensions["balise.library"].lesson("sextortion")
    assert found["learningResourceType"] == [kind]
    assert found["educationalRole"] == [role]
    assert found["license"] == [LICENCE]
    assert found["isAccessibleForFree"] == ["true"]
    assert found["inLanguage"] == [{"fr": "fr-CA", "en": "en-CA", "ko": "ko"}[address[1:3]]]
    assert "Balise" in found["name"]
    if kind != "guide":
        assert found["typicalAgeRange"] == ["12-17"]
        assert found["timeRequired"] == [f"PT{lesson.minutes}M"]
    assert found["citation"]


@pytest.mark.parametrize("address", ["/fr/lessons/8", "/en/lessons/8/plan", "/ko/guides/sextortion", "/fr/sources"])
def test_the_licence_and_the_sources_stand_on_the_page(visit, address):
    html = visit().get(address).get_data(as_text=True)
    assert f'<a href="{LICENCE}" rel="license noreferrer">CC BY 4.0</a>' in html
    for fact in set(re.findall(r'itemprop="citation"><a href="/\w+/sources#([\w-]+)"', html)):
        assert f'id="{fact}"' in visit().get(f"/{address[1:3]}/sources").get_data(as_text=True)
