"""What a panel draws, with a stand-in for Blender's layout: there is no window in the background."""

import sys
from types import FunctionType, SimpleNamespace

import bpy


class Label(str):
    """A line of text in a panel, unlike the names of its properties and buttons."""

    __slots__ = ()


class Layout:
    """Takes what a panel draws and refuses properties and operators that are not there."""

    def __init__(self, said=None):
        self.said = [] if said is None else said
        self.made = []
        self.panels = []

    def row(self, **_):
        self.made.append(Layout(self.said))
        return self.made[-1]

    column = box = split = row

    def panel(self, _identifier, *, default_closed):
        self.panels.append((Layout(self.said), Layout(self.said)))
        return self.panels[-1]

    def label(self, text="", **_):
        self.said.append(Label(text))

    def progress(self, text="", factor=0.0, **_):
        assert 0.0 <= factor <= 1.0
        self.said.append(Label(text))

    def separator(self, **_):
        """A gap."""

    def prop(self, owner, name, text=None, **_):
        self.said.append(text or owner.bl_rna.properties[name].name)

    def prop_enum(self, owner, name, value, text=None, **_):
        assert value in owner.bl_rna.properties[name].enum_items
        self.said.append(text if text is not None else value)

    def prop_search(self, owner, name, searched, collection, **_):
        assert name in owner.bl_rna.properties
        assert collection in searched.bl_rna.properties

    def operator(self, name, text=None, **_):
        module, _, operator = name.partition(".")
        kind = getattr(getattr(bpy.ops, module), operator).get_rna_type()
        self.said.append(text if text is not None else kind.name)
        return SimpleNamespace()

    def template_icon(self, icon_value, **_):
        assert icon_value >= 0

    def menu(self, name, text="", **_):
        assert hasattr(bpy.types, name)
        self.said.append(text)

    popover = menu

    def operator_menu_enum(self, name, enum, text="", **_):
        assert enum in getattr(bpy.ops.duologue, name.removeprefix("duologue.")).get_rna_type().properties
        self.said.append(text)
        return SimpleNamespace()

    def template_list(self, kind, _identifier, owner, listed, active_owner, active, **_):
        assert hasattr(bpy.types, kind)
        assert listed in owner.bl_rna.properties
        assert active in active_owner.bl_rna.properties


def drawn_panels(scene, width=600):
    """What all of Duologue's panels draw, from top to bottom."""
    package = sys.modules["duologue.addon.registration"]
    panels = [kind for kind in package.CLASSES if issubclass(kind, bpy.types.Panel) and kind.bl_region_type == "UI"]
    return [said for kind in panels for said in drawn(kind, scene, width)]


def drawn(cls, scene, width=600):
    layout = Layout()
    stand_in = SimpleNamespace(layout=layout)
    for name, method in vars(cls).items():
        if isinstance(method, FunctionType):
            setattr(stand_in, name, method.__get__(stand_in))
    cls.draw(stand_in, sidebar(scene, width))
    return layout.said


def sidebar(scene, width=600):
    """The context of a panel in a sidebar of `width` pixels."""
    return SimpleNamespace(
        scene=scene,
        window_manager=bpy.context.window_manager,
        region=SimpleNamespace(width=width),
        preferences=SimpleNamespace(
            system=SimpleNamespace(ui_scale=1.0, pixel_size=1.0),
            addons={},
            ui_styles=bpy.context.preferences.ui_styles,
            themes=bpy.context.preferences.themes,
        ),
    )
