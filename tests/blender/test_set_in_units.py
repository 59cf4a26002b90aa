"""The set where a metre is another number of units."""

import bpy
import pytest
from duologue.addon.staging.furnishing import Furnishing
from duologue.addon.staging.furniture import furnish
from duologue.addon.staging.scenery import enlarge, light
from duologue.addon.staging.sightline import Sightline
from mathutils import Vector


def test_copies_that_an_artist_made_of_the_set_stay_as_they_are(scene):
    collection, sides = scene.collection, (Vector((1.0, 0.0, 0.0)), Vector((-1.0, 0.0, 0.0)))
    sightline = Sightline(Vector((-0.5, 0.0, 1.2)), Vector((0.5, 0.0, 1.2)), sides)

    def arrange():
        light(collection, sightline, Vector((0.0, -1.0, 0.0)))
        furnish(collection, sightline, Vector((0.0, -1.0, 0.0)), Furnishing())
        enlarge(collection, 100.0)

    def known(one):
        return (*one.location, *one.scale, *((one.data.size, one.data.energy) if one.type == "LIGHT" else ()))

    arrange()
    originals = [bpy.data.objects["Key"], bpy.data.objects["Table"]]
    copies = []
    for original in originals:
        copies.append(original.copy())
        copies[-1].data = original.data.copy()
        collection.objects.link(copies[-1])
        copies[-1].location.x += 30.0
    before = [known(one) for one in (*originals, *copies)]

    arrange()

    assert [known(one) for one in (*originals, *copies)] == [pytest.approx(one) for one in before]
