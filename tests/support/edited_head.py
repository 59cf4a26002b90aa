"""Sliders of a head, moved as an artist moves them."""


def slide(head, **values):
    for name, value in values.items():
        slider = head.duologue_character.identity[name]
        setattr(slider, slider.kind, value)
