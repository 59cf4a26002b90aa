"""The reader of sentences in torch: the same as `backend.staging.prompt.model.reader`, for batches and gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, scaled_dot_product_attention

from backend.staging.prompt.model.outputs import DISTANCE_EDGES, INDEX, OUTPUTS, RISE_EDGES, Output
from backend.staging.prompt.model.reader import LOWER_LAYERS, TAGS
from backend.staging.sentence_encoder import EPSILON, HEADS, LAYERS, WIDTH

_DROPPED: Final = 0.1
_PARTS: Final = {
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "attention_out": (WIDTH, WIDTH),
    "feed_forward_in": (WIDTH, 4 * WIDTH),
    "feed_forward_out": (4 * WIDTH, WIDTH),
}
_NORMS: Final = ("attention_norm", "feed_forward_norm")
_RARE: Final = -5.0
"""Logit of something that nothing speaks for: most sentences say few of all things."""

_FAINT: Final = 0.05
_HIDDEN: Final = -1e4
_DISTANCE: Final = INDEX[Output("scene", "distance", "said")]
_RISES: Final = [INDEX[Output("scene", "height", f"higher_{person}")] for person in (0, 1)]


@dataclass(frozen=True)
class Said:
    """Logits of a batch of B sentences of P pieces."""

    pieces: Tensor  # [B, P, outputs]
    sentence: Tensor  # [B, outputs]
    distance: Tensor  # [B, 12]
    rise: Tensor  # [B, 8]


class Layer(nn.Module):
    """One layer of BERT, with the weights of the sentence encoder's layer `number`."""

    def __init__(self, weights: Mapping[str, np.ndarray], number: int) -> None:
        super().__init__()
        for name, (inputs, outputs) in _PARTS.items():
            self.add_module(name, _loaded(nn.Linear(inputs, outputs), weights, f"layers.{number}.{name}"))
        for name in _NORMS:
            self.add_module(name, _loaded(nn.LayerNorm(WIDTH, eps=EPSILON), weights, f"layers.{number}.{name}"))

    def forward(self, state: Tensor, there: Tensor) -> Tensor:
        """`state` [B, P, 384] → the same; pieces that are not `there` [B, 1, 1, P] are not looked at."""
        part = self.get_submodule
        drop = _DROPPED if self.training else 0.0
        query, key, value = (
            part(name)(state).unflatten(-1, (HEADS, -1)).transpose(1, 2) for name in ("query", "key", "value")
        )  # [B, 12, P, 32]
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=there, dropout_p=drop)
        attended = part("attention_out")(mixed.transpose(1, 2).flatten(2))
        state = part("attention_norm")(state + dropout(attended, drop, self.training))
        inner = part("feed_forward_out")(gelu(part("feed_forward_in")(state)))
        normed: Tensor = part("feed_forward_norm")(state + dropout(inner, drop, self.training))
        return normed


class LowerLayers(nn.Module):
    """What of the sentence encoder stays as it is: the embeddings and the lower layers."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        super().__init__()
        self.words = torch.from_numpy(weights["words"].astype(np.float32))
        self.places = torch.from_numpy((weights["positions"] + weights["segment"]).astype(np.float32))
        self.norm = _loaded(nn.LayerNorm(WIDTH, eps=EPSILON), weights, "norm")
        self.layers = nn.ModuleList(Layer(weights, number) for number in range(LOWER_LAYERS))
        self.requires_grad_(False).eval()

    @torch.no_grad()
    def forward(self, ids: Tensor, there: Tensor) -> Tensor:
        """`ids` [B, P] → [B, P, 384]."""
        state: Tensor = self.norm(self.words[ids] + self.places[: ids.shape[1]])
        for layer in self.layers:
            state = layer(state, there[:, None, None])
        return state


class UpperLayers(nn.Module):
    """What is trained; its weights have the names that the reader in numpy has."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        super().__init__()
        tags = {name: nn.Embedding(count, WIDTH) for name, count in TAGS.items()}
        for embedding in tags.values():
            nn.init.normal_(embedding.weight, std=_FAINT)
        self.tags = nn.ModuleDict(tags)
        self.hints = nn.Linear(len(OUTPUTS), WIDTH, bias=False)
        nn.init.normal_(self.hints.weight, std=_FAINT)
        self.layers = nn.ModuleDict({str(number): Layer(weights, number) for number in range(LOWER_LAYERS, LAYERS)})
        self.pieces, self.sentence = nn.Linear(WIDTH, len(OUTPUTS)), nn.Linear(WIDTH, len(OUTPUTS))
        self.distance, self.rise = nn.Linear(WIDTH, len(DISTANCE_EDGES) - 1), nn.Linear(WIDTH, len(RISE_EDGES) - 1)
        nn.init.normal_(self.pieces.weight, std=0.02)
        nn.init.constant_(self.pieces.bias, _RARE)
        nn.init.zeros_(self.sentence.weight)
        nn.init.zeros_(self.sentence.bias)

    def forward(self, state: Tensor, tags: Tensor, hints: Tensor, there: Tensor) -> Said:
        """`state` [B, P, 384] of the lower layers, `tags` [B, P, 3], `hints` [B, P, outputs], and which pieces are
        `there` [B, P].
        """
        for place, name in enumerate(TAGS):
            state = state + self.tags[name](tags[..., place])
        state = state + self.hints(hints)
        for layer in self.layers.values():
            state = layer(state, there[:, None, None])
        state = dropout(state, _DROPPED, self.training)
        pieces = self.pieces(state).float()  # [B, P, outputs]
        shares = pieces.masked_fill(~there[..., None], _HIDDEN).softmax(dim=1)
        said = (shares * pieces).sum(dim=1) + self.sentence(state[:, 0]).float()
        distance = torch.einsum("bp,bpc->bc", shares[..., _DISTANCE], self.distance(state))
        rise = torch.einsum("bp,bpc->bc", shares[..., _RISES].mean(dim=-1), self.rise(state))
        return Said(pieces, said, distance.float(), rise.float())


def _loaded(module: nn.Module, weights: Mapping[str, np.ndarray], name: str) -> nn.Module:
    module.load_state_dict(
        {part: torch.from_numpy(weights[f"{name}.{part}"].astype(np.float32)) for part in ("weight", "bias")}
    )
    return module
