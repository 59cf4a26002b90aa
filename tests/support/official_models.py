"""A tiny DualTalk of the official shape, with the parity fixture's weights or random ones, and its files."""

from pathlib import Path

import torch

from backend.engines.dualtalk_official.model import OfficialConfig, OfficialDualTalk
from backend.engines.dualtalk_official.parity import load_fixture
from backend.engines.dualtalk_official.speech_encoders import Wav2Vec2Shape

DATA = Path(__file__).resolve().parents[1] / "data"
PARITY = DATA / "dualtalk_parity.npz"
KEYS = DATA / "dualtalk_official_keys.tsv"

TINY = OfficialConfig(
    speech=Wav2Vec2Shape(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
    ),
    feature_dim=16,
    feed_forward=32,
    interaction_layers=1,
)


def tiny_model(seed=0):
    """Random weights of `TINY`, ready to run."""
    torch.manual_seed(seed)
    return OfficialDualTalk(TINY).requires_grad_(False).eval()


def parity_model():
    """The fixture's model and its fixture."""
    from backend.engines.dualtalk_official.checkpoint import assembled

    fixture = load_fixture(PARITY)
    return assembled(fixture.state, fixture.config, "fixture"), fixture
