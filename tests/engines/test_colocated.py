"""The colocated network: two streams, shared weights, and what each part is there for."""

from dataclasses import replace

import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.colocated.conditioning import MOUTH, REACH, Condition
from backend.engines.colocated.engine import load_colocated
from backend.engines.colocated.model import Colocated, ColocatedConfig
from backend.engines.colocated.stream import EXPRESSION, JAW, STREAM
from backend.engines.weights import write_weights
from tests.support.refusals import refused

SMALL = ColocatedConfig(widths=(16, 16, 24, 24), condition=16, role=4, heads=2)
FRAMES = 64


def made(config=SMALL):
    """A network whose zero-initialised layers have been woken."""
    torch.manual_seed(1)
    network = Colocated(config).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network


def condition(seed=2, dialogues=1):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(dialogues, 2, *shape, generator=generator)

    return Condition(
        speaking=torch.rand(dialogues, 2, FRAMES, generator=generator),
        mouth=draw(FRAMES, MOUTH),
        traits=draw(8),
        mood=draw(10),
        layout=draw(7),
    )


def sound(seed=4):
    return torch.randn(1, 2, 2 * FRAMES, 512, generator=torch.Generator().manual_seed(seed))


def noisy(seed=3):
    return torch.randn(1, 2, FRAMES, STREAM, generator=torch.Generator().manual_seed(seed))


def run(network, stream, given, features=None, audio_drop=0.0, staging_drop=0.0, level=0.5):
    features = sound() if features is None else features
    with torch.no_grad():
        return network(
            stream, torch.tensor([level]), features, given, torch.tensor([audio_drop]), torch.tensor([staging_drop])
        )


def swapped(given):
    return Condition(*(getattr(given, name).flip(1) for name in Condition.__dataclass_fields__))


def test_people_who_change_places_change_their_streams():
    network, stream, given = made(), noisy(), condition()

    there = run(network, stream, given)
    back = run(network, stream.flip(1), swapped(given), sound().flip(1)).flip(1)

    assert torch.allclose(there, back, atol=1e-5)


def test_each_stream_sees_the_other_one():
    network, stream, given = made(), noisy(), condition()
    changed = stream.clone()
    changed[:, 1] += 1

    difference = (run(network, stream, given) - run(network, changed, given))[:, 0].abs().max()

    assert difference > 1e-4


def test_without_cross_attention_nobody_sees_the_other_one():
    network, stream, given = made(replace(SMALL, cross_attention=False)), noisy(), condition()
    changed = stream.clone()
    changed[:, 1] += 1

    difference = (run(network, stream, given) - run(network, changed, given))[:, 0].abs().max()

    assert difference == 0


def test_the_mouth_that_was_read_is_where_the_stream_starts():
    network = Colocated(SMALL).eval()  # an untrained network adds nothing
    given = condition()

    found = run(network, noisy(), given, level=1.0)

    assert torch.allclose(found[..., JAW.start], given.mouth[..., MOUTH - 3], atol=1e-5)
    assert found[..., EXPRESSION].abs().max() > 0


def test_what_is_hardly_noisy_is_hardly_changed():
    stream = noisy()

    found = run(made(), stream, condition(), level=0.0001)

    assert (found - stream).abs().max() < 0.05


def test_what_is_further_away_than_its_reach_does_not_change_the_context():
    network, frames, moment = made(), 400, 200
    voice, mouth, speaking = (
        torch.randn(1, 2, frames, width, generator=torch.Generator().manual_seed(width)) for width in (16, MOUTH, 1)
    )
    changed = voice.clone()
    changed[:, 1, moment:] += 1

    with torch.no_grad():
        first, second = (network.conditioning.listening(voiced, mouth, speaking[..., 0]) for voiced in (voice, changed))
    moved = (first - second).abs().amax(dim=(0, 3))  # [2, T]

    assert moved[:, : moment - REACH].max() == 0
    assert moved[0, moment - 4 : moment].max() > 1e-4  # the partner's voice is heard, a little before it is there


def test_withheld_audio_is_not_heard_and_withheld_staging_not_known():
    network, stream, given = made(), noisy(), condition()
    other = replace(given, mouth=given.mouth + 1)
    elsewhere = replace(given, layout=given.layout + 1, mood=given.mood + 1, traits=given.traits + 1)

    deaf = run(network, stream, given, audio_drop=1.0) - run(network, stream, other, sound() + 1, audio_drop=1.0)
    lost = run(network, stream, given, staging_drop=1.0) - run(network, stream, elsewhere, staging_drop=1.0)
    difference = run(network, stream, given) - run(network, stream, elsewhere)

    assert deaf.abs().max() == 0
    assert lost.abs().max() == 0
    assert difference.abs().max() > 1e-4


@pytest.mark.parametrize("embedded", [True, False])
def test_roles_are_told_by_embedding_only_where_it_is_on(embedded):
    network = made(replace(SMALL, role_embedding=embedded))
    roles = network.conditioning._roles(torch.rand(1, 2, FRAMES, 2))

    assert bool((roles != 0).any()) == embedded


def test_normalising_is_undone():
    network = made()
    network.offset.copy_(torch.randn(STREAM))
    network.scale.copy_(torch.rand(STREAM) + 0.1)
    stream = noisy()

    assert torch.allclose(network.raw(network.normalised(stream)), stream, atol=1e-5)


def test_weights_come_back_as_they_were_written(tmp_path):
    network, given = made(), condition()
    path = tmp_path / "colocated.safetensors"

    write_weights(path, network)
    loaded = load_colocated(path)

    assert loaded.config == network.config
    assert torch.allclose(run(loaded, noisy(), given), run(network, noisy(), given), atol=0.05)


def test_a_file_that_is_no_such_network_is_named(tmp_path):
    path = tmp_path / "other.safetensors"
    path.write_bytes(b"nothing of the kind")

    with refused(ExitCode.WEIGHTS_INVALID) as caught:
        load_colocated(path)

    assert "train colocated" in caught.value.fix
