import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_pinned_package_is_in_the_licence_table_with_its_version():
    table = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    packages = json.loads((ROOT / "backend" / "assets.json").read_text(encoding="utf-8"))["packages"]

    missing = [
        package["name"]
        for package in packages
        if package["version"] not in table or package["name"].split("-part")[0] not in table
    ]

    assert packages
    assert missing == []


def test_every_pinned_package_has_hash_size_and_licence():
    packages = json.loads((ROOT / "backend" / "assets.json").read_text(encoding="utf-8"))["packages"]

    for package in packages:
        assert len(package["sha256"]) == 64, package["name"]
        assert package["size"] > 0, package["name"]
        assert package["licence"], package["name"]


def test_every_weights_file_has_a_model_card():
    for weights in (ROOT / "backend" / "weights").glob("*.safetensors"):
        card = weights.with_suffix(".md")
        assert card.is_file(), f"{weights.name} has no model card"
        assert "licence" in card.read_text(encoding="utf-8").lower()
        assert weights.stat().st_size < 25_000_000


def test_shipped_weights_are_the_ones_the_manifest_pins():
    pinned = json.loads((ROOT / "backend" / "assets.json").read_text(encoding="utf-8"))["weights"]
    shipped = {path.name for path in (ROOT / "backend" / "weights").glob("*.safetensors")}

    assert {Path(package["file"]).name for package in pinned} == shipped
    for package in pinned:
        content = (ROOT / "backend" / package["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (package["size"], package["sha256"])
