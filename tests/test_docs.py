"""The documentation names what is there: links, anchors, and paths in backticks."""

import ast
import configparser
import re
import string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "backend" / "weights").glob("*.md"),
    ]
)
CODE = sorted(
    path
    for folder in ("addon", "backend", "building", "lab", "tests", "presets")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".toml", ".json"} and "__pycache__" not in path.parts
)
TOPS = ("addon/", "backend/", "building/", "docs/", "lab/", "locks/", "presets/", "tests/")
"""What a path in backticks begins with to be one of the project's."""


def name(page):
    return str(page.relative_to(ROOT))


def links(text):
    """Targets of Markdown links and of pictures, without those on the web."""
    found = re.findall(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"", without_code(text))
    return [one or other for one, other in found if "://" not in (one or other)]


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text):
    """What the headings of a page are called in links, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", without_code(text), re.MULTILINE)
    kept = string.ascii_lowercase + string.digits + "-_ "
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {
        "".join(letter for letter in heading if letter in kept or letter.isalpha()).replace(" ", "-")
        for heading in plain
    }


def paths(text):
    """Paths of the project in backticks, without what a reader is to put in."""
    quoted = re.findall(r"`([^`\s]+)`", without_code(text))
    return [
        quoted_path.rstrip("/")
        for quoted_path in quoted
        if quoted_path.startswith(TOPS) and not re.search(r"[*<>…{]", quoted_path)
    ]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    lost = []
    for target in links(text):
        path, _, anchor = target.partition("#")
        there = page if not path else (page.parent / path).resolve()
        known = there.exists() and (not anchor or anchor in anchors(there.read_text(encoding="utf-8")))
        lost += [] if known else [target]

    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_in_backticks_exists(page):
    assert [path for path in paths(page.read_text(encoding="utf-8")) if not (ROOT / path).exists()] == []


def test_pages_that_the_code_names_exist():
    lost = [
        f"{name(path)}: {page}"
        for path in CODE
        for page in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))
        if not (ROOT / page).is_file()
    ]

    assert CODE
    assert lost == []


def test_every_page_and_picture_is_linked_from_another_page():
    targets = {
        (page.parent / path).resolve()
        for page in PAGES
        for path in (target.partition("#")[0] for target in links(page.read_text(encoding="utf-8")))
        if path and (page.parent / path).resolve() != page
    }

    assert [name(file) for file in sorted((ROOT / "docs").rglob("*")) if file.is_file() and file not in targets] == []


def floors_in_tables(folder):
    """The floor of each file and folder of `folder`, by the table in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = re.search(rf"^\| floor \| `{folder}/`.*?\n\n", text, re.MULTILINE | re.DOTALL)[0]
    rows = re.findall(r"^\| (\d+) \| ([^|]*) \|", table, re.MULTILINE)
    return {
        entry.removesuffix(".py").rstrip("/"): int(floor)
        for floor, cell in rows
        for entry in re.findall("`([^`]+)`", cell)
    }


@pytest.mark.parametrize("folder", ["backend", "lab"])
def test_floors_in_the_architecture_are_those_of_the_contracts(folder):
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    layers = contracts[f"importlinter:contract:{folder}-floors"]["layers"].split("\n")
    highest_first = [[name.strip() for name in layer.split("|")] for layer in layers if layer.strip()]

    assert floors_in_tables(folder) == {
        name: len(highest_first) - index for index, layer in enumerate(highest_first) for name in layer
    }


def test_floors_of_the_add_on_are_in_the_order_that_its_test_holds():
    source = (ROOT / "tests" / "addon" / "test_rooms.py").read_text(encoding="utf-8")
    order = next(
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "ORDER"
    )
    floors = floors_in_tables("addon")

    assert [floors[room] for room in order if room in floors] == sorted(floors.values())
    assert set(order) - set(floors) == {"__init__"}
