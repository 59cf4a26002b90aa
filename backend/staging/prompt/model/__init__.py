"""What a sentence says about two people, by a small network over the sentence encoder: probabilities with their words.

`reader` is the network, `outputs` the table of what it gives, `people` how it is told who is who.
"""

from __future__ import annotations
